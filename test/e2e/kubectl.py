"""What kubectl shows: stories of commands, each with its exit code and what it prints.

Unmodified kubectl is the client that people meet an API server with, and the pickiest:
discovery, OpenAPI, Tables, patches and watches are all asked for as Go clients do. A story
has a namespace of its own and ends with the first row that does not come true.
"""

import os
import re
import shlex
import shutil
import subprocess

from ground import RUNNER
from wait import Failed, until

TIMEOUT = 60  # seconds for a command
PREFIX = "kubectl/"


class Row:
    """`says`: expressions that the output (with what is on stderr behind it) holds; `lacks`
    one that it does not. `given` is the input. `soon`: others have work to do first."""

    def __init__(self, command, *says, code=0, lacks=None, given=None, soon=0):
        self.command, self.says, self.code = command, says, code
        self.lacks, self.given, self.soon = lacks, given, soon

    def check(self, kubectl):
        done = kubectl(self.command, self.given)
        seen = done.stdout + done.stderr
        wrong = [] if done.returncode == self.code else [
            f"exit code {done.returncode}, wanted {self.code}"]
        wrong += [f"lacks {say!r}" for say in self.says if not re.search(say, seen, re.M)]
        if self.lacks and re.search(self.lacks, seen, re.M):
            wrong.append(f"holds {self.lacks!r}")
        if wrong:
            raise Failed(f"  - kubectl {self.command}: {'; '.join(wrong)}; it says:\n{seen}")


GAME = """
apiVersion: v1
kind: ConfigMap
metadata: {name: game, labels: {app: chess}}
data: {board: "8x8", clock: "5m"}
"""
GAME_CHANGED = """
apiVersion: v1
kind: ConfigMap
metadata: {name: game, labels: {app: chess}}
data: {board: "9x9", pieces: "32"}
"""
RUNTIME = """
apiVersion: agent.kagenti.dev/v1alpha1
kind: AgentRuntime
metadata: {name: weather}
spec: {type: agent, targetRef: {apiVersion: apps/v1, kind: Deployment, name: weather}}
"""
RUNTIME_TOOL = RUNTIME.replace("type: agent", "type: tool")
RUNTIME_TYPO = RUNTIME.replace("type: agent", "type: agent, typo: 1")
RUNTIME_WRONG = RUNTIME.replace("type: agent", "type: robot")
WEB = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, labels: {app: web}}
spec:
  replicas: 0
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - {name: main, image: "web:1", env: [{name: MODE, value: fast}]}
      - {name: side, image: "side:1"}
"""
WEB_CHANGED = WEB.replace("web:1", "web:2").replace(", env: [{name: MODE, value: fast}]", "")
POD = """
apiVersion: v1
kind: Pod
metadata: {name: single}
spec:
  initContainers: [{name: first, image: "first:1"}]
  containers: [{name: main, image: "web:1"}]
