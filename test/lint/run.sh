#!/usr/bin/env bash
# run.sh - all of lint: rules of text, format, static analysis, scripts.
#
# Every check runs, whatever failed before it. Ends with `N passed, N failed`, and the
# skipped ones where there are any: those that need a version this machine has not.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit

CLANG_VERSION=14 # Debian 12; other versions format and warn differently
passed=0
failed=0
skipped=0

# check NAME COMMAND...: one case; or, where the command counts its own, theirs.
check() {
    local name=$1 output status=0 counts
    shift
    output=$("$@" 2>&1) || status=$?
    counts=$(tail -n 1 <<<"$output")
    if [[ $counts =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed$ ]]; then
        passed=$((passed + BASH_REMATCH[1]))
        failed=$((failed + BASH_REMATCH[2]))
        [ "$status" -eq 0 ] || [ "${BASH_REMATCH[2]}" -gt 0 ] || failed=$((failed + 1))
    elif [ "$status" -eq 0 ]; then
        passed=$((passed + 1))
        counts=ok
    else
        failed=$((failed + 1))
        counts=FAILED
    fi
    [ "$status" -eq 0 ] || echo "$output"
    printf '%-24s %s\n' "$name" "$counts"
}

skip() {
    skipped=$((skipped + 1))
    printf '%-24s skipped: %s\n' "$1" "$2"
}

is_pinned() {
    "$1" --version 2>/dev/null | grep -q "version $CLANG_VERSION\."
}

files() {
    git ls-files -z --cached --others --exclude-standard -- "$@"
}

check_format() {
    files '*.c' '*.h' | xargs -0 ls 2>/dev/null | xargs clang-format --dry-run -Werror
}

check_scripts() {
    { files dev .ci/run '*.sh' | xargs -0 ls 2>/dev/null; } | xargs shellcheck
}

check_python() {
    files '*.py' | xargs -0 ls 2>/dev/null | xargs python3 -m py_compile
}

configure() {
    cmake -S . -B build/lint -G Ninja -DCMAKE_C_COMPILER=clang -DCMAKE_BUILD_TYPE=Debug \
        -DCMAKE_EXPORT_COMPILE_COMMANDS=ON
}

check "rules' own tests" python3 test/lint/test_rules.py
check rules python3 test/lint/lint.py
check python check_python
check shellcheck check_scripts
if is_pinned clang-format; then
    check clang-format check_format
else
    skip clang-format "needs version $CLANG_VERSION"
fi
if is_pinned clang-tidy; then
    check "configure for clang" configure
    check clang-tidy python3 test/lint/tidy.py build/lint
else
    skip clang-tidy "needs version $CLANG_VERSION"
fi

note=""
[ "$skipped" -eq 0 ] || note=", $skipped skipped"
echo "$passed passed, $failed failed$note"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
