# Setting up, compiling and running the tests.
# shellcheck shell=bash

# The test projects, quickest first; a project below tests/ that says IsTestProject=false is none.
find_test_projects() {
  local name project
  (cd "$root/tests" && printf '%s\n' Unit Integration EndToEnd * | awk '!seen[$0]++') | while read -r name; do
    project=$root/tests/$name/Recommender.Tests.$name.csproj
    if [[ -e $project ]] && ! grep -q '<IsTestProject>false' "$project"; then printf '%s\n' "$name"; fi
  done
}

# test_assembly NAME
test_assembly() { printf '%s' "$root/artifacts/bin/Recommender.Tests.$1/release/Recommender.Tests.$1.dll"; }

# prepare_tests NAME...: sets up what the tests use and compiles the whole solution.
prepare_tests() {
  need_debian "keep the viewers' online state" redis-server
  need_debian "read and write topics as a foreign Kafka client" kcat python3-confluent-kafka
  need_debian "call the services as a foreign gRPC client" python3-grpcio python3-protobuf
  need_debian "judge the metrics with promtool" prometheus
  if tests_charts "$@"; then need_charts; fi
  lock
  tests_are_ready "$@" || check_feed
  install_debian
  ensure_test_clients
  ensure_object_store
  if tests_charts "$@"; then ensure_charts; fi
  fill_feed
  if ! tests_are_ready "$@"; then
    say "Building Recommender and its tests."
    compile Recommender.sln tests program
  fi
  unlock
}

ensure_test_clients() { ensure_npm test-clients "call the services as foreign gRPC clients" @grpc/grpc-js @grpc/proto-loader "$(buf_file)"; }

# The only one that tests can do without: they say that they were skipped.
ensure_object_store() {
  (ensure_npm object-store "keep archive and models in a bucket" s3rver) || say "SKIPPED: the tests of archive and models in a bucket, since s3rver could not be installed."
}

# Are the tests of the chart among these?
tests_charts() { [[ " $* " == *" Charts "* ]]; }

tests_are_ready() {
  local name
  for name in "$@"; do [[ -e $(test_assembly "$name") ]] || return 1; done
  [[ -e $program ]] && up_to_date tests "${sources[@]}" "$root/tests" "$root/Recommender.sln"
}

buf_file() {
  case $(uname -m) in
    aarch64) printf '%s' @bufbuild/buf-linux-aarch64/bin/buf ;;
    *) printf '%s' @bufbuild/buf-linux-x64/bin/buf ;;
  esac
}

# Tells the tests where their tools are; what is set already stands.
export_test_tools() {
  local modules
  modules=$(npm_at test-clients)/node_modules
  export RECOMMENDER_TEST_NODE_MODULES=${RECOMMENDER_TEST_NODE_MODULES:-$modules}
  export RECOMMENDER_TEST_S3RVER=${RECOMMENDER_TEST_S3RVER:-$(npm_at object-store)/node_modules/s3rver}
  export RECOMMENDER_TEST_BUF=${RECOMMENDER_TEST_BUF:-$modules/$(buf_file)}
  export RECOMMENDER_TEST_CHART_TOOLS=${RECOMMENDER_TEST_CHART_TOOLS:-$chart_tools}
  # The Debian packages belong to Debian's interpreter, which need not be the first on the PATH.
  export RECOMMENDER_TEST_PYTHON=${RECOMMENDER_TEST_PYTHON:-/usr/bin/python3}
  export_test_data
}

# The folder of public data sets, where there is one beside the checkout.
export_test_data() {
  local data
  if data=$(realpath -e -- "$root/../shared/data" 2>/dev/null); then
    export RECOMMENDER_TEST_DATA=${RECOMMENDER_TEST_DATA:-$data}
  fi
}

passed=0 failed=0 skipped=0 failures=

# tell_failure LINE...: prints the lines, and keeps them for the end of the log.
tell_failure() {
  printf '%s\n' "$@"
  failures+=$(printf '%s\n' "$@")$'\n'
}

