# Says something to a simulated system, for the commands of the test.yaml files here.
#   sh tell.sh CONTROL_PORT SYSTEM do|fault JSON [WORD...]   prints the words once it is done
#   sh tell.sh CONTROL_PORT SYSTEM journal                    prints the journal, an entry a line
set -eu
at="http://127.0.0.1:$1/systems/$2"
case $3 in
  journal) curl --silent --show-error --fail "$at/journal?most=100000" | sed 's/},{"/}\n{"/g' ;;
  *)
    curl --silent --show-error --fail --data "$4" "$at/$3" >/dev/null
    shift 4
    if [ $# -gt 0 ]; then echo "$*"; fi
    ;;
esac
