"""The verbs of scenario steps."""

import datetime
import re
import subprocess
import time

from expect import Expectations
from match import ABSENT, lookup, show
from kube import ApiError
from scenario import FOLDER, complete_patch, fill, verb_of
from wait import PATIENCE, Failed, until

USER = "user"  # the field manager of a step that names none


def now():
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())


class Steps:
    def __init__(self, world):
        self.world, self.api = world, world.api
        self.expectations = Expectations(world)

    def run(self, steps):
        for number, step in enumerate(steps, 1):
            verb = verb_of(step)
            try:
                if verb == "repeat":
                    self.repeat(step)
                else:
                    self.once_or_until(verb, fill(step, self.world.variables))
            except (Failed, ApiError) as error:
                text = str(error)
                if not text.startswith("step "):
                    text = f"{verb}\n{text}"
                raise Failed(f"step {number}: {text}") from error

    def once_or_until(self, verb, step):
        """`until` an expectation holds the step is done again, for what depends on an
        admission policy or a schema that is in force only some time after its change."""
        do = getattr(self, "do_" + verb)
        if "until" not in step:
            do(step[verb], step)
            return

        def as_wanted():
            do(step[verb], step)
            self.expectations.check(step["until"])
        until(as_wanted, 20, retry=(Failed, ApiError))

    def repeat(self, step):
        for turn in range(1, step["repeat"] + 1):
            self.world.variables["turn"] = turn
            self.run(step["steps"])

    # -- changes

    def change(self, step, request):
        """Sends a request that the step may expect to be refused; `within` sends it
        again until it is, for what an admission policy refuses once it is in force."""
        wanted = step.get("refused")
        if wanted and "within" in wanted:
            until(lambda: self.change_once(wanted, request), wanted["within"])
        else:
            self.change_once(wanted, request)

    def change_once(self, wanted, request):
        try:
            request()
        except ApiError as error:
            if wanted is None:
                raise
            if error.code != wanted.get("code", error.code) or \
                    not re.search(wanted.get("message", ""), error.message, re.S):
                raise Failed(f"  - refused with {error.code}: {error.message}\n"
                             f"    wanted {wanted}") from error
            return
        if wanted is not None:
            raise Failed(f"  - accepted, wanted a refusal with {wanted}")

    def do_apply(self, objects, step):
        for obj in objects:
            obj = self.world.complete(obj)
            self.change(step, lambda obj=obj: self.api.apply(
                obj, None, step.get("as", USER), step.get("force", False)))

    def do_create(self, objects, step):
        for obj in objects:
            obj = self.world.complete(obj)
            url = self.api.url(obj["kind"], obj["metadata"].get("namespace"),
                               api_version=obj["apiVersion"])
            query = {"fieldManager": step.get("as", USER)}
            self.change(step, lambda: self.api.request("POST", url, obj, query))

    def do_patch(self, patch, step):
        """{kind, name or labels, one of merge, json, strategic, subresource}, or `from`"""
        patch = complete_patch(patch)
        how = next(how for how in ("merge", "json", "strategic") if how in patch)
        names = [patch["name"]] if "name" in patch else [
            pod["metadata"]["name"] for pod in self.world.pods(patch["labels"])]
        if not names:
            raise Failed(f"  - no pod has {patch['labels']}")
        api = self.api.acting_as(step["user"]) if "user" in step else self.api
        for name in names:
            self.change(step, lambda name=name: api.patch(
                patch["kind"], self.world.namespace_of(patch), name, patch[how], how,
                step.get("as", USER), patch.get("subresource")))

    def do_delete(self, ref, step):
        self.change(step, lambda: self.api.delete(
            ref["kind"], self.world.namespace_of(ref), ref["name"],
            ref.get("apiVersion")))
        if step.get("wait"):
            self.do_expect([{"object": ref, "absent": True}], {})

    def do_scale(self, ref, step):
        self.api.patch(ref["kind"], self.world.ns, ref["name"],
                       {"spec": {"replicas": ref["replicas"]}}, "merge",
                       step.get("as", USER), "scale")

    def do_tick(self, ref, _):
        """Until what is created next has a later creationTimestamp than this object."""
        created = self.world.get(ref)["metadata"]["creationTimestamp"]
        second = datetime.datetime.fromisoformat(created.replace("Z", "+00:00"))

        def later():
            if self.api.server_time() <= second.timestamp():
                raise Failed("  - the API server's clock stands still")
        until(later, 5)

    def do_config(self, settings, _):
        self.world.configure(settings)

    def do_controller(self, what, _):
        controller = self.world.controller
        if what in ("stop", "restart"):
            controller.stop()
        if what in ("kill", "crash"):
            controller.kill()
        if what in ("start", "restart", "crash"):
            controller.start()
        if what == "pause":
            controller.pause()
        if what == "continue":
            controller.resume()

    def do_fault(self, what, step):
        """Rules of test/apiserver/front/fault_rules.h for what the controller asks for;
        `clear` takes all away, `fired` waits until each has been met."""
        faults = self.world.faults
        if what == "clear":
            faults.clear()
        elif what == "fired":
            def fired():
                left = faults.unfired()
                if left:
                    raise Failed(f"  - no request met {left}")
            until(fired, step.get("within", 20))
        else:
            faults.add(what)

    def do_token(self, what, _):
        """Rewrites the file that the controller's token is in: `fresh` or `spoiled`."""
        self.world.write_token(fresh=what == "fresh")

    def do_run(self, command, step):
        """A command with the cluster's kubeconfig; `exit` 0 by default, or "failure"."""
        environment = dict(self.world.ground.environment,
                           KUBECONFIG=self.world.ground.kubeconfig,
                           HELM_CACHE_HOME=self.world.ground.folder,
                           HELM_CONFIG_HOME=self.world.ground.folder,
                           HELM_DATA_HOME=self.world.ground.folder)
        done = subprocess.run(command, cwd=FOLDER, env=environment, text=True,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, check=False,
                              timeout=step.get("within", 120) * PATIENCE)
        wanted = step.get("exit", 0)
        as_wanted = done.returncode != 0 if wanted == "failure" \
            else done.returncode == wanted
        if not as_wanted or not re.search(step.get("output", ""), done.stdout, re.S):
            raise Failed(f"  - {' '.join(command)}: exit code {done.returncode}, "
                         f"wanted {wanted}; output:\n{done.stdout}")

    def do_rollout(self, ref, step):
        """Plays kubelet until the workload's rollout is complete: pods become Ready."""
        def complete():
            workload = self.world.get(ref)
            if workload is None:
                raise Failed(f"  - no {ref['kind']} {ref['name']}")
            for pod in self.world.pods(workload["spec"]["selector"]["matchLabels"]):
                self.make_ready(pod)
            status, wanted = workload["status"], workload["spec"]["replicas"]
            seen = [status.get(key, 0) for key in
                    ("replicas", "updatedReplicas", "readyReplicas")]
            current = status.get("observedGeneration") == \
                workload["metadata"]["generation"]
            if not current or seen != [wanted] * 3:
                raise Failed(f"  - {ref['kind']} {ref['name']} does not roll out: "
                             f"{status}")
        until(complete, step.get("within", 30))

    def make_ready(self, pod):
        conditions = pod["status"].get("conditions", [])
        if any(one["type"] == "Ready" and one["status"] == "True" for one in conditions):
            return
        since = now()
        ready = {"status": "True", "lastTransitionTime": since}
        containers = [
            {"name": one["name"], "image": one["image"], "imageID": "", "ready": True,
             "restartCount": 0, "state": {"running": {"startedAt": since}}}
            for one in pod["spec"]["containers"]]
        status = {"phase": "Running", "startTime": since, "containerStatuses": containers,
                  "conditions": [{"type": "Ready", **ready},
                                 {"type": "ContainersReady", **ready}]}
        try:
            self.api.patch("Pod", self.world.ns, pod["metadata"]["name"],
                           {"status": status}, "merge", "kubelet", "status")
        except ApiError as error:
            if error.code != 404:  # replaced meanwhile
                raise

    # -- expectations

    def do_expect(self, expectations, step):
        for expectation in expectations:
            until(lambda one=expectation: self.expectations.check(one),
                  step.get("within", 20))

    def do_remember(self, variables, _):
        """{variable: {kind, name, path}}"""
        for name, ref in variables.items():
            obj = self.world.get(ref)
            value = ABSENT if obj is None else lookup(obj, ref["path"])
            if value is ABSENT:
                raise Failed(f"  - {ref}: {show(value)} to remember")
            self.world.variables[name] = value

    def do_settle(self, _, step):
        self.world.settle(step.get("within", 60))

    def do_mark(self, *_):
        self.world.mark()

    def do_writes(self, wanted, _):
        """The controller's writes since the mark: {RESOURCE: number, total: number}."""
        if not self.world.ground.audit:
            return
        writes = self.world.own_writes()
        # What was refused because others write at the same time changed nothing.
        done = [write for write in writes if write.code < 300]
        seen = self.world.count(done)
        seen["total"] = len(done)
        wrong = [f"  - writes to {what}: wanted {number}, saw {seen[what]}"
                 for what, number in wanted.items() if seen[what] != number]
        if wrong:
            raise Failed("\n".join(wrong + [f"      {write}" for write in writes]))

    def do_quiet(self, *_):
        tried = self.world.own_writes()
        if tried:
            raise Failed("\n".join([f"  - wanted no write, saw {len(tried)}"] +
                                   [f"      {write}" for write in tried]))
