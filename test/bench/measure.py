"""What the sets of scenarios have in common: a controller, its writes, and when it rests."""

import os
import re
import sys
import time

import yaml

from controller import direct
from ground import CONTROLLER_NAMESPACE, CONTROLLER_USER
from meter import Process, Tally
from population import LOADER

QUIET = 2.0  # seconds without a write by the controller that end a scenario


class NotConverged(Exception):
    pass


class Bench:
    """All scenarios for one number of objects. Each adds its result, a flat dict. A set
    has NAMES, what the scenarios are, and `population` with unconverged()."""

    SETTINGS = {}  # of the ControllerConfiguration

    def __init__(self, ground, size, options, results):
        self.ground, self.size, self.options = ground, size, options
        self.results = results
        self.controller = ground.controller("berth", CONTROLLER_NAMESPACE)
        log = os.path.join(ground.folder, "control-plane/log/audit.log")
        self.tally = Tally(log, CONTROLLER_USER)
        self.patience = 120 + size * 0.1
        self.empty_kib = None  # of memory that the controller takes by itself

    def run(self):
        self.configure()
        try:
            self.play()
            self.controller.stop()
        finally:
            self.controller.kill()

    def note(self, text):
        print(f"# {text}", file=sys.stderr, flush=True)

    def wanted(self, *names):
        return set(names) & set(self.options.only)

    def configure(self):
        settings = {"apiVersion": "berth.dev/v1alpha1", "kind": "ControllerConfiguration",
                    **self.SETTINGS}
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
        self.empty_kib = process.memory()["anon_kib"]
        self.record("empty", process, 0, ended - began, 0)
        self.controller.stop()

    def starting(self, name, least, **more):
        """From the start of the process until all is as wanted."""
        self.note(f"{self.size}: {name}")
        began, process = self.start()
        ended = self.settle(self.size)
        if self.empty_kib is not None:
            held = process.memory()["anon_kib"] - self.empty_kib
            more["kib_each"] = round(held / self.size, 2)
        self.record(name, process, 0, (self.tally.last or ended) - began, least, **more)

    def idle(self):
        self.note(f"{self.size}: idle")
        process, cpu = self.begin()
        time.sleep(self.options.idle)
        self.tally.read()
        self.record("idle", process, cpu, self.options.idle, 0)

    def begin(self):
        """For a process that runs already: counts only what follows."""
        process = Process(self.controller.process.pid)
        self.tally.clear()
        process.reset_peak()
        return process, process.cpu_seconds()

    # -- the end of a scenario

    def settle(self, reconciles):
        """Returns when the controller has reconciled that often, its queue was found
        empty and it has not written since; then all objects must have converged."""
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
        return (f"after {self.patience:.0f} s {len(names)} of {self.size} objects have "
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
