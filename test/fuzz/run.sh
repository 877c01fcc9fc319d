#!/usr/bin/env bash
# run.sh [SECONDS [REGEX]] - runs each built fuzz target for SECONDS (60).
#
# New inputs join test/fuzz/corpus/<target>/, so that `./dev test` replays them; what
# fails is kept in build/fuzz/findings/<target>/ with the fuzzer's output.
set -euo pipefail
cd "$(dirname "$0")/../.."
seconds=${1:-60}
regex=${2:-.}
if ! [[ $seconds =~ ^[1-9][0-9]*$ ]]; then
    echo "fuzz: SECONDS is not a positive number: $seconds" >&2
    exit 2
fi

passed=0
failed=0
for target in build/fuzz/test/fuzz/fuzz_*; do
    name=${target##*/}
    [[ -f $target && -x $target && $name =~ $regex ]] || continue
    corpus=test/fuzz/corpus/$name
    findings=build/fuzz/findings/$name
    fresh=build/fuzz/fresh/$name
    rm -rf "$fresh"
    mkdir -p "$corpus" "$findings" "$fresh"
    options=(-max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048
        -artifact_prefix="$findings/" -print_final_stats=1)
    if "$target" "${options[@]}" "$fresh" "$corpus" >"$findings/log" 2>&1; then
        # Only inputs that reach what the corpus does not yet reach are worth keeping.
        "$target" -merge=1 "$corpus" "$fresh" >>"$findings/log" 2>&1
        passed=$((passed + 1))
        echo "$name: $(awk '/number_of_executed_units/ {print $2}' "$findings/log" | head -1)" \
            "runs, corpus of $(find "$corpus" -type f | wc -l)"
    else
        failed=$((failed + 1))
        tail -n 30 "$findings/log"
        echo "$name: FAILED, see $findings"
    fi
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
