"""AgentRuntimes: the scenarios, in the order in which one control plane sees them."""

import statistics
import time

from measure import Bench
from population import Pairs, converged
from stream import Watch


class PairBench(Bench):
    NAMES = {
        "empty": "the controller with no objects at all",
        "cold": "objects exist, the controller starts and enrols all of them",
        "restart": "it starts again when there is nothing to do",
        "idle": "it runs and nothing happens",
        "update": "every runtime gets another skill image, by parallel patches",
        "single": "one such change at a time, each awaited",
    }
    SETTINGS = {"featureGates": {"skillImageVolumes": True}}

    def __init__(self, ground, size, options, results):
        super().__init__(ground, size, options, results)
        self.population = Pairs(ground.api, size)

    def play(self):
        if self.wanted("empty"):
            self.empty()
        self.note(f"loading {self.size} pairs")
        self.population.load()
        self.starting("cold", 4 * self.size)
        if set(self.options.only) - {"empty", "cold"}:
            self.controller.stop()
            self.starting("restart", 0)
        for scenario in (self.idle, self.update, self.single):
            if self.wanted(scenario.__name__):
                scenario()

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
