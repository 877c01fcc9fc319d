#!/usr/bin/env bash
# The samples, told step by step: a Deployment and a StatefulSet are enrolled, a skill gets
# another image, a runtime is deleted, and its Deployment is as it was.
#
#   demo.sh [--serve]   on the embedded API server, which also plays the pods; --serve
#                       leaves it and the controller running, an hour at most
#   demo.sh --real      on a real control plane, which has no node
#
# BERTH and BERTH_APISERVER are the programs, of build/release by default. Everything is on
# loopback and ends with the script, also when it fails.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cd "$root"
# shellcheck source=test/e2e/demo_stage.sh
. test/e2e/demo_stage.sh

ground=embedded serve=no
for argument; do
    case $argument in
    --real) ground=real ;;
    --serve) serve=yes ;;
    *)
        echo "demo: --serve or --real, not \"$argument\"" >&2
        exit 64
        ;;
    esac
done
if [ "$ground $serve" = "real yes" ]; then
    echo "demo: --serve is for the embedded API server; ./dev control-plane up keeps a real one" >&2
    exit 64
fi
open_stage "$ground"

section "Berth's CRDs, permissions and configuration"
show kubectl apply --server-side -f manifests/crds -f manifests/rbac
show kubectl wait --for=condition=Established crd --all
cat >"$folder/config.yaml" <<'YAML'
apiVersion: v1
kind: ConfigMap
metadata: {name: berth, namespace: berth-system}
data:
  config.yaml: |
    apiVersion: berth.dev/v1alpha1
    kind: ControllerConfiguration
    featureGates:
      skillImageVolumes: true
YAML
told "cat config.yaml" cat "$folder/config.yaml"
show_in "$folder" kubectl apply --server-side -f config.yaml

section "The samples, before Berth runs"
samples=(-f manifests/samples/deployment.yaml -f manifests/samples/statefulset.yaml)
show kubectl apply --server-side "${samples[@]}"
runtime=weather
target=weather
value deployment "$target" status.observedGeneration 1
workload "$target" >"$folder/before.yaml"
show kubectl get agentruntimes

section "Berth starts, as its ServiceAccount"
start_controller
show kubectl wait --for=condition=Ready agentruntimes --all
show kubectl get agentruntimes -o wide

section "What Berth added to the Deployment, and nothing else"
workload "$target" >"$folder/enrolled.yaml"
show_in "$folder" diff --unified=2 before.yaml enrolled.yaml || [ $? -eq 1 ]

section "Conditions and events"
value agentruntime "$runtime" status.configuredPods "$pods_at_first"
if [ "$ground" = embedded ]; then
    show kubectl wait --for=condition=RolledOut agentruntimes --all
    show kubectl get pods
else
    say "RolledOut stays False here: without a node no pod becomes ready."
fi
show kubectl describe agentruntime "$runtime"

section "A skill gets another image: a new hash, and the pods roll"
image=$(value agentruntime "$runtime" 'spec.skills[0].image')
generation=$(value deployment "$target" metadata.generation)
show kubectl get agentruntimes -o wide
show kubectl patch agentruntime "$runtime" --type=json \
    -p "[{\"op\": \"replace\", \"path\": \"/spec/skills/0/image\", \"value\": \"${image%:*}:2.0.0\"}]"
value agentruntime "$runtime" status.observedGeneration 2
show kubectl get agentruntimes -o wide
workload "$target" >"$folder/changed.yaml"
show_in "$folder" diff --unified=1 enrolled.yaml changed.yaml || [ $? -eq 1 ]
value deployment "$target" status.observedGeneration $((generation + 1))
if [ "$ground" = embedded ]; then
    show kubectl wait --for=condition=RolledOut "agentruntime/$runtime"
fi
show kubectl get replicasets

section "Deletion: the Deployment is as it was"
show kubectl delete agentruntime "$runtime"
workload "$target" >"$folder/after.yaml"
show_in "$folder" diff --unified=2 before.yaml after.yaml
say "No difference. The finalizer held the AgentRuntime until Berth had released its target."

if [ "$serve" = yes ]; then
    serve_until_told
else
    section "Berth ends when told to"
    stop_controller
    say "Exit status 0. The API server ends too and leaves nothing behind."
fi
