"""AgenticSessions in projects: the population, and a kubelet for their pods."""

import time

from ground import CONTROLLER_NAMESPACE
from population import Population

IN_A_PROJECT = 50
SANDBOXED = 5  # every fifth project runs its sessions in the OpenShell sandbox
CREDENTIAL = "github-of-the-team"
POLICY = {"policy.yaml": "version: 1\n" + "# filler\n" * 200,
          "policy.rego": "package openshell.sandbox\n" + "# filler\n" * 200}
PROMPT = ("Read the open issues of this repository, sort them by component and urgency, "
          "and write one page about what should be done first and why. ") * 3


def project_name(number):
    return f"bench-{number:03}"


def project(number):
    mode = "openshell" if number % SANDBOXED == 0 else "none"
    return {"apiVersion": "vteam.ambient-code/v1alpha1", "kind": "Project",
            "metadata": {"name": project_name(number)},
            "spec": {"displayName": f"Project {number}", "createdBy": "ann@example.com",
                     "prompt": "You work for the harbour office.",
                     "sandbox": {"mode": mode}}}


def credential(number):
    labels = {"ambient-code.io/credential-provider": "github"}
    return {"apiVersion": "v1", "kind": "Secret", "stringData": {"token": "none"},
            "metadata": {"name": CREDENTIAL, "namespace": project_name(number),
                         "labels": labels}}


def session(index, projects):
    return {
        "apiVersion": "vteam.ambient-code/v1alpha1", "kind": "AgenticSession",
        "metadata": {"name": f"session-{index:05}",
                     "namespace": project_name(index % projects)},
        "spec": {
            "displayName": f"Session {index}", "initialPrompt": PROMPT,
            "llmSettings": {"model": "claude-sonnet-4-6", "temperature": 0.7,
                            "maxTokens": 4000},
            "repos": [{"url": "https://git.example.com/harbour/tides.git"}],
            "userContext": {"userId": "dana", "displayName": "Dana", "groups": ["team"]},
            "credentials": [{"provider": "github", "secretRef": {"name": CREDENTIAL}}],
            "environmentVariables": {"TEAM": "platform", "REGION": "north"},
        },
    }


def states(phase, containers, since):
    state = {"running": {"startedAt": since}} if phase == "Running" else {
        "terminated": {"exitCode": 0, "reason": "Completed", "startedAt": since,
                       "finishedAt": since, "containerID": "play://1"}}
    return [{"name": one["name"], "image": one["image"], "imageID": one["image"],
             "restartCount": 0, "ready": phase == "Running", "started": phase == "Running",
             "state": state} for one in containers]


def pod_status(pod, phase):
    """As a kubelet writes it, all at once."""
    since = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    ready = "True" if phase == "Running" else "False"
    conditions = [{"type": kind, "status": status, "lastTransitionTime": since}
                  for kind, status in (("PodScheduled", "True"), ("Initialized", "True"),
                                       ("ContainersReady", ready), ("Ready", ready))]
    return {"phase": phase, "startTime": since, "podIP": "10.244.0.9",
            "hostIP": "192.0.2.1", "conditions": conditions,
            "initContainerStatuses": states(phase, pod["spec"]["initContainers"], since),
            "containerStatuses": states(phase, pod["spec"]["containers"], since)}


class Sessions(Population):
    KIND = "AgenticSession"
    KINDS = ("AgenticSession", "Project", "Secret", "Pod")

    def __init__(self, api, size):
        super().__init__(api, size)
        self.projects = max(1, size // IN_A_PROJECT)
        self.phase = None  # that all of them should have; None: the Projects are asked

    def load_projects(self):
        self.create({"apiVersion": "v1", "kind": "ConfigMap", "data": POLICY,
                     "metadata": {"name": "openshell-policy",
                                  "namespace": CONTROLLER_NAMESPACE}})
        self.each(lambda number: self.create(project(number)), range(self.projects))

    def load(self):
        self.each(lambda number: self.create(credential(number)), range(self.projects))
        self.each(lambda index: self.create(session(index, self.projects)))
        self.phase = "Creating"

    def move(self, phase):
        """Every pod becomes Running, or Succeeded."""
        pods = [pod for pod in self.items("Pod")]
        self.each(lambda pod: self.api.patch(
            "Pod", pod["metadata"]["namespace"], pod["metadata"]["name"],
            {"status": pod_status(pod, phase)}, manager="kubelet", subresource="status"),
            pods)
        self.phase = "Running" if phase == "Running" else "Completed"

    def unconverged(self):
        if self.phase:
            return super().unconverged()
        return [item["metadata"]["name"] for item in self.items("Project")
                if item.get("status", {}).get("phase") != "Active"]

    def is_converged(self, item):
        return item.get("status", {}).get("phase") == self.phase
