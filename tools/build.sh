#!/usr/bin/env bash
# build.sh PRESET [TARGET...] - configures and builds build/PRESET, quietly when all is well.
set -euo pipefail
cd "$(dirname "$0")/.."
preset=$1
shift
mkdir -p "build/$preset"
log=build/$preset/configure.log
if ! cmake --preset "$preset" >"$log" 2>&1; then
    cat "$log" >&2
    exit 1
fi
targets=()
[ $# -eq 0 ] || targets=(--target "$@")
NINJA_STATUS="[$preset %f/%t] " cmake --build --preset "$preset" "${targets[@]}"
