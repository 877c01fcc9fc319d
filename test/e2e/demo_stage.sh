# shellcheck shell=bash
# What the demo plays on and speaks with: API server, controller, commands that are shown
# before they run. Sourced by demo.sh, in the root of the project.
# shellcheck disable=SC2034,SC2154,SC2317 # shared with demo.sh

berth=${BERTH:-$root/build/release/berth}
export BERTH_APISERVER=${BERTH_APISERVER:-$root/build/release/berth-apiserver}
folder=$(mktemp -d "${TMPDIR:-/tmp}/berth-demo-XXXXXX")
export BERTH_CONTROL_PLANE_STATE=$folder/control-plane
export BERTH_CONTROL_PLANE_LIFETIME=${BERTH_CONTROL_PLANE_LIFETIME:-3600}
export PYTHONDONTWRITEBYTECODE=1
control_plane=
controller=

bold='' dim='' plain=''
if [ -t 1 ]; then
    bold=$'\e[1m' dim=$'\e[2m' plain=$'\e[0m'
fi

section() { printf '\n%s== %s%s\n' "$bold" "$*" "$plain"; }

say() { printf '%s%s%s\n' "$dim" "$*" "$plain"; }

# A command line as a person would type it, then what it stands for.
told() {
    printf '\n%s$ %s%s\n' "$bold" "$1" "$plain"
    shift
    "$@"
}

show() {
    local word line=
    for word; do
        case $word in
        *[!A-Za-z0-9_./=,:-]*) line+=" '$word'" ;;
        *) line+=" $word" ;;
        esac
    done
    told "${line# }" "$@"
}

show_in() { # FOLDER COMMAND...
    local status=0
    pushd "$1" >/dev/null || return
    shift
    show "$@" || status=$?
    popd >/dev/null || return
    return $status
}

# Where there is no kubectl: the same words, in so far as the demo says them.
stand_in() { /usr/bin/python3 "$root/test/e2e/show.py" "$@"; }

value() { stand_in value "$@"; }

# What a pod's runner was given, as JSON.
runner() { # POD PLACE_IN_CONTAINER
    value pod "$1" "spec.containers[name=ambient-code-runner].$2" -n "$project"
}

# Whether the kubelet stand-in finds the images of the pods that come now.
images() { # found|missing
    local outcome=play.berth.dev/outcome-
    [ "$1" = found ] || outcome=play.berth.dev/outcome=image-pull-back-off
    kubectl annotate --overwrite namespace "$project" "$outcome" >/dev/null
}

# A workload without what every write and every rollout moves.
workload() {
    kubectl get deployment "$1" -o yaml |
        sed -e '/^status:/,$d' -e '/^  generation:/d' -e '/^  resourceVersion:/d' \
            -e '/deployment.kubernetes.io\/revision:/d'
}

fail() {
    echo "demo: $*" >&2
    exit 1
}

finish() {
    local status=$?
    trap - EXIT INT TERM
    if [ "$status" -ne 0 ] && [ "$status" -ne 130 ]; then
        printf '\n%sThe demo failed with status %s.%s\n' "$bold" "$status" "$plain" >&2
        if [ -s "$folder/berth.log" ]; then
            echo "The end of the controller's log:" >&2
            tail -n 25 "$folder/berth.log" | cut -c 1-400 | sed 's/^/    /' >&2
        fi
    fi
    if [ -n "$controller" ]; then
        kill "$controller" 2>/dev/null || true
        wait "$controller" 2>/dev/null || true
    fi
    [ -z "$control_plane" ] || "$control_plane" down || true
    rm -rf "$folder"
    exit "$status"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

open_stage() { # embedded or real
    local arguments=()
    [ -x "$berth" ] || fail "no controller at $berth; ./dev build makes one"
    if [ "$1" = embedded ]; then
        section "An API server in one process"
        say "berth-apiserver is for tests and demos: no etcd, no node; it plays the pods."
        control_plane=test/apiserver/embedded.sh arguments=(--kubelet) pods_at_first=2
    else
        section "A real control plane"
        say "etcd, kube-apiserver and kube-controller-manager; no node, so pods stay Pending."
        # The rollout makes one new pod and waits for it.
        control_plane=test/controlplane/control-plane.sh pods_at_first=1
    fi
    "$control_plane" up "${arguments[@]}" >"$folder/up.log" || {
        cat "$folder/up.log" >&2
        exit 1
    }
    eval "$("$control_plane" env)"
    if ! command -v kubectl >/dev/null; then
        say "There is no kubectl on PATH: test/e2e/show.py answers in its place."
        kubectl() { stand_in "$@"; }
    fi
    show kubectl version
}

start_controller() {
    "$control_plane" kubeconfig berth-system/berth >"$folder/berth.kubeconfig"
    told "berth controller --kubeconfig berth.kubeconfig --leader-elect=false &" true
    POD_NAMESPACE=berth-system "$berth" controller --kubeconfig "$folder/berth.kubeconfig" \
        --leader-elect=false --metrics-bind-address=0 --health-probe-bind-address=0 \
        >"$folder/berth.log" 2>&1 &
    controller=$!
}

stop_controller() {
    local status=0
    show kill "$controller"
    wait "$controller" || status=$?
    controller=
    [ "$status" -eq 0 ] || fail "the controller ended with status $status"
}

serve_until_told() {
    section "Both go on: try it yourself, from another terminal"
    kubectl apply --server-side "${samples[@]}" "${project_samples[@]}" >/dev/null
    kubectl wait --for=condition=Ready "aproj/$project" >/dev/null
    kubectl apply --server-side "${session_samples[@]}" >/dev/null
    printf '\n'
    "$control_plane" env | grep -E '^export (KUBECONFIG|PATH)='
    printf '\n'
    printf '    %s\n' "kubectl get agentruntimes -o wide --watch" \
        "kubectl edit agentruntime weather" "kubectl get deployment weather -o yaml" \
        "kubectl get as,pods -n $project" "kubectl describe as triage -n $project" \
        "kubectl patch as triage -n $project --type=merge -p '{\"spec\": {\"desiredPhase\": \"Stopped\"}}'" \
        "kubectl delete pod session-tidy-changelog-runner -n $project" \
        "kubectl annotate namespace $project play.berth.dev/outcome=oom-killed"
    printf '\n'
    say "Ctrl-C ends it; by itself it ends in an hour. The controller's log: $folder/berth.log"
    trap 'exit 0' INT TERM
    while "$control_plane" status >/dev/null; do
        kill -0 "$controller" 2>/dev/null || fail "the controller ended by itself"
        sleep 1
    done
}