# failed_tests RESULTS: the name of each test that failed, and of each error outside of any, with the first lines of its message.
failed_tests() {
  awk '
    function text(s) {
      gsub(/&lt;/, "<", s); gsub(/&gt;/, ">", s); gsub(/&quot;/, "\"", s); gsub(/&apos;/, "\047", s); gsub(/&#x[AD];/, " ", s); gsub(/&amp;/, "\\&", s); gsub(/\\"/, "\"", s)
      return s
    }
    BEGIN { RS = "<(test|error) " }
    NR > 1 && (start = index($0, "<failure")) {
      name = substr($0, 1, start - 1)
      if (sub(/^.* name="|^name="/, "", name)) sub(/".*/, "", name); else name = "An error outside of any test"
      print "  " text(name)
      message = substr($0, start)
      if (!sub(/^.*<message>(<!\[CDATA\[)?/, "", message)) next
      sub(/(\]\]>)?<\/message>.*/, "", message)
      count = split(text(message), lines, "\n")
      for (i = 1; i <= count && i <= 4; i++) print "      " substr(lines[i], 1, 300)
    }' "$1" 2>/dev/null
}

# run_tests NAME OPTION...: runs one project, prints what failed or was skipped and why, and adds to the counts.
run_tests() {
  local name=$1 results=$root/artifacts/test-results/$1.xml status=0 head p=0 f=0 s=0 started=$SECONDS
  shift
  mkdir -p "${results%/*}"
  rm -f -- "$results"
  printf '%s tests\n' "$name"
  (cd "$root" && timeout --foreground --kill-after=30 "${RECOMMENDER_TEST_TIMEOUT:-1800}" \
    dotnet "$(test_assembly "$name")" -noLogo -noColor -reporter quiet -xml "$results" "$@" </dev/null 2>&1) || status=$?

  head=$(head -c 4000 -- "$results" 2>/dev/null) || true
  if [[ $head =~ \ errors=\"([0-9]+)\" ]]; then f=${BASH_REMATCH[1]}; fi
  if [[ $head =~ \ failed=\"([0-9]+)\" ]]; then f=$((f + BASH_REMATCH[1])); fi
  if [[ $head =~ \ passed=\"([0-9]+)\" ]]; then p=${BASH_REMATCH[1]}; fi
  if [[ $head =~ \ skipped=\"([0-9]+)\" ]]; then s=${BASH_REMATCH[1]}; fi
  if ((status == 124 || status == 137)); then
    tell_failure "$name tests were ended, being still at it after ${RECOMMENDER_TEST_TIMEOUT:-1800} seconds (RECOMMENDER_TEST_TIMEOUT)."
  elif ((status != 0 && f == 0)); then
    tell_failure "$name tests broke off with exit code $status."
  fi
  ((status == 0 || f > 0)) || f=1
  if ((f > 0)) && [[ -e $results ]]; then failures+=$(failed_tests "$results")$'\n'; fi
  printf '%s: %s passed, %s failed, %s skipped in %s s\n' "$name" "$p" "$f" "$s" $((SECONDS - started))
  passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
}

# run_script_test NAME COMMAND...: a script that counts as one test: 0 is passed, 77 skipped, anything else failed. What it says goes to
# standard error, and the end of it to the failures.
run_script_test() {
  local name=$1 log=$logs/$1.txt status=0 started=$SECONDS
  shift
  mkdir -p "$logs"
  printf '%s test\n' "$name"
  timeout --foreground --kill-after=30 "${RECOMMENDER_TEST_TIMEOUT:-1800}" "$@" 2>&1 </dev/null | tee -- "$log" >&2 || status=$?
  case $status in
    0) passed=$((passed + 1)) && printf '%s: passed in %s s\n' "$name" $((SECONDS - started)) ;;
    77) skipped=$((skipped + 1)) && printf '%s: SKIPPED, see above\n' "$name" ;;
    *)
      failed=$((failed + 1))
      tell_failure "$name ended with $status; the last that it said:" "$(tail -n 5 -- "$log" | sed 's/^/      /')"
      ;;
  esac
}

# What failed once more, so that the end of a log tells it, and the last word, alone on its line. True only when something passed or was
# skipped, and nothing failed.
print_sum() {
  if ((failed > 0)); then printf 'Failed:\n%s\n' "${failures%$'\n'}"; fi
  printf '%s passed, %s failed, %s skipped\n' "$passed" "$failed" "$skipped"
  ((failed == 0 && passed + skipped > 0))
}
