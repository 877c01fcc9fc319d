#!/usr/bin/env bash
# test.sh [NAME_REGEX] - runs the built tests of preset asan and counts their cases.
set -euo pipefail
cd "$(dirname "$0")/.."
report=$PWD/build/asan/tests.xml
rm -f "$report"
export UBSAN_OPTIONS=print_stacktrace=1
# The report holds all output, and tools/count_tests.py judges it: ctest's own verdict
# comes to the same.
ctest --test-dir build/asan --quiet --parallel "$(nproc)" --output-junit "$report" \
    --test-output-size-passed 10000000 --test-output-size-failed 10000000 \
    ${1:+--tests-regex "$1"} >/dev/null 2>&1 || true
exec python3 tools/count_tests.py "$report"
