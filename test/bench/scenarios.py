"""The scenarios, in the order in which one control plane sees them."""

import os
import re
import statistics
import sys
import time

import yaml

from controller import direct
from ground import CONTROLLER_NAMESPACE, CONTROLLER_USER
from meter import Process, Tally
from population import LOADER, Population, converged
from stream import Watch

NAMES = {
    "empty": "the controller with no objects at all",
    "cold": "objects exist, the controller starts and enrols all of them",
    "restart": "it starts again when there is nothing to do",
    "idle": "it runs and nothing happens",
    "update": "every runtime gets another skill image, by parallel patches",
    "single": "one such change at a time, each awaited",
}
QUIET = 2.0  # seconds without a write by the controller that end a scenario


class NotConverged(Exception):
    pass


class Bench:
    """All scenarios for one number of objects. Each adds its result, a flat dict."""

    def __init__(self, ground, size, options, results):
        self.ground, self.size, self.options = ground, size, options
        self.results = results
        self.population = Population(ground.api, size)
        self.controller = ground.controller("berth", CONTROLLER_NAMESPACE)
        log = os.path.join(ground.folder, "control-plane/log/audit.log")
        self.tally = Tally(log, CONTROLLER_USER)
        self.patience = 120 + size * 0.1

    def run(self):
        self.configure()
        try:
            if "empty" in self.options.only:
                self.empty()
            self.note(f"loading {self.size} pairs")
            self.population.load()
            self.starting("cold", 4 * self.size)
            if set(self.options.only) - {"empty", "cold"}:
                self.controller.stop()
                self.starting("restart", 0)
            for scenario in (self.idle, self.update, self.single):
                if scenario.__name__ in self.options.only:
                    scenario()
            self.controller.stop()
        finally:
            self.controller.kill()

    def note(self, text):
        print(f"# {text}", file=sys.stderr, flush=True)

    def configure(self):
        settings = {"apiVersion": "berth.dev/v1alpha1", "kind": "ControllerConfiguration",
                    "featureGates": {"skillImageVolumes": True}}
        self.ground.api.apply(
            {"apiVersion": "v1", "kind": "ConfigMap",
             "metadata": {"name": "berth", "namespace": CONTROLLER_NAMESPACE},
             "data": {"config.yaml": yaml.safe_dump(settings)}}, None, LOADER)

    # -- scenarios

    def start(self):
        self.tally.clear()
        began = time.time()
        self.controller.start(self.patience)
        return began, Process(self.controller.process.pid)

    def empty(self):
        began, process = self.start()
        ended = self.settle(0)
        self.record("empty", process, 0, ended - began, 0)
        self.controller.stop()

    def starting(self, name, least):
        """From the start of the process until all is as wanted."""
        self.note(f"{self.size}: {name}")
        began, process = self.start()
        ended = self.settle(self.size)
        self.record(name, process, 0, (self.tally.last or ended) - began, least)

    def idle(self):
        self.note(f"{self.size}: idle")
        process, cpu = self.begin()
        time.sleep(self.options.idle)
        self.tally.read()
        self.record("idle", process, cpu, self.options.idle, 0)

    def update(self):
        self.note(f"{self.size}: update")
        process, cpu = self.begin()
        began = time.time()
        self.population.change_all("2.0.0")
        patched = time.time() - began
        self.settle(self.size)
        self.record("update", process, cpu, self.tally.last - began, 2 * self.size,
                    patched_seconds=round(patched, 2))

    def single(self):
        self.note(f"{self.size}: single")
        process, cpu = self.begin()
        began, delays = time.time(), []
        with Watch(self.ground.api, int(self.patience)) as watch:
            for turn in range(self.options.changes):
                delays.append(self.one_change(watch, turn))
        wall = time.time() - began
        self.settle(self.size)
        self.record("single", process, cpu, wall, 2 * self.options.changes,
                    median_ms=round(1000 * statistics.median(delays), 1),
                    worst_ms=round(1000 * max(delays), 1))

    def one_change(self, watch, turn):
        """Seconds from the change until the watch shows its status."""
        began = time.monotonic()
        changed = self.population.change(turn * 7919 % self.size, f"3.{turn}.0")
        wanted = changed["metadata"]["uid"], changed["metadata"]["generation"]
        watch.until(lambda item: converged(item) and wanted == (
            item["metadata"]["uid"], item["metadata"]["generation"]))
        return time.monotonic() - began

    def begin(self):
        """For a process that runs already: counts only what follows."""
        process = Process(self.controller.process.pid)
        self.tally.clear()
        process.reset_peak()
        return process, process.cpu_seconds()

    # -- the end of a scenario

    def settle(self, reconciles):
        """Returns when the controller has reconciled that often, its queue was found
        empty and it has not written since; then all runtimes must have converged."""
        deadline = time.monotonic() + self.patience
        writes, quiet_since, emptied = -1, 0, None
        while True:
            now = time.monotonic()
            if now > deadline:
                raise NotConverged(self.explain())
            if self.tally.read() != writes:
                writes, quiet_since = self.tally.read(), now
            elif emptied is None and self.at_rest(reconciles):
                emptied = time.time()
            elif emptied and now - quiet_since > QUIET:
                if not reconciles or not self.population.unconverged():
                    return emptied
                emptied, quiet_since = None, now
            time.sleep(0.05)

    def at_rest(self, reconciles):
        totals = self.metrics()
        return (totals["controller_runtime_reconcile_total"] >= reconciles
                and totals["workqueue_depth"] == 0
                and totals["controller_runtime_active_workers"] == 0)

    def metrics(self):
        """Families summed over their series; 0 for those without one."""
        address = self.controller.command[
            self.controller.command.index("--metrics-bind-address") + 1]
        totals = dict.fromkeys(("controller_runtime_reconcile_total", "workqueue_depth",
                                "controller_runtime_active_workers"), 0.0)
        with direct.open(f"http://{address}/metrics", timeout=10) as answer:
            for line in answer.read().decode().splitlines():
                name, value = re.split(r"[{ ]", line, maxsplit=1)[0], line.split()[-1]
                if name in totals:
                    totals[name] += float(value)
        return totals

    def explain(self):
        names = self.population.unconverged()
        some = ", ".join(names[:5]) + (", ..." if len(names) > 5 else "")
        return (f"after {self.patience:.0f} s {len(names)} of {self.size} runtimes have "
                f"not converged: {some}\n{self.controller.log_tail()}")

    def record(self, name, process, cpu_before, wall, least, **more):
        if name not in self.options.only:
            return
        self.results.append({
            "n": self.size, "scenario": name,
            "cpu_seconds": round(process.cpu_seconds() - cpu_before, 2),
            "wall_seconds": round(wall, 2), **process.memory(),
            "writes": sum(self.tally.counts.values()), "least_writes": least,
            "writes_by_kind": dict(sorted(self.tally.counts.items())),
            "refused_by_kind": dict(sorted(self.tally.refused.items())), **more})
