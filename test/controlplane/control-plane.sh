#!/bin/bash
# A real Kubernetes control plane on loopback: etcd, kube-apiserver and
# kube-controller-manager, no node and no scheduler, so pods stay Pending.
#
#   control-plane.sh up [--k8s VERSION] [--no-controller-manager]
#   control-plane.sh env                       export lines for the shell
#   control-plane.sh kubeconfig NAMESPACE/NAME   prints one for a ServiceAccount
#   control-plane.sh status
#   control-plane.sh down                      stops everything and removes every file
#   control-plane.sh build [--k8s VERSION]
#
# BERTH_CONTROL_PLANE_STATE     where one control plane lives; another folder, another one
# BERTH_CONTROL_PLANE_LIFETIME  seconds after which a forgotten one ends (default 8 hours)
# API_EXTRA                     more flags for kube-apiserver
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
state=${BERTH_CONTROL_PLANE_STATE:-${XDG_CACHE_HOME:-$HOME/.cache}/berth/controlplane/run}
lifetime=${BERTH_CONTROL_PLANE_LIFETIME:-28800}
mark=.berth-control-plane
# shellcheck source=test/controlplane/pki.sh
. "$here/pki.sh"

fail() {
    echo "control plane: $*" >&2
    exit 1
}

usage() {
    sed -n '2,/^set /{/^set /!s/^# \{0,1\}//p}' "${BASH_SOURCE[0]}"
    exit "$1"
}

