#!/bin/bash
# The embedded API server as a control plane on loopback: the verbs and files of
# test/controlplane/control-plane.sh, in a tenth of a second and without etcd.
#
#   embedded.sh up [--kubelet] [--no-controller-manager]
#                                          starts it; --kubelet plays pods
#   embedded.sh env                        export lines for the shell
#   embedded.sh kubeconfig NAMESPACE/NAME  prints one for a ServiceAccount
#   embedded.sh status
#   embedded.sh down                       stops it and removes every file
#
# BERTH_APISERVER               the program (default: the newest that is built)
# BERTH_CONTROL_PLANE_STATE     where one lives; another folder, another one
# BERTH_CONTROL_PLANE_LIFETIME  seconds after which a forgotten one ends (default 8 hours)
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/berth
state=${BERTH_CONTROL_PLANE_STATE:-$cache/embedded/run}
lifetime=${BERTH_CONTROL_PLANE_LIFETIME:-28800}
mark=.berth-control-plane

fail() {
    echo "embedded API server: $*" >&2
    exit 1
}

usage() {
    sed -n '2,/^set /{/^set /!s/^# \{0,1\}//p}' "${BASH_SOURCE[0]}"
    exit "$1"
}

find_program() {
    program=${BERTH_APISERVER:-}
    # shellcheck disable=SC2012 # the newest of few files whose names are known
    [ -n "$program" ] || program=$(ls -t "$root"/build/*/berth-apiserver 2>/dev/null | head -n 1)
    [ -x "$program" ] || fail "no program ${program:-build/*/berth-apiserver}; ./dev test builds one"
    program=$(cd "$(dirname "$program")" && pwd)/${program##*/}
}

# The folder of kubectl: the control plane's, else the user's, else one without it.
tools_folder() {
    local folder
    for folder in "$cache"/controlplane/*/bin; do
        [ -x "$folder/kubectl" ] && echo "$folder" && return
    done
    if folder=$(command -v kubectl); then
        dirname "$folder"
    else
        mkdir -p "$state/bin"
        echo "$state/bin"
    fi
}

alive() { # the process of this state, not a stranger that got its number
    local pid
    pid=$(cat "$state/pid" 2>/dev/null) || return 1
    { tr '\0' ' ' <"/proc/$pid/cmdline"; } 2>/dev/null | grep -qF -- "$state/"
}

stop() {
    local pid
    alive || return 0
    pid=$(cat "$state/pid")
    kill -TERM "$pid" 2>/dev/null || true
    for _ in {1..100}; do
        alive || return 0
        sleep 0.05
    done
    kill -KILL "$pid" 2>/dev/null || true
}

# Only what this script made: the folder's name comes from the environment.
remove_state() {
    [ -d "$state" ] || return 0
    if [ ! -e "$state/$mark" ]; then
        rmdir "$state" 2>/dev/null || fail "$state holds something else; nothing was removed"
    fi
    rm -rf "$state"
}

await_ready() {
    local deadline=$((SECONDS + 30))
    until grep -q "^ready " "$state/log/apiserver.out" 2>/dev/null; do
        if ! kill -0 "$1" 2>/dev/null || [ $SECONDS -ge $deadline ]; then
            sed 's/^/    /' "$state/log/apiserver.log" >&2
            stop
            fail "did not start"
        fi
        sleep 0.02
    done
}

up() {
    ! alive || fail "one is up in $state; 'down' first, or set BERTH_CONTROL_PLANE_STATE"
    [ -z "${API_EXTRA:-}" ] || fail "it has no flags of kube-apiserver: $API_EXTRA"
    find_program
    remove_state # of one whose process is gone
    mkdir -p "$state/log"
    touch "$state/$mark"
    chmod 700 "$state"
    state=$(cd "$state" && pwd)
    tools_folder >"$state/bin-dir"
    setsid "$program" --dir "$state/" --audit "$state/log/audit.log" --quiet \
        --lifetime "$lifetime" "${flags[@]}" \
        >"$state/log/apiserver.out" 2>"$state/log/apiserver.log" </dev/null &
    echo $! >"$state/pid"
    await_ready $!
    echo "Embedded API server at https://127.0.0.1:$(sed -n 's/^ready //p' "$state/log/apiserver.out")"
    echo "To use it:"
    print_env | sed 's/^/    /'
    echo "To end it: ${BERTH_CONTROL_PLANE_STATE:+BERTH_CONTROL_PLANE_STATE=$state }$0 down"
}

print_env() {
    printf 'export KUBECONFIG=%q\n' "$state/admin.kubeconfig"
    printf 'export PATH=%q:"%sPATH"\n' "$(cat "$state/bin-dir")" $
    printf 'export BERTH_CONTROL_PLANE_STATE=%q\n' "$state"
    printf 'export BERTH_AUDIT_LOG=%q\n' "$state/log/audit.log"
}

admin_value() { # what follows a name in the administrator's kubeconfig
    sed -n "s/.*$1: \"\{0,1\}\([^\"}, ]*\).*/\1/p" "$state/admin.kubeconfig"
}

service_account_kubeconfig() { # NAMESPACE/NAME
    local namespace=${1%%/*} name=${1#*/} server answer token
    server=$(admin_value server)
    answer=$(admin_value certificate-authority-data | base64 -d |
        curl --silent --show-error --noproxy '*' --cacert /dev/stdin \
            --config <(printf 'header = "Authorization: Bearer %s"\n' "$(admin_value token)") \
            --header 'Content-Type: application/json' \
            --data '{"apiVersion":"authentication.k8s.io/v1","kind":"TokenRequest","spec":{"expirationSeconds":43200}}' \
            "$server/api/v1/namespaces/$namespace/serviceaccounts/$name/token")
    token=$(sed -n 's/.*"token": *"\([^"]*\)".*/\1/p' <<<"$answer")
    [ -n "$token" ] || fail "no token for $1: $answer"
    sed "s|token: \"[^\"]*\"|token: \"$token\"|" "$state/admin.kubeconfig"
}

status() {
    if alive; then
        echo "berth-apiserver: running, pid $(cat "$state/pid")"
    else
        echo "none in $state"
        return 1
    fi
}

verb=${1:-help}
[ $# -eq 0 ] || shift
flags=() positional=()
while [ $# -gt 0 ]; do
    case $1 in
    --kubelet | --no-controller-manager) flags+=("$1") ;;
    -*) fail "unknown option $1" ;;
    *) positional+=("$1") ;;
    esac
    shift
done

case $verb in
up) up ;;
down)
    stop
    remove_state
    ;;
env | kubeconfig)
    [ -s "$state/admin.kubeconfig" ] || fail "none is up in $state"
    if [ "$verb" = env ]; then
        print_env
    else
        [ ${#positional[@]} -ge 1 ] || fail "kubeconfig needs NAMESPACE/NAME"
        service_account_kubeconfig "${positional[@]}"
    fi
    ;;
status) status ;;
help | --help) usage 0 ;;
*) usage 64 >&2 ;;
esac
