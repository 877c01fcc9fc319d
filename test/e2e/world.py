"""One scenario's own corner of the cluster: a fresh namespace, a controller, a fence."""

import collections
import os
import random
import re
import string
import time

import yaml

from configuration import config_map, own_config
from controller import Controller
from faults import faults_for
from ground import CONTROLLER_NAMESPACE, RUNNER
from kube import ApiError
from scenario import complete
from wait import Failed, until

FENCE = "fence"  # name of the runtime that fences are made with
FINALIZED = ("AgentRuntime", "AgenticSession", "Pod")  # in a scenario's namespace


STATUS_MERGE_SECONDS = 1.2  # the controller's window is one second


class World:
    def __init__(self, ground, scenario, shared_controller):
        self.ground, self.api, self.scenario = ground, ground.api, scenario
        slug = re.sub("[^a-z0-9]+", "-", scenario.name.split("/")[-1].lower())[:40]
        tail = "".join(random.choices(string.ascii_lowercase + string.digits, k=5))
        self.ns = f"t-{slug.strip('-')}-{tail}"
        self.own = scenario.controller in ("own", "alone")
        self.system = self.ns + "-system" if self.own else CONTROLLER_NAMESPACE
        self.variables = {"ns": self.ns, "system": self.system}
        self.controller = None if self.own else shared_controller
        self.user = f"system:serviceaccount:{self.system}:berth"
        self.faults = None
        self.start = 0  # writes before this place in the audit log do not count
        self.cluster_wide = []  # made by this scenario outside of its namespace

    def make_controller(self):
        """It has an identity of its own, for Projects bind that of its namespace."""
        scenario, ground = self.scenario, self.ground
        path = ground.install_in(self.system)
        if scenario.faults:
            self.faults = faults_for(ground, self.user, path, self.ns)
            path = self.faults.kubeconfig
        if scenario.token_file:
            path = self.with_token_file(path)
        watch = None if scenario.controller == "alone" else [self.ns]
        return ground.controller(self.ns, self.system, watch, path)

    def with_token_file(self, kubeconfig):
        """A copy of the kubeconfig that names a file for the token."""
        with open(kubeconfig, encoding="utf-8") as file:
            config = yaml.safe_load(file)
        self.token = os.path.join(self.ground.folder, self.ns + ".token")
        self.write_token(fresh=True)
        config["users"][0]["user"] = {"tokenFile": self.token}
        path = os.path.join(self.ground.folder, self.ns + ".kubeconfig")
        with open(path, "w", encoding="utf-8") as file:
            yaml.safe_dump(config, file)
        return path

    def write_token(self, fresh):
        token = self.ground.controller_token(self.system) if fresh else "spoiled"
        with open(self.token + ".new", "w", encoding="utf-8") as file:
            os.fchmod(file.fileno(), 0o600)
            file.write(token)
        os.replace(self.token + ".new", self.token)

    def open(self):
        for name in {self.ns, self.system} - {CONTROLLER_NAMESPACE}:
            self.api.apply({"apiVersion": "v1", "kind": "Namespace",
                            "metadata": {"name": name}}, None, RUNNER)
        if self.own:
            self.controller = self.make_controller()
            self.configure(self.scenario.config)
            self.controller.start()

    def close(self):
        """Ends what the scenario alone uses. The namespace of a shared controller is
        left to the suite, which deletes all of them under that controller's eyes."""
        try:
            if self.faults:
                self.faults.clear()
            if self.own and isinstance(self.controller, Controller):
                self.controller.stop()
        finally:
            if self.faults:
                self.faults.close()
            if self.own:
                self.clear()
            for obj in reversed(self.cluster_wide):
                self.discard(obj)

    def clear(self):
        if self.controller:
            self.controller.kill()
        for kind in FINALIZED:
            self.take_away(kind)
        for name in (self.ns, self.system):
            self.api.delete("Namespace", None, name)
        self.api.delete("ClusterRoleBinding", None, self.system)

    def discard(self, obj):
        name = obj["metadata"]["name"]
        try:
            self.api.delete(obj["kind"], None, name, obj["apiVersion"])
            if self.own and self.api.get(obj["kind"], None, name, obj["apiVersion"]):
                self.api.patch(obj["kind"], None, name,
                               {"metadata": {"finalizers": None}}, manager=RUNNER)
        except ApiError:
            pass

    def take_away(self, kind):
        """Before the namespace goes: one that is going would be taken up by the next
        controller that watches all."""
        try:
            for obj in self.api.list(kind, self.ns):
                name = obj["metadata"]["name"]
                self.api.delete(kind, self.ns, name)
                if self.api.get(kind, self.ns, name):
                    self.api.patch(kind, self.ns, name,
                                   {"metadata": {"finalizers": None}}, manager=RUNNER)
        except ApiError:
            pass

    # -- objects

    def complete(self, obj):
        """The object in full; cluster-wide ones are remembered for the end."""
        obj = complete(obj, self.variables)
        namespaced = self.api.resource(obj["kind"], obj["apiVersion"])[2]
        if namespaced:
            obj["metadata"].setdefault("namespace", self.ns)
        elif obj["kind"] not in ("Namespace", "CustomResourceDefinition"):
            self.cluster_wide.append(obj)
        return obj

    def namespace_of(self, ref):
        return ref.get("namespace", self.ns)

    def get(self, ref):
        return self.api.get(ref["kind"], self.namespace_of(ref), ref["name"],
                            ref.get("apiVersion"))

    def list(self, kind):
        return self.api.list(kind, self.ns)

    def pods(self, labels):
        selector = ",".join(f"{key}={value}" for key, value in labels.items())
        pods = self.api.list("Pod", self.ns, labelSelector=selector)
        return [pod for pod in pods if "deletionTimestamp" not in pod["metadata"]]

    def configure(self, settings):
        """The controller's configuration, as the ConfigMap that it watches."""
        self.api.apply(config_map(own_config(settings), self.system), self.system,
                       "admin", force=True)

    # -- writes

    def fence(self):
        """Returns when the controller has handled a change that was made after the call:
        a runtime without a target gets a new generation and is waited for."""
        live = self.api.get("AgentRuntime", self.ns, FENCE)
        kind = "tool" if live and live["spec"]["type"] == "agent" else "agent"
        target = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "fence-nothing"}
        self.api.apply({"apiVersion": "agent.kagenti.dev/v1alpha1",
                        "kind": "AgentRuntime", "metadata": {"name": FENCE},
                        "spec": {"type": kind, "targetRef": target}},
                       self.ns, RUNNER, force=True)

        def handled():
            obj = self.api.get("AgentRuntime", self.ns, FENCE)
            seen = obj.get("status", {}).get("observedGeneration")
            if seen != obj["metadata"]["generation"]:
                raise Failed(f"  - the controller does not answer: the fence is at "
                             f"generation {obj['metadata']['generation']}, observed {seen}")
        until(handled, 20)

    def barrier(self):
        """Returns when all that was written before the call is in the audit log."""
        if self.ground.audit:
            self.api.apply({"apiVersion": "v1", "kind": "ConfigMap",
                            "metadata": {"name": "fence-audit"}}, self.ns, RUNNER)
            self.ground.audit.wait_for(self.api.last_audit_id)

    def written(self, start=None):
        """Writes of others than the runner in this namespace since `start`, but for
        those that fences caused."""
        self.barrier()
        start = self.start if start is None else start
        return [write for write in self.ground.audit.writes(self.ns, start)
                if write.name != FENCE and not write.name.startswith(FENCE + ".")
                and not write.dry_run]

    def mark(self):
        if self.ground.audit:
            self.barrier()
            self.start = len(self.ground.audit.writes(self.ns))

    def own_writes(self):
        """The controller's writes since the mark, after a fence."""
        self.fence()
        self.fence()
        return [write for write in self.written() if write.user == self.user]

    def versions(self):
        """What stands in for the audit log on a cluster without one."""
        found = {}
        for kind in ("AgentRuntime", "Deployment", "StatefulSet", "ReplicaSet"):
            for obj in self.list(kind):
                if obj["metadata"]["name"] != FENCE:
                    key = (kind, obj["metadata"]["name"])
                    found[key] = obj["metadata"]["resourceVersion"]
        return found

    def settle(self, seconds):
        """Returns once nobody writes here any more: neither the controller nor those
        who answer to its writes. Events of others do not count: nobody answers them."""
        def at_rest():
            if not self.ground.audit:
                before = self.versions()
                self.fence()
                if self.versions() != before:
                    raise Failed("  - objects still change")
                return
            self.barrier()
            start = len(self.ground.audit.writes(self.ns))
            # A status that merges with one of the last second comes after it.
            merged = time.monotonic() + STATUS_MERGE_SECONDS
            while time.monotonic() < merged:
                self.fence()
            busy = [write for write in self.written(start)
                    if write.user == self.user
                    or (write.user.startswith("system:") and write.resource != "events")]
            if busy:
                told = "\n".join(f"      {write}" for write in busy[:12])
                raise Failed(f"  - still writing:\n{told}")
        until(at_rest, seconds)

    def count(self, writes):
        return collections.Counter(write.resource for write in writes)

    def log_tail(self):
        if self.scenario.controller == "none" or self.controller is None:
            return ""
        about = None if self.own else self.ns
        return "\ncontroller log:\n" + self.controller.log_tail(about)
