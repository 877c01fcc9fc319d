#!/usr/bin/env bash
# scenario.sh BUILD FILE - plays one scenario file in virtual time and prints what
# happened, with the berth-scenarios of that build folder.
set -euo pipefail
if [ $# -ne 2 ] || [ ! -f "$2" ]; then
    echo "usage: ./dev scenario FILE, such as test/scenarios/project/settings_groups.yaml" >&2
    exit 2
fi
here=$(dirname "$0")
compiled=$(mktemp)
trap 'rm -f "$compiled"' EXIT
PYTHONDONTWRITEBYTECODE=1 /usr/bin/python3 "$here/../e2e/compile.py" "$2" >"$compiled"
"$1/test/simulation/berth-scenarios" --trace "$compiled"
