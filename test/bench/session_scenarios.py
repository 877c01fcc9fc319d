"""AgenticSessions: the scenarios, in the order in which one control plane sees them."""

import time

from measure import Bench
from sessions import Sessions

# Finalizer, ServiceAccount, Role, RoleBinding, Service, Pod, status and event; then a
# status and an event for each phase, and the Service goes when the session has ended.
LEAST = {"cold": 8, "running": 2, "completed": 3}


class SessionBench(Bench):
    NAMES = {
        "empty": "the controller with no objects at all",
        "projects": "Projects exist, the controller starts and prepares their namespaces",
        "cold": "sessions exist too, it starts and makes their pods",
        "running": "a kubelet starts all pods",
        "restart": "the controller starts again when there is nothing to do",
        "idle": "it runs and nothing happens",
        "completed": "all pods end well",
    }
    SETTINGS = {"session": {
        "runnerImage": "registry.example.com/runner:1", "podIPFamily": "IPv4",
        "sidecarStartTimeout": "2h", "imagePullGracePeriod": "2h",
        "mcp": {"image": "registry.example.com/mcp:1"},
        "credentialProviders": {"github": {"image": "registry.example.com/github:1"}}}}

    def __init__(self, ground, size, options, results):
        super().__init__(ground, size, options, results)
        self.population = Sessions(ground.api, size)
        self.patience = 120 + size * 0.5

    def play(self):
        if self.wanted("empty"):
            self.empty()
        self.note(f"loading {self.population.projects} projects")
        self.population.load_projects()
        self.projects()
        self.controller.stop()
        self.note(f"loading {self.size} sessions")
        self.population.load()
        self.starting("cold", LEAST["cold"] * self.size)
        self.moving("running", "Running")
        if self.wanted("restart"):
            self.controller.stop()
            self.starting("restart", 0)
        if self.wanted("idle"):
            self.idle()
        if self.wanted("completed"):
            self.moving("completed", "Succeeded")

    def projects(self):
        """Their least is not known: what a namespace needs is a matter of its settings."""
        self.note(f"{self.size}: projects")
        began, process = self.start()
        ended = self.settle(self.population.projects)
        self.record("projects", process, 0, (self.tally.last or ended) - began, None)

    def moving(self, name, phase):
        self.note(f"{self.size}: {name}")
        process, cpu = self.begin()
        began = time.time()
        self.population.move(phase)
        patched = time.time() - began
        self.settle(self.size)
        self.record(name, process, cpu, self.tally.last - began, LEAST[name] * self.size,
                    patched_seconds=round(patched, 2))
