#!/bin/bash
# The end-to-end suite: every scenario of test/scenarios against a real kube-apiserver, or,
# with --embedded, against berth-apiserver all but those that only a real one can decide.
#
#   run.sh [--embedded] [--k8s VERSION] [--kubeconfig FILE] [--filter GLOB] [--berth BINARY]
#          [--jobs N] [--list]
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# Debian's python3-yaml belongs to Debian's python3.
python=/usr/bin/python3
if ! "$python" -c 'import yaml' 2>/dev/null; then
    echo "run.sh: needs python3 and python3-yaml (apt-get install python3-yaml)" >&2
    exit 1
fi
# A leak is a failure too; the controller's log shows it.
export ASAN_OPTIONS=${ASAN_OPTIONS:-detect_leaks=1:abort_on_error=0}
export PYTHONDONTWRITEBYTECODE=1
exec "$python" "$here/main.py" "$@"
