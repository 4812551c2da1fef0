# The suites of ./ops/test: which there are, what each runs, how it is counted. Sourced by it alone.
# shellcheck shell=bash disable=SC2154,SC2030,SC2031  # knobs of ops/test; REPORTS is another in each run_apart

# Each suite, in order, if this tree has what it runs: nothing is listed that cannot run.
list_suites() {
  echo unit
  echo house
  if [[ -f hub/app/CMakeLists.txt && -d mappings/schema ]]; then echo mappings; fi
  if [[ -x tests/docs/run ]]; then echo docs; fi
  echo decisions
  echo properties
  if has_source tests/integration; then
    echo connectors
    if grep --quiet --recursive --word-regexp 'TEST[_FP]*(\w*Samples\w*' tests/integration; then echo samples; fi
  fi
  if [[ -x ops/demo ]]; then echo story; fi
  if has_source tests/crash; then echo crash; fi
  if has_source tests/race; then echo race; fi
  if has_source tests/audit; then echo audit; fi
  if has_source tests/shred; then echo shred; fi
  if has_source tests/persons; then echo persons; fi
  if has_source tests/bad_input; then echo bad_input; fi
  if has_source tests/sdk; then echo sdk; fi
  if has_source tests/kit; then echo kit; fi
  if has_source tests/old_binaries; then echo old_binaries; fi
  if has_source tests/runner; then echo runner; fi
  if has_source tests/hostile; then echo hostile; fi
  if has_source tests/fuzz/targets; then echo fuzz; fi
}

has_source() { [[ -n $(find "$1" -name '*.cpp' -print -quit 2>/dev/null) ]]; }

# suite_programs NAME: the test programs that it runs, as CMake calls them.
suite_programs() {
  local name pattern
  case $1 in
    unit)
      for name in $(names_of tests/unit) $(names_of tests/unit/plugins); do
        if compgen -G "tests/unit/$name/*.cpp" >/dev/null || compgen -G "tests/unit/plugins/$name/*.cpp" >/dev/null; then
          echo "${name}_test"
        fi
      done
      echo fuzz_test
      return
      ;;
    house | decisions) pattern="$1_test" ;;
    properties) pattern='@(properties|mutants)_test' ;;
    connectors | samples) pattern='*_integration' ;;
    crash | race | bad_input) pattern="*$1*" ;;
    audit | shred | persons | sdk | kit | old_binaries | runner | hostile) pattern="concord_$1" ;;
    *) return 0 ;;
  esac
  shopt -s extglob
  for name in $(ninja -C "$BUILD" -t targets all | sed --quiet 's|^tests/\([a-z_]*\): CXX_EXECUTABLE.*|\1|p'); do
    # shellcheck disable=SC2053  # a pattern it is
    if [[ $name == $pattern ]]; then echo "$name"; fi
  done
}

# make_suite NAME: builds what it runs.
make_suite() {
  local targets=()
  mapfile -t targets < <(suite_programs "$1")
  case $1 in
    house | properties) ;;
    docs) targets=(all) ;; # whatever a document may name
    *) targets+=("${TARGETS_SHIPPED[@]}" "${TARGETS_STORY[@]}") ;;
  esac
  ninja -C "$BUILD" -j "$JOBS" --quiet "${targets[@]}" >&2
}

# run_programs FILTER PROGRAM...: counts what each reports.
run_programs() {
  local filter=$1 program report code total failed left_out
  shift
  for program in "$@"; do
    if [[ -d $program ]]; then continue; fi # the folder that CMake builds it in
    report=$REPORTS/$(basename "$program").json
    code=0
    echo "--- $(basename "$program")"
    timeout "$PROGRAM_SECONDS_MAX" "$program" --gtest_brief=1 --gtest_filter="$filter" \
      --gtest_output="json:$report" || code=$?
    if [[ ! -s $report ]]; then
      echo "$program ended with code $code and left no report: counted as one failure"
      suite_failed=$((suite_failed + 1))
      continue
    fi
    total=$(first_number tests "$report")
    failed=$(first_number failures "$report")
    left_out=$(grep --count --extended-regexp '"result": "(SKIPPED|SUPPRESSED)"' "$report" || true)
    # It may fail outside of any test, e.g. in a leak check at its end.
    if ((code != 0 && failed == 0)); then
      echo "$program ended with code $code although no test failed: counted as one failure"
      failed=1 total=$((total + 1))
    fi
    suite_passed=$((suite_passed + total - failed - left_out))
    suite_failed=$((suite_failed + failed))
    suite_skipped=$((suite_skipped + left_out))
  done
}

first_number() { sed --quiet "0,/\"$1\":/s/.*\"$1\": \([0-9]*\).*/\1/p" "$2"; }

