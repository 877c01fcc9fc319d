#!/usr/bin/env bash
# The samples, told step by step: a Deployment and a StatefulSet are enrolled, a skill gets
# another image, a runtime is deleted, and its Deployment is as it was. Then a project, and in
# it a session in the sandbox that is stopped, started and deleted, and one that fails.
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

runtime=weather
target=weather
project=tide-tables
session=triage
samples=(-f manifests/samples/deployment.yaml -f manifests/samples/statefulset.yaml)
project_samples=(-f manifests/samples/openshell-policy.yaml -f manifests/samples/project.yaml)
session_samples=(-f manifests/samples/session-openshell.yaml -f manifests/samples/session.yaml)

section "Berth's CRDs, permissions and configuration"
show kubectl apply --server-side -f manifests/crds -f manifests/rbac -f manifests/admission
[ "$ground" = embedded ] || show kubectl wait --for=condition=Established crd --all
# A session whose image cannot be pulled is given up soon: nobody wants to wait here.
sed 's/^    session:$/&\n      imagePullGracePeriod: 0s/' manifests/samples/configuration.yaml \
    >"$folder/config.yaml"
told "cat config.yaml" sed '/^#/d' "$folder/config.yaml"
show_in "$folder" kubectl apply --server-side -f config.yaml

section "A Deployment, a StatefulSet and a Project, before Berth runs"
show kubectl apply --server-side "${samples[@]}" "${project_samples[@]}"
value deployment "$target" status.observedGeneration 1
workload "$target" >"$folder/before.yaml"

section "Berth starts, as its ServiceAccount"
start_controller
show kubectl wait --for=condition=Ready agentruntimes --all
show kubectl get agentruntimes -o wide

section "The project has its namespace, and a session in it is asked for"
show kubectl wait --for=condition=Ready "aproj/$project"
show kubectl get rolebindings,networkpolicies,configmaps -n "$project"
show kubectl apply --server-side -f manifests/samples/session-openshell.yaml
say "Its pod takes a moment. Meanwhile:"

section "What Berth added to the Deployment, and nothing else"
workload "$target" >"$folder/enrolled.yaml"
show_in "$folder" diff --unified=2 before.yaml enrolled.yaml || [ $? -eq 1 ]
if [ "$ground" = embedded ]; then
    show kubectl wait --for=condition=RolledOut "agentruntime/$runtime"
else
    say "RolledOut stays False here: without a node no pod becomes ready."
fi
show kubectl describe agentruntime "$runtime"

section "The session runs, in the OpenShell sandbox and with two credentials"
started=condition=Ready
[ "$ground" = embedded ] || started='jsonpath={.status.phase}=Creating'
show kubectl wait --for="$started" "as/$session" -n "$project"
show kubectl get as,pods,services -n "$project"
[ "$ground" = embedded ] || say "Without a node the pod stays Pending, and the session Creating."
told "kubectl get pod session-$session-runner -o jsonpath='{.spec.containers[0].securityContext}'" \
    runner "session-$session-runner" securityContext
say "Only the runner is that free: its sidecars are restricted, and each has one Secret."

section "It is stopped; another one begins, whose image is not there"
show kubectl patch as "$session" -n "$project" --type=merge -p '{"spec": {"desiredPhase": "Stopped"}}'
images missing
show kubectl apply --server-side -f manifests/samples/session.yaml

section "A skill gets another image: a new hash, and the Deployment's pods roll"
show kubectl patch agentruntime "$runtime" --type=json \
    -p '[{"op": "replace", "path": "/spec/skills/0/image", "value": "registry.example.com/skills/forecast:2.0.0"}]'
value agentruntime "$runtime" status.observedGeneration 2
workload "$target" >"$folder/changed.yaml"
show_in "$folder" diff --unified=1 enrolled.yaml changed.yaml || [ $? -eq 1 ]
show kubectl get replicasets

section "What became of the two sessions"
if [ "$ground" = embedded ]; then
    show kubectl wait --for='jsonpath={.status.phase}=Failed' as/tidy-changelog -n "$project"
    images found
else
    say "No node, so nobody finds out that the image is not there."
fi
show kubectl wait --for='jsonpath={.status.phase}=Stopped' "as/$session" -n "$project"
show kubectl get as,pods -n "$project"
show kubectl patch as "$session" -n "$project" --type=merge -p '{"spec": {"desiredPhase": "Running"}}'
say "Started again, it gets a new pod, which resumes. Meanwhile:"
show kubectl describe as tidy-changelog -n "$project"

section "Deletion: the Deployment is as it was"
show kubectl delete agentruntime "$runtime"
workload "$target" >"$folder/after.yaml"
show_in "$folder" diff --unified=2 before.yaml after.yaml
say "No difference. The finalizer held the AgentRuntime until Berth had released its target."

section "Deletion: a session takes its pod along, a project its namespace"
show kubectl wait --for="$started" "as/$session" -n "$project"
show kubectl get as,pods -n "$project"
show kubectl delete as --all -n "$project"
show kubectl get pods,services,roles -n "$project"
show kubectl delete aproj "$project"

if [ "$serve" = yes ]; then
    serve_until_told
else
    section "Berth ends when told to"
    stop_controller
    say "Exit status 0. The API server ends too and leaves nothing behind."
fi
