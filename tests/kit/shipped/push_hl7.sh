# Has the simulated hospital send one message to a port, and waits until it is acknowledged:
#   sh push_hl7.sh CONTROL_PORT PORT       exit code 0: it was; 1: it was not, within two seconds
set -eu
at="http://127.0.0.1:$1/systems/health/do"
say() { curl --silent --show-error --fail --data "$1" "$at"; }
say "{\"verb\":\"connect\",\"host\":\"127.0.0.1\",\"port\":$2}" >/dev/null
say '{"verb":"discharge","child":1}' >/dev/null
for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
  if say '{"verb":"events"}' | grep --quiet '"acknowledged":[1-9]'; then exit 0; fi
  sleep 0.1
done
exit 1