# run_command COMMAND...: what counts is its last line "N passed, N failed", and its exit code.
run_command() {
  local code=0 out=$REPORTS/command.out passed=0 failed=0
  timeout "$PROGRAM_SECONDS_MAX" "$@" | tee "$out" || code=$?
  if [[ $(grep --extended-regexp '^[0-9]+ passed, [0-9]+ failed$' "$out" | tail --lines=1) =~ ^([0-9]+)\ passed,\ ([0-9]+) ]]; then
    passed=${BASH_REMATCH[1]} failed=${BASH_REMATCH[2]}
  fi
  if ((code != 0 && failed == 0)) || ((passed + failed == 0)); then
    echo "$* ended with code $code and counted no failure: counted as one"
    failed=$((failed + 1))
  fi
  suite_passed=$((suite_passed + passed))
  suite_failed=$((suite_failed + failed))
}

# run_suite NAME: leaves its counts in suite_passed and suite_failed.
run_suite() {
  local programs=() suite_skipped=0
  suite_passed=0 suite_failed=0
  echo "=== $1"
  mapfile -t programs < <(suite_programs "$1")
  programs=("${programs[@]/#/$BUILD/tests/}")
  case $1 in
    mappings) run_command "$BUILD/bin/concord" map test mappings ;;
    docs) run_command tests/docs/run "$BUILD" ;;
    decisions)
      run_programs '*' "${programs[@]}"
      run_command python3 tests/decisions/coverage.py --check
      run_command python3 tests/decisions/reference/compare.py --concord "$BUILD/bin/concord"
      ;;
    connectors) run_programs '-*Samples*' "${programs[@]}" ;;
    samples) run_programs '*Samples*' "${programs[@]}" ;;
    story)
      # As the demo configures it, which no other suite does.
      if (configure release "$REPORTS/demo" -DCONCORD_TESTS=OFF); then
        suite_passed=$((suite_passed + 1))
      else
        suite_failed=$((suite_failed + 1))
      fi
      run_command env BUILD="$BUILD" ./ops/demo --story
      ;;
    # Longer than others by design: targets x FUZZ_SECONDS / processors, and a build of its own.
    fuzz) PROGRAM_SECONDS_MAX=$((PROGRAM_SECONDS_MAX + 2700)) run_command ops/fuzz --all ;;
    *) run_programs '*' "${programs[@]}" ;;
  esac
  if ((suite_skipped > 0)); then echo "$suite_skipped skipped"; fi
  if ((suite_passed + suite_failed + suite_skipped == 0)); then
    echo "suite $1 ran no test: counted as one failure"
    suite_failed=1
  fi
  echo "$suite_passed passed, $suite_failed failed"
}

# Begun first: a suite runs while what others run is built, and none of these is left to run by itself at the end.
LONG_SUITES=(sdk kit runner crash hostile old_binaries bad_input race connectors)

# run_suites NAME...: several at a time, since most of them wait more than they compute. Each prints as one
# block once it has ended. Adds up in passed and failed.
run_suites() {
  local order=() name running=0
  for name in "${LONG_SUITES[@]}"; do if [[ " $* " == *" $name "* ]]; then order+=("$name"); fi; done
  for name in "$@"; do if [[ " ${order[*]} " != *" $name "* ]]; then order+=("$name"); fi; done
  trap 'end_children $$; exit 130' INT TERM
  for name in "${order[@]}"; do
    make_suite "$name" || { end_children $$ && die "it does not build.  Next: see above"; }
    if ((running > $(nproc))); then await_suite; fi
    run_apart "$name" &
    running=$((running + 1))
  done
  while ((running > 0)); do await_suite; done
  trap - INT TERM
}

# Leaves what it printed in NAME.out, and what it counted in NAME.ended.
run_apart() {
  mkdir "$REPORTS/$1"
  (
    REPORTS=$REPORTS/$1 SECONDS=0
    run_suite "$1"
    echo "$suite_passed $suite_failed" >"$REPORTS/ended"
    say "suite $1: $SECONDS s" 2>&3
  ) 3>&2 >"$REPORTS/$1.out" 2>&1 || true
  # One that broke off has counted nothing.
  if [[ ! -f $REPORTS/$1/ended ]]; then echo "0 1" >"$REPORTS/$1/ended"; fi
}

await_suite() {
  local ended counts
  wait -n || true
  running=$((running - 1))
  for ended in "$REPORTS"/*/ended; do
    [[ -f $ended ]] || continue
    read -r -a counts <"$ended"
    rm "$ended"
    cat "$(dirname "$ended").out"
    passed=$((passed + counts[0])) failed=$((failed + counts[1]))
  done
}

# Whoever stops the tests stops what they have begun.
end_children() {
  local child
  # shellcheck disable=SC2013  # words they are
  for child in $(cat "/proc/$1"/task/*/children 2>/dev/null); do
    end_children "$child"
    kill "$child" 2>/dev/null || true
  done
}
