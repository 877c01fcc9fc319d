"""What the controller is measured with: pairs of a Deployment and its AgentRuntime."""

from concurrent.futures import ThreadPoolExecutor

NAMESPACES = 20
WRITERS = 8
LOADER = "berth-bench"  # field manager of all that is loaded and changed here


def namespace(index):
    return f"bench-{index % NAMESPACES:02}"


def name(index):
    return f"agent-{index:05}"


def container(index, role):
    """A container as a chart writes it: probes, resources, environment, mounts."""
    probe = {"httpGet": {"path": "/healthz", "port": "http"}, "periodSeconds": 10,
             "timeoutSeconds": 3}
    environment = [{"name": key, "value": value} for key, value in {
        "AGENT_NAME": name(index), "LOG_LEVEL": "info", "MODEL": "large-2",
        "OTEL_EXPORTER_OTLP_ENDPOINT": "http://collector.telemetry.svc:4317",
        "LLM_BASE_URL": "https://gateway.models.svc.cluster.local/v1",
    }.items()]
    environment.append({"name": "LLM_API_KEY", "valueFrom": {
        "secretKeyRef": {"name": "model-credentials", "key": "token"}}})
    return {
        "name": role,
        "image": f"registry.example/agents/{role}:1.{index % 40}.0",
        "ports": [{"name": "http", "containerPort": 8000}],
        "env": environment,
        "resources": {"requests": {"cpu": "100m", "memory": "256Mi"},
                      "limits": {"cpu": "1", "memory": "1Gi"}},
        "livenessProbe": probe,
        "readinessProbe": probe,
        "securityContext": {"allowPrivilegeEscalation": False,
                            "readOnlyRootFilesystem": True,
                            "capabilities": {"drop": ["ALL"]}},
        "volumeMounts": [{"name": "work", "mountPath": "/workspace"},
                         {"name": "settings", "mountPath": "/etc/agent", "readOnly": True}],
    }


def deployment(index):
    labels = {"app.kubernetes.io/name": "agent", "app.kubernetes.io/instance": name(index)}
    return {
        "apiVersion": "apps/v1", "kind": "Deployment",
        "metadata": {"name": name(index), "namespace": namespace(index),
                     "labels": {**labels, "app.kubernetes.io/part-of": "bench"},
                     "annotations": {"example/owner": "team-of-the-agents"}},
        "spec": {
            "replicas": 2,
            "selector": {"matchLabels": labels},
            "template": {
                "metadata": {"labels": labels},
                "spec": {
                    "serviceAccountName": "default",
                    "securityContext": {"runAsNonRoot": True,
                                        "seccompProfile": {"type": "RuntimeDefault"}},
                    "containers": [container(index, "agent")],
                    "volumes": [{"name": "work", "emptyDir": {"sizeLimit": "1Gi"}},
                                {"name": "settings", "configMap": {"name": "settings"}}],
                },
            },
        },
    }


def skills(version):
    return [{"name": skill, "image": f"registry.example/skills/{skill}:{version}",
             "mountPath": f"/skills/{skill}"} for skill in ("weather", "calendar")]


def runtime(index):
    target = {"apiVersion": "apps/v1", "kind": "Deployment", "name": name(index)}
    return {"apiVersion": "agent.kagenti.dev/v1alpha1", "kind": "AgentRuntime",
            "metadata": {"name": name(index), "namespace": namespace(index)},
            "spec": {"type": "agent", "targetRef": target, "skills": skills("1.0.0")}}


class Population:
    """N objects of a kind, with what belongs to them. Written by threads that keep their
    connections."""

    KIND = None
    KINDS = ()  # of all objects: their discovery that every writer needs, once

    def __init__(self, api, size):
        self.api, self.size = api, size
        self.indices = range(size)

    def unconverged(self):
        """Names of the objects that the controller has not brought to their end."""
        return [item["metadata"]["namespace"] + "/" + item["metadata"]["name"]
                for item in self.items(self.KIND) if not self.is_converged(item)]

    def items(self, kind):
        url, query = self.api.url(kind, None), {"limit": 500}
        while True:
            page = self.api.request("GET", url, query=query)
            yield from page["items"]
            query["continue"] = page["metadata"].get("continue")
            if not query["continue"]:
                return

    def create(self, obj):
        url = self.api.url(obj["kind"], obj["metadata"].get("namespace"))
        self.api.request("POST", url, obj, {"fieldManager": LOADER})

    def each(self, act, indices=None):
        for kind in self.KINDS:
            self.api.resource(kind)
        with ThreadPoolExecutor(WRITERS) as pool:
            for _ in pool.map(act, self.indices if indices is None else indices):
                pass


class Pairs(Population):
    """AgentRuntimes with their Deployments."""

    KIND = "AgentRuntime"
    KINDS = ("AgentRuntime", "Deployment")

    def load(self):
        for index in range(NAMESPACES):
            self.api.apply({"apiVersion": "v1", "kind": "Namespace",
                            "metadata": {"name": namespace(index)}}, None, LOADER)
        self.each(lambda index: self.create(deployment(index)))
        self.each(lambda index: self.create(runtime(index)))

    def change_all(self, version):
        """Every runtime gets a new image of its first skill, in parallel."""
        self.each(lambda index: self.change(index, version))

    def change(self, index, version):
        """Returns the runtime as the API server answers it."""
        return self.api.patch("AgentRuntime", namespace(index), name(index),
                              {"spec": {"skills": skills(version)}}, manager=LOADER)

    def is_converged(self, item):
        return converged(item)


def converged(item):
    """Seen in its present generation, and Ready."""
    status = item.get("status", {})
    ready = next((one for one in status.get("conditions", []) if one["type"] == "Ready"), {})
    generation = item["metadata"]["generation"]
    return (status.get("observedGeneration") == generation
            and ready.get("status") == "True"
            and ready.get("observedGeneration") == generation)
