#!/usr/bin/env bash
# Measures the controller process against a real kube-apiserver, or the embedded one:
# processor time, memory, wall time, and its writes as the audit log counts them.
#
#   run.sh [--sessions] [--embedded] [--n N,N,...] [--only SCENARIO,...] [--json FILE]
#          [--berth BINARY] [--idle SECONDS] [--changes COUNT]
#
# For each N a control plane of its own, on loopback, without kube-controller-manager, so
# that nothing rolls and every write is answered for. It ends with the run.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# Debian's python3-yaml belongs to Debian's python3.
python=/usr/bin/python3
if ! "$python" -c 'import yaml' 2>/dev/null; then
    echo "run.sh: needs python3 and python3-yaml (apt-get install python3-yaml)" >&2
    exit 1
fi
export PYTHONDONTWRITEBYTECODE=1
export PYTHONPATH=$here/../e2e
exec "$python" "$here/bench.py" "$@"
