#!/usr/bin/env bash
# mutations.sh [NAME...] - whether the simulation finds bugs: puts each patch of mutations/
# into a copy of the tree and plays seeds until one ends badly. Fails when a patch does not
# apply or build, or is not found within SEEDS (default 6000).
set -uo pipefail
cd "$(dirname "$0")/../.." || exit
seeds=${SEEDS:-6000}
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
found=0
missed=0

git ls-files -z | xargs -0 cp --parents -t "$copy"
cmake -S "$copy" -B "$copy/build" -G Ninja -DCMAKE_BUILD_TYPE=Debug >/dev/null || exit

play() {
    cmake --build "$copy/build" --target berth-simulate >"$copy/log" 2>&1 || return
    "$copy/build/test/simulation/berth-simulate" --seeds "$seeds" --jobs "$(nproc)" 2>&1 |
        grep -m 1 "^not ok\|Assertion"
}

try() {
    local file=$1 line
    patch -d "$copy" -p1 --quiet <"$file" && line=$(play)
    if [ -n "${line:-}" ]; then
        found=$((found + 1))
        echo "found   $(basename "$file" .patch): $line"
    else
        missed=$((missed + 1))
        echo "missed  $(basename "$file" .patch)"
    fi
    patch -d "$copy" -p1 --quiet --reverse <"$file"
}

if [ $# -eq 0 ]; then
    set -- test/simulation/mutations/*.patch
else
    set -- "${@/#/test/simulation/mutations/}"
    set -- "${@/%/.patch}"
fi
for file in "$@"; do
    try "$file"
done
echo "$found passed, $missed failed"
[ "$missed" -eq 0 ] && [ "$found" -gt 0 ]