"""
KEYS = """
apiVersion: v1
kind: Secret
metadata: {name: keys}
stringData: {one: "1", two: "2"}
---
apiVersion: v1
kind: Service
metadata: {name: front}
spec:
  selector: {app: web}
  clusterIP: None
  ports: [{port: 80, name: http}, {port: 443, name: https}]
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: closed}
spec: {podSelector: {matchLabels: {app: web}}, policyTypes: [Ingress]}
"""

STORIES = {
    "discovery": [
        Row("api-versions", r"^agent\.kagenti\.dev/v1alpha1$", r"^apps/v1$", r"^v1$",
            r"^rbac\.authorization\.k8s\.io/v1$"),
        Row("api-resources --api-group=agent.kagenti.dev",
            r"^NAME +SHORTNAMES +APIVERSION +NAMESPACED +KIND$",
            r"^agentruntimes +art,agentrt +agent\.kagenti\.dev/v1alpha1 +true +AgentRuntime$"),
        Row("api-resources --api-group=apps -o wide",
            r"^deployments +deploy +apps/v1 +true +Deployment +"
            r"create,delete,deletecollection,get,list,patch,update,watch +all$"),
        Row("api-resources --namespaced=false -o name", r"^namespaces$",
            r"^customresourcedefinitions\.apiextensions\.k8s\.io$", lacks=r"^pods$"),
        Row("api-resources --verbs=deletecollection -o name", r"^configmaps$",
            lacks="^namespaces$"),
        Row("api-resources --verbs=list --api-group= -o name", r"^configmaps$", r"^pods$",
            lacks="^bindings$"),
        Row("version", r"^Server Version: v1\.\d+"),
        Row("cluster-info", r"control plane.* is running at .*https://"),
        Row("get --raw /readyz", r"^ok"),
        Row("get --raw /version", r'"gitVersion": ?"v1\.'),
        Row("get --raw /nothing", r"NotFound", code=1),
    ],
    "explain": [
        Row("explain art", r"^GROUP: +agent\.kagenti\.dev$", r"^KIND: +AgentRuntime$",
            r"^VERSION: +v1alpha1$", r"enrols an existing workload",
            r"^  spec\t<Object> -required-$"),
        Row("explain art.spec.targetRef", r"^FIELD: targetRef <Object>$",
            r"^  name\t<string> -required-$", r"Name of the workload"),
        Row("explain agentruntimes.spec --recursive", r"^  targetRef\t<Object> -required-$",
            r"^    apiVersion\t<string> -required-$", r"^  type\t<string> -required-$",
            r"^  enum: agent, tool$"),
        Row("explain art.metadata", r"^FIELD: metadata <ObjectMeta>$", r"^  labels\t"),
        Row("explain deployment.spec.template.spec.containers",
            r"^KIND: +Deployment$", r"^FIELD: containers <\[\]Container>$",
            r"^  image\t<string>$", r"^  name\t<string> -required-$"),
        Row("explain configmap --recursive", r"^  data\t<map\[string\]string>$",
            r"^    name\t<string>$"),
        Row("explain art.spec.nothing", r'field "nothing" does not exist', code=1),
        Row("explain nothing", r"doesn't have a resource type \"nothing\"", code=1),
    ],
    "objects": [
        Row("create -f -", r"^configmap/game created$", given=GAME),
        Row("create -f -", r'AlreadyExists.*configmaps "game" already exists', given=GAME,
            code=1),
        Row("get cm game", r"^NAME +DATA +AGE\ngame +2 +\d+s$"),
        Row("get cm -l app=chess -o name", r"^configmap/game$", lacks="kube-root"),
        Row("get cm -l app=go", r"^No resources found in kubectl-objects namespace\.$"),
        Row("get cm --field-selector metadata.name=game --show-labels",
            r"^game +2 +\d+s +app=chess$"),
        Row("get cm --sort-by=.metadata.name --no-headers -L app", r"^game +2 +\d+s +chess$"),
        Row("get cm game -o yaml", r"^  board: 8x8$", r"^kind: ConfigMap$",
            lacks="managedFields"),
        Row("get cm game -o yaml --show-managed-fields", r"^  - apiVersion: v1$",
            r"^    manager: kubectl-create$", r"^      f:data:$"),
        Row("get cm game -o jsonpath='{.data.clock}'", r"^5m$"),
        Row("get cm game -o go-template='{{.metadata.labels.app}}'", r"^chess$"),
        Row("get cm game -o custom-columns=NAME:.metadata.name,BOARD:.data.board",
            r"^game +8x8$"),
        Row("get cm nothing", r'NotFound.*configmaps "nothing" not found', code=1),
        Row("get cm nothing --ignore-not-found", lacks="."),
        Row("describe cm game", r"^Name: +game$", r"^Labels: +app=chess$", r"^board:$",
            r"^Events: +<none>$"),
        Row("label cm game rank=first", r"^configmap/game labeled$"),
        Row("label cm game rank=second", r"already has a value \(first\)", code=1),
        Row("label cm game rank-", r"^configmap/game unlabeled$"),
        Row("annotate cm game note='a b'", r"^configmap/game annotated$"),
        Row("edit cm game", r"^configmap/game edited$"),
        Row("get cm game -o jsonpath='{.data.clock}'", r"^6m$"),
        Row("get cm game --watch --request-timeout=1s", r"^NAME +DATA +AGE\ngame +2 +\d+s$"),
        Row("patch cm game --type=merge -p '{\"data\":{\"clock\":null}}'",
            r"^configmap/game patched$"),
        Row("patch cm game --type=json -p "
            "'[{\"op\":\"test\",\"path\":\"/data/board\",\"value\":\"8x8\"},"
            "{\"op\":\"add\",\"path\":\"/data/pieces\",\"value\":\"32\"}]'",
            r"^configmap/game patched$"),
        Row("patch cm game -p '{\"data\":{\"pieces\":\"32\"}}'",
            r"^configmap/game patched \(no change\)$"),
        Row("get cm game -o jsonpath='{.data}'", r'^\{"board":"8x8","pieces":"32"\}$'),
        Row("replace -f -", r"^configmap/game replaced$", given=GAME_CHANGED),
        Row("delete cm game --dry-run=server", r'deleted.*\(server dry run\)$'),
        Row("delete cm game", r'^configmap "game" deleted'),
        Row("delete cm game", r"NotFound", code=1),
        Row("create cm made --from-literal=a=b", r"^configmap/made created$"),
        Row("delete cm --all", r'^configmap "made" deleted'),
    ],
    "apply": [
        Row("diff -f -", r"^\+  board: 8x8$", given=GAME, code=1),
        Row("apply -f - --dry-run=server", r"created \(server dry run\)$", given=GAME),
        Row("apply -f -", r"^configmap/game created$", given=GAME),
        Row("apply -f -", r"^configmap/game unchanged$", given=GAME),
        Row("diff -f -", given=GAME, lacks="."),
        Row("diff -f -", r"^-  board: 8x8$", r"^\+  board: 9x9$", given=GAME_CHANGED, code=1),
        Row("apply -f -", r"^configmap/game configured$", given=GAME_CHANGED),
        Row("get cm game -o jsonpath='{.data}'", r'^\{"board":"9x9","pieces":"32"\}$'),
        Row("apply view-last-applied cm game", r"^  board: 9x9$"),
        Row("apply -f - --server-side --field-manager=other",
            r'conflict with "kubectl-client-side-apply".*\.data\.board', given=GAME, code=1),
        Row("apply -f - --server-side --force-conflicts --field-manager=other",
            r"^configmap/game serverside-applied$", given=GAME),
        Row("get cm game -o jsonpath='{.data}'",
            r'^\{"board":"8x8","clock":"5m"\}$'),
        Row("apply -f - --server-side --field-manager=other --dry-run=server",
            r"^configmap/game serverside-applied \(server dry run\)$", given=GAME),
        Row("delete -f -", r'^configmap "game" deleted', given=GAME),
    ],
    "custom": [
        Row("apply -f -", r"^agentruntime\.agent\.kagenti\.dev/weather created$",
            given=RUNTIME),
        Row("apply -f -", r"^agentruntime\.agent\.kagenti\.dev/weather unchanged$",
            given=RUNTIME),
        Row("apply -f -", r"^agentruntime\.agent\.kagenti\.dev/weather configured$",
            given=RUNTIME_TOOL),
        Row("apply -f -", r'unknown field "spec\.typo"', given=RUNTIME_TYPO, code=1),
        Row("apply -f - --validate=false", r"spec\.type: Unsupported value: \"robot\"",
            given=RUNTIME_WRONG, code=1),
        Row("apply --server-side -f -", r"weather serverside-applied$", given=RUNTIME_TOOL),
        Row("get art", r"^NAME +TYPE +TARGET +READY +REASON +PHASE +AGE$",
            r"^weather +tool +weather +\d+s$"),
        Row("get agentrt -o wide",
            r"^NAME +TYPE +TARGET +READY +REASON +PHASE +AGE +SKILLS +HASH +MESSAGE$"),
        Row("get agentruntime.v1alpha1.agent.kagenti.dev weather -o name",
            r"^agentruntime\.agent\.kagenti\.dev/weather$"),
        Row("describe art weather", r"^Kind: +AgentRuntime$", r"^  Type: +tool$"),
        Row("patch art weather --subresource=status --type=merge -p "
            "'{\"status\":{\"phase\":\"Active\",\"observedGeneration\":2,"
            "\"conditions\":[{\"type\":\"Ready\","
            "\"status\":\"True\",\"reason\":\"Done\",\"message\":\"All is well\","
            "\"lastTransitionTime\":\"2026-01-01T00:00:00Z\"}]}}'", r"patched$"),
        Row("get art weather", r"^weather +tool +weather +True +Done +Active +\d+s$"),
        Row("get art weather -o wide", r"True +Done +Active +\d+s +All is well$"),
        Row("wait art weather --for=condition=Ready --timeout=5s", r"condition met$"),
        Row("wait art weather --for=jsonpath='{.status.phase}'=Active --timeout=5s",
            r"condition met$"),
        Row("wait art weather --for=condition=Other --timeout=1s", r"timed out", code=1),
        Row("patch art weather -p '{\"spec\":{}}'", r"not supported|UnsupportedMediaType",
            code=1),
        Row("scale art weather --replicas=2", r'NotFound.*"weather" not found', code=1),
        Row("delete art weather", r'^agentruntime\.agent\.kagenti\.dev "weather" deleted'),
        Row("wait art weather --for=delete --timeout=5s"),
    ],
    "workloads": [
        Row("apply -f -", r"^deployment\.apps/web created$", given=WEB),
        Row("get deploy web", r"^NAME +READY +UP-TO-DATE +AVAILABLE +AGE$",
            r"^web +0/0 +0 +0 +\d+s$"),
        Row("get deploy web -o wide",
            r"AGE +CONTAINERS +IMAGES +SELECTOR$", r"main,side +web:1,side:1 +app=web$"),
        Row("rollout status deploy web --timeout=20s", r"successfully rolled out$"),
        Row("get rs", r"^NAME +DESIRED +CURRENT +READY +AGE$", r"^web-\w+ +0 +0 +0 +\d+s$",
            soon=10),
        Row("set image deploy/web main=web:3", r"^deployment\.apps/web image updated$"),
        Row("get deploy web -o jsonpath='{.spec.template.spec.containers[*].image}'",
            r"^web:3 side:1$"),
        Row("patch deploy web -p '{\"spec\":{\"template\":{\"spec\":{\"containers\":"
            "[{\"name\":\"side\",\"image\":\"side:2\"}]}}}}'", r"patched$"),
        Row("get deploy web -o jsonpath='{.spec.template.spec.containers[*].image}'",
            r"^web:3 side:2$"),
        Row("apply -f -", r"^deployment\.apps/web configured$", given=WEB_CHANGED),
        Row("get deploy web -o jsonpath='{.spec.template.spec.containers[0]}'",
            r'"image":"web:2"', lacks="MODE"),
        Row("scale deploy web --replicas=1", r"^deployment\.apps/web scaled$"),
        Row("scale deploy web --current-replicas=5 --replicas=2",
            r"Expected replicas to be 5, was 1", code=1),
        Row("scale deploy web --replicas=0", r"scaled$"),
        Row("rollout status deploy web --timeout=20s", r"successfully rolled out$"),
        Row("describe deploy web", r"^Name: +web$", r"^Replicas: +0 desired", r"^  Containers:$",
            r"Image: +web:2$"),
        Row("get all", r"^NAME +READY +UP-TO-DATE", r"^deployment\.apps/web +0/0",
            r"^replicaset\.apps/web-\w+ +0 "),
        Row("delete deploy web --cascade=foreground --timeout=30s", r"deleted"),
        Row("get deploy,rs", r"^No resources found", soon=10),
    ],
    "pods": [
        Row("apply -f -", r"^pod/single created$", given=POD, soon=10),
        Row("get pod single", r"^NAME +READY +STATUS +RESTARTS +AGE$",
            r"^single +0/1 +Pending +0 +\d+s$"),
        Row("get pod single -o wide", r"AGE +IP +NODE +NOMINATED NODE +READINESS GATES$",
            r"Pending +0 +\d+s +<none> +<none> +<none> +<none>$"),
        Row("describe pod single", r"^Name: +single$", r"^Status: +Pending$",
            r"^Init Containers:$"),
        Row("get pods --field-selector status.phase=Running", r"^No resources found"),
        Row("get pods --field-selector status.phase=Pending -o name", r"^pod/single$"),
        Row("wait pod single --for=condition=Ready --timeout=1s", r"timed out", code=1),
        Row("delete pod single --wait --timeout=20s", r'^pod "single" (force )?deleted'),
    ],
    "others": [
        Row("apply -f -", r"^secret/keys created$", r"^service/front created$",
            r"^networkpolicy\.networking\.k8s\.io/closed created$", given=KEYS),
        Row("get secret keys", r"^NAME +TYPE +DATA +AGE\nkeys +Opaque +2 +\d+s$"),
        Row("describe secret keys", r"^Type: +Opaque$", r"^one: +1 bytes$"),
        Row("get svc front", r"^NAME +TYPE +CLUSTER-IP +EXTERNAL-IP +PORT\(S\) +AGE$",
            r"^front +ClusterIP +None +<none> +80/TCP,443/TCP +\d+s$"),
        Row("get netpol closed", r"^NAME +POD-SELECTOR +AGE\nclosed +app=web +\d+s$"),
        Row("create role viewer --verb=get,list --resource=configmaps,deployments.apps",
            r"^role\.rbac\.authorization\.k8s\.io/viewer created$"),
        Row("get role viewer", r"^NAME +CREATED AT\nviewer +\d+-\d\d-\d\dT\d\d:\d\d:\d\dZ$"),
        Row("create rolebinding viewers --role=viewer --user=jane", r"viewers created$"),
        Row("get rolebinding viewers -o wide",
            r"^NAME +ROLE +AGE +USERS +GROUPS +SERVICEACCOUNTS$",
            r"^viewers +Role/viewer +\d+s +jane\b"),
        Row("describe rolebinding viewers", r"^  User  jane"),
        Row("get ns kubectl-others", r"^NAME +STATUS +AGE\nkubectl-others +Active +\d+s$"),
        Row("describe ns kubectl-others", r"^Status: +Active$", r"^No resource quota\.$"),
        Row("get crd agentruntimes.agent.kagenti.dev",
            r"^NAME +SCOPE +VERSIONS +CREATED AT$",
            r"^agentruntimes\S+ +Namespaced +v1alpha1\(storage\) +\d+-\d\d-\d\dT"),
        Row("get events", r"^No resources found"),
        Row("events", r"^No events found in kubectl-others namespace\.$"),
        Row("get cm --watch-only --request-timeout=1s"),
        Row("get secret,svc -o name", r"^secret/keys$", r"^service/front$"),
        Row("get secret -A", r"^NAMESPACE +NAME +TYPE +DATA +AGE$",
            r"^kubectl-others +keys +Opaque"),
        Row("get nothing", r"doesn't have a resource type \"nothing\"", code=1),
    ],
    "auth": [
        Row("auth whoami", r"^ATTRIBUTE +VALUE$", r"^Groups +.*system:masters"),
        Row("auth can-i create pods", r"^yes$"),
        Row("auth can-i --list", r"^Resources +Non-Resource URLs +Resource Names +Verbs$",
            r"^\*\.\* +\[\] +\[\] +\[\*\]$"),
        Row("create sa robot", r"^serviceaccount/robot created$"),
        Row("create token robot --duration=1h", r"^\S{16,}$"),
        Row("create role reader --verb=get,list,watch --resource=configmaps", "created$"),
        Row("create rolebinding robots --role=reader --serviceaccount=kubectl-auth:robot",
            "created$"),
        Row("auth can-i list configmaps --as=system:serviceaccount:kubectl-auth:robot",
            r"^yes$", soon=5),
        Row("auth can-i delete configmaps --as=system:serviceaccount:kubectl-auth:robot",
            r"^no", code=1),
        Row("auth can-i get pods/log --as=system:serviceaccount:kubectl-auth:robot", r"^no",
            code=1),
        Row("auth can-i --list --as=system:serviceaccount:kubectl-auth:robot",
            r"^configmaps +\[\] +\[\] +\[get list watch\]$",
            r"^selfsubjectaccessreviews\.authorization\.k8s\.io +\[\] +\[\] +\[create\]$"),
        Row("get secrets --as=system:serviceaccount:kubectl-auth:robot",
            r'Forbidden.*secrets is forbidden: User '
            r'"system:serviceaccount:kubectl-auth:robot" cannot list resource "secrets" in '
            r'API group "" in the namespace "kubectl-auth"', code=1),
        Row("get cm --as=system:serviceaccount:kubectl-auth:robot", r"No resources|NAME"),
    ],
}


def names():
    return [PREFIX + story for story in STORIES]


def caller(ground, program, namespace):
    # Its own home: no cache of discovery or configuration of whoever runs the tests.
    environment = dict(ground.environment, HOME=ground.folder,
                       KUBECTL_EXTERNAL_DIFF="diff -uN", KUBE_EDITOR="sed -i s/5m/6m/")

    def call(command, given=None):
        words = [program, "--kubeconfig", ground.kubeconfig, "--namespace", namespace]
        return subprocess.run(words + shlex.split(command), input=given or "", text=True,
                              capture_output=True, check=False, timeout=TIMEOUT,
                              env=environment)
    return call


def play(ground, program, story):
    namespace = f"kubectl-{story}"
    ground.api.apply({"apiVersion": "v1", "kind": "Namespace",
                      "metadata": {"name": namespace}}, None, RUNNER, force=True)
    call = caller(ground, program, namespace)
    try:
        for row in STORIES[story]:
            until(lambda row=row: row.check(call), row.soon)
    finally:
        ground.api.delete("Namespace", None, namespace)


def run(ground, report, matches):
    stories = [story for story in STORIES if matches(PREFIX + story)]
    program = shutil.which("kubectl", path=ground.environment.get("PATH", os.defpath))
    if stories and not program:
        print(f"# left out, needs kubectl: {len(stories)} of kubectl", flush=True)
        return
    for story in stories:
        report.attempt(PREFIX + story,
                       lambda story=story: play(ground, program, story))
