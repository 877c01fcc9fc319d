#!/usr/bin/env bash
# The samples on a real control plane, told step by step: a Deployment and a StatefulSet
# are enrolled, a skill gets another image, a runtime is deleted, and its Deployment is as
# it was.
#
#   demo.sh        BERTH is the controller, build/release/berth by default
#
# Everything runs on loopback and ends with the script, also when it fails.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cd "$root"
berth=${BERTH:-$root/build/release/berth}
folder=$(mktemp -d "${TMPDIR:-/tmp}/berth-demo-XXXXXX")
export BERTH_CONTROL_PLANE_STATE=$folder/control-plane
export BERTH_CONTROL_PLANE_LIFETIME=1800
patience=--timeout=30s

bold='' dim='' plain=''
if [ -t 1 ]; then
    bold=$'\e[1m' dim=$'\e[2m' plain=$'\e[0m'
fi

section() { printf '\n%s== %s%s\n' "$bold" "$*" "$plain"; }

say() { printf '%s%s%s\n' "$dim" "$*" "$plain"; }

# A command as a person would type it.
tell() {
    local word line=
    for word; do
        case $word in
        *[!A-Za-z0-9_./=,:-]*) line+=" \"$word\"" ;;
        *) line+=" $word" ;;
        esac
    done
    printf '\n%s$%s%s\n' "$bold" "$line" "$plain"
}

show() {
    tell "$@"
    "$@"
}

finish() {
    local status=$?
    trap - EXIT INT TERM
    if [ "$status" -ne 0 ]; then
        printf '\n%sThe demo failed with status %s.%s\n' "$bold" "$status" "$plain" >&2
        if [ -s "$folder/berth.log" ]; then
            echo "The end of the controller's log:" >&2
            tail -n 25 "$folder/berth.log" | cut -c 1-400 | sed 's/^/    /' >&2
        fi
    fi
    local job
    for job in $(jobs -p); do
        kill "$job" 2>/dev/null || true
        wait "$job" 2>/dev/null || true
    done
    test/controlplane/control-plane.sh down || true
    rm -rf "$folder"
    exit "$status"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# A workload without what every write and every rollout moves.
workload() {
    kubectl get "$1" -o yaml |
        sed -e '/^status:/,$d' -e '/^  generation:/d' -e '/^  resourceVersion:/d' \
            -e '/deployment.kubernetes.io\/revision:/d'
}

[ -x "$berth" ] || {
    echo "demo: no controller at $berth; ./dev build makes one" >&2
    exit 1
}

section "A real control plane"
say "etcd, kube-apiserver and kube-controller-manager; no node, so pods stay Pending."
test/controlplane/control-plane.sh up >"$folder/up.log" || {
    cat "$folder/up.log" >&2
    exit 1
}
eval "$(test/controlplane/control-plane.sh env)"
show kubectl version

section "Berth's CRD, permissions and configuration"
show kubectl apply -f manifests/crds -f manifests/rbac
show kubectl wait --for=condition=Established crd --all "$patience"
cat >"$folder/config.yaml" <<'YAML'
apiVersion: berth.dev/v1alpha1
kind: ControllerConfiguration
featureGates:
  skillImageVolumes: true
YAML
printf '\n%s$ cat config.yaml%s\n' "$bold" "$plain"
cat "$folder/config.yaml"
cd "$folder"
show kubectl create configmap berth --namespace berth-system --from-file=config.yaml
cd "$root"

section "The samples, before Berth runs"
show kubectl apply -f manifests/samples
runtime=$(kubectl get agentruntimes -o jsonpath='{.items[?(@.spec.targetRef.kind=="Deployment")].metadata.name}')
runtime=${runtime%% *}
target=deployment/$(kubectl get agentruntime "$runtime" -o jsonpath='{.spec.targetRef.name}')
kubectl wait --for=jsonpath='{.status.observedGeneration}'=1 "$target" "$patience" >/dev/null
workload "$target" >"$folder/before.yaml"
show kubectl get agentruntimes

section "Berth starts, as its ServiceAccount"
test/controlplane/control-plane.sh kubeconfig berth-system/berth >"$folder/berth.kubeconfig"
printf '\n%s$ berth controller --kubeconfig berth.kubeconfig --leader-elect=false &%s\n' \
    "$bold" "$plain"
POD_NAMESPACE=berth-system "$berth" controller --kubeconfig "$folder/berth.kubeconfig" \
    --leader-elect=false --metrics-bind-address=0 --health-probe-bind-address=0 \
    >"$folder/berth.log" 2>&1 &
controller=$!
enrolled=(kubectl wait --for=condition=Ready agentruntimes --all "$patience")
tell "${enrolled[@]}"
"${enrolled[@]}" &
wait -n # for whichever ends first: the controller must not
kill -0 "$controller" 2>/dev/null || {
    echo "demo: the controller ended while starting" >&2
    exit 1
}
show kubectl get agentruntimes -o wide

section "What Berth added to the Deployment, and nothing else"
workload "$target" >"$folder/enrolled.yaml"
cd "$folder"
show diff --unified=2 before.yaml enrolled.yaml || [ $? -eq 1 ]
cd "$root"

section "Conditions and events"
say "RolledOut stays False here: without a node no pod becomes ready."
# The rollout makes one new pod and waits for it.
kubectl wait --for=jsonpath='{.status.configuredPods}'=1 \
    "agentruntime/$runtime" "$patience" >/dev/null
kubectl wait --for=create events --field-selector "involvedObject.name=$runtime" \
    "$patience" >/dev/null
show kubectl describe agentruntime "$runtime"

section "A skill gets another image: a new hash, and the pods roll"
skill=$(kubectl get agentruntime "$runtime" -o jsonpath='{.spec.skills[0].image}')
hash="jsonpath={.status.configHash}{'\n'}"
generation=$(kubectl get "$target" -o jsonpath='{.metadata.generation}')
show kubectl get agentruntime "$runtime" -o "$hash"
show kubectl patch agentruntime "$runtime" --type=json \
    -p "[{op: replace, path: /spec/skills/0/image, value: '${skill%:*}:2.0.0'}]"
show kubectl wait --for=jsonpath='{.status.observedGeneration}'=2 \
    "agentruntime/$runtime" "$patience"
show kubectl get agentruntime "$runtime" -o "$hash"
workload "$target" >"$folder/changed.yaml"
cd "$folder"
show diff --unified=1 enrolled.yaml changed.yaml || [ $? -eq 1 ]
cd "$root"
kubectl wait --for=jsonpath='{.status.observedGeneration}'=$((generation + 1)) \
    "$target" "$patience" >/dev/null
show kubectl get replicasets --sort-by=.metadata.creationTimestamp

section "Deletion: the Deployment is as it was"
show kubectl delete agentruntime "$runtime" "$patience"
workload "$target" >"$folder/after.yaml"
cd "$folder"
show diff --unified=2 before.yaml after.yaml
cd "$root"
say "No difference. The finalizer held the AgentRuntime until Berth had released its target."

section "Berth ends when told to"
show kill "$controller"
wait "$controller" || {
    status=$?
    echo "demo: the controller ended with status $status" >&2
    exit "$status"
}
say "Exit status 0. The control plane ends too and leaves nothing behind."
