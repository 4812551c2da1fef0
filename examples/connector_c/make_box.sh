# Makes a box of twelve synthetic visits: sh make_box.sh FOLDER
set -eu
mkdir -p "$1/notices"
for n in 01 02 03 04 05 06 07 08 09 10 11 12; do
  echo "{\"id\":\"00$n\",\"version\":\"1\",\"record\":{\"id\":\"00$n\",\"person_id\":\"SYN-00$n\",\"on\":\"2026-03-01\"}}"
done > "$1/changes.jsonl"