# Below the ephemeral range, so that no outgoing connection takes a port between the
# probe and the bind.
free_port() {
    local port
    while :; do
        port=$((20000 + RANDOM % 12000))
        if ! (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
            echo $port
            return
        fi
    done
}

# Each process leads its own group, so that it can be ended with its timeout(1).
start() {
    local name=$1
    shift
    setsid timeout --kill-after=10 "$lifetime" "$@" >"$state/log/$name.log" 2>&1 </dev/null &
    echo $! >"$state/pid/$name"
}

alive() { # a process of this control plane, not a stranger that got its number
    local pid
    pid=$(cat "$state/pid/$1" 2>/dev/null) || return 1
    { tr '\0' ' ' <"/proc/$pid/cmdline"; } 2>/dev/null | grep -qF -- "$state/"
}

show_failure() {
    echo "control plane: $1 $2; the end of its log:" >&2
    tail -n 15 "$state/log/$1.log" | sed 's/^/    /' >&2
    stop_all
    exit 1
}

# wait_until PROCESS WHAT COMMAND...: at most a minute, and no longer than PROCESS lives.
wait_until() {
    local process=$1 what=$2 deadline=$((SECONDS + 60))
    shift 2
    until "$@" >/dev/null 2>&1; do
        alive "$process" || show_failure "$process" "ended while starting"
        [ $SECONDS -lt $deadline ] || show_failure "$process" "did not become ready ($what)"
        sleep 0.1
    done
}

kubectl_admin() { "$bin/kubectl" --kubeconfig "$state/admin.kubeconfig" "$@"; }

get_raw() { # curl is quicker to start than kubectl
    curl --silent --fail --noproxy '*' --cacert pki/ca.crt --cert pki/admin.crt \
        --key pki/admin.key "$server$1"
}

start_etcd() {
    local client=$1 peer
    peer=http://127.0.0.1:$(free_port)
    start etcd "$bin/etcd" --data-dir "$state/etcd" --unsafe-no-fsync --log-level error \
        --listen-client-urls "$client" --advertise-client-urls "$client" \
        --listen-peer-urls "$peer" --initial-advertise-peer-urls "$peer" \
        --initial-cluster "default=$peer"
    wait_until etcd "answering /health" curl --silent --fail --noproxy '*' "$client/health"
}

start_apiserver() {
    local extra
    read -r -a extra <<<"${API_EXTRA:-}"
    start kube-apiserver "$bin/kube-apiserver" --etcd-servers="$1" \
        --bind-address=127.0.0.1 --secure-port="${server##*:}" \
        --endpoint-reconciler-type=none --service-cluster-ip-range=10.0.0.0/16 \
        --authorization-mode=RBAC \
        --enable-admission-plugins=PodSecurity,OwnerReferencesPermissionEnforcement \
        --client-ca-file="$state/pki/ca.crt" --tls-cert-file="$state/pki/apiserver.crt" \
        --tls-private-key-file="$state/pki/apiserver.key" \
        --service-account-issuer=https://kubernetes.default.svc \
        --service-account-key-file="$state/pki/sa.pub" \
        --service-account-signing-key-file="$state/pki/sa.key" \
        --audit-policy-file="$here/audit-policy.yaml" --audit-log-path="$state/log/audit.log" \
        --allow-privileged=true --profiling=false "${extra[@]}"
    wait_until kube-apiserver "/readyz" get_raw /readyz
}

start_controller_manager() {
    start kube-controller-manager "$bin/kube-controller-manager" \
        --kubeconfig="$state/controller-manager.kubeconfig" --secure-port=0 \
        --leader-elect=false --use-service-account-credentials=true \
        --root-ca-file="$state/pki/ca.crt" \
        --service-account-private-key-file="$state/pki/sa.key" \
        --kube-api-qps=200 --kube-api-burst=400
    wait_until kube-controller-manager "making service accounts" \
        get_raw /api/v1/namespaces/default/serviceaccounts/default
}

stop_all() {
    local name pid
    # Not etcd before those that talk to it. The API server would wait for its watches:
    # nothing of it is kept, so it gets two seconds.
    for name in kube-controller-manager kube-apiserver etcd; do
        alive $name || continue
        pid=$(cat "$state/pid/$name")
        kill -TERM "$pid" 2>/dev/null || true
        for _ in {1..20}; do
            alive $name || break
            sleep 0.1
        done
        kill -KILL -- "-$pid" 2>/dev/null || true
    done
}

any_alive() { alive etcd || alive kube-apiserver || alive kube-controller-manager; }

# Only what this script made: the folder's name comes from the environment.
remove_state() {
    [ -d "$state" ] || return 0
    if [ ! -e "$state/$mark" ]; then
        rmdir "$state" 2>/dev/null || fail "$state holds something else; nothing was removed"
    fi
    rm -rf "$state"
}

up() {
    local etcd_url name
    ! any_alive || fail "one is up in $state; 'down' first, or set BERTH_CONTROL_PLANE_STATE"
    remove_state # of one whose processes are gone
    bin=$("$here/build.sh" "${k8s[@]}")
    mkdir -p "$state"/{pid,log}
    touch "$state/$mark"
    chmod 700 "$state"
    state=$(cd "$state" && pwd)
    cd "$state"
    trap 'stop_all; remove_state; exit 1' INT TERM
    server=https://127.0.0.1:$(free_port)
    etcd_url=http://127.0.0.1:$(free_port)
    make_pki "$server"
    echo "$bin" >bin-dir
    start_etcd "$etcd_url"
    start_apiserver "$etcd_url"
    [ "$manager" = no ] || start_controller_manager
    for name in pid/*; do
        alive "${name#pid/}" || show_failure "${name#pid/}" "ended"
    done
    echo "Kubernetes $(get_raw /version | sed -n 's/.*"gitVersion": "\(.*\)".*/\1/p') at $server"
    echo "To use it:"
    print_env | sed 's/^/    /'
    echo "To end it: ${BERTH_CONTROL_PLANE_STATE:+BERTH_CONTROL_PLANE_STATE=$state }$0 down"
}

print_env() {
    bin=$(cat "$state/bin-dir")
    printf 'export KUBECONFIG=%q\n' "$state/admin.kubeconfig"
    printf 'export PATH=%q:"%sPATH"\n' "$bin" $
    printf 'export BERTH_CONTROL_PLANE_STATE=%q\n' "$state"
    printf 'export BERTH_AUDIT_LOG=%q\n' "$state/log/audit.log"
}

service_account_kubeconfig() { # NAMESPACE/NAME
    local namespace=${1%%/*} name=${1#*/} token
    bin=$(cat "$state/bin-dir")
    token=$(kubectl_admin create token "$name" --namespace "$namespace" --duration 12h)
    server=$(sed -n 's/.*server: "\([^"]*\)".*/\1/p' "$state/admin.kubeconfig")
    cd "$state"
    print_kubeconfig "$server" "{token: \"$token\"}"
}

status() {
    local name down=0
    for name in etcd kube-apiserver kube-controller-manager; do
        if alive $name; then
            echo "$name: running, pid $(cat "$state/pid/$name")"
        elif [ -e "$state/pid/$name" ]; then
            echo "$name: ended"
            down=1
        fi
    done
    [ -d "$state/pid" ] || { echo "none in $state"; down=1; }
    return $down
}

verb=${1:-help}
[ $# -eq 0 ] || shift
k8s=() manager=yes positional=()
while [ $# -gt 0 ]; do
    case $1 in
    --k8s) [ $# -ge 2 ] || fail "--k8s needs a version"; k8s=(--k8s "$2"); shift 2 ;;
    --no-controller-manager) manager=no; shift ;;
    -*) fail "unknown option $1" ;;
    *) positional+=("$1"); shift ;;
    esac
done

case $verb in
build) "$here/build.sh" "${k8s[@]}" ;;
up) up ;;
down)
    stop_all
    remove_state
    ;;
env | kubeconfig)
    [ -s "$state/bin-dir" ] || fail "none is up in $state"
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
