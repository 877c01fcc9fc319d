"""Runs scenarios in phases and tells how each went.

1. `shared` and `none`, in parallel, under one controller that watches all namespaces;
2. `own`, in parallel, each under a controller that watches only its namespace;
3. `alone`, one after the other, under a controller that watches all namespaces.
Scenarios with other API server flags get a ground of their own.
"""

import concurrent.futures
import shutil
import threading
import time
import traceback

from configuration import SHARED_CONFIG, config_map
from controller import ControllerError
from ground import CONTROLLER_NAMESPACE, RUNNER, Ground
from kube import KINDS, ApiError
from scenario import Malformed
from steps import Steps, USER
from wait import Failed, until
from world import World


class Report:
    def __init__(self):
        self.passed = self.failed = self.skipped = 0
        self.lock = threading.Lock()

    def ok(self, name, started):
        with self.lock:
            self.passed += 1
            print(f"ok     {time.monotonic() - started:5.1f} s  {name}", flush=True)

    def skip(self, name, why):
        with self.lock:
            self.skipped += 1
            print(f"skip           {name}: {why}", flush=True)

    def not_ok(self, name, started, text):
        with self.lock:
            self.failed += 1
            print(f"not ok {time.monotonic() - started:5.1f} s  {name}", flush=True)
            print("\n".join("    " + line for line in text.splitlines()), flush=True)

    def attempt(self, name, action):
        started = time.monotonic()
        try:
            action()
        except (Failed, ControllerError, ApiError, Malformed) as error:
            self.not_ok(name, started, str(error))
        except Exception:  # pylint: disable=broad-except
            self.not_ok(name, started, traceback.format_exc())
        else:
            self.ok(name, started)


class Suite:
    def __init__(self, ground, report, jobs):
        self.ground, self.report, self.jobs = ground, report, jobs
        self.shared = None
        self.namespaces = []

    def run(self, scenarios):
        runnable = [one for one in scenarios if self.can_run(one)]
        phases = {kind: [one for one in runnable if one.controller == kind]
                  for kind in ("shared", "none", "own", "alone")}
        if phases["shared"]:
            self.start_shared()
        self.parallel(phases["none"] + (phases["shared"] if self.shared else []))
        if self.shared:
            self.report.attempt("suite/namespaces_go", self.delete_namespaces)
            self.report.attempt("suite/controller_stops_cleanly", self.shared.stop)
            self.shared.kill()
        elif self.namespaces:
            self.delete_namespaces()
        self.parallel(phases["own"])
        for one in phases["alone"]:
            self.run_one(one)

    def can_run(self, scenario):
        for need in scenario.needs:
            if need in KINDS:
                try:
                    self.ground.api.resource(need)
                    continue
                except (ApiError, KeyError):
                    why = f"this cluster does not serve {need}"
            elif shutil.which(need, path=self.ground.environment.get("PATH")):
                continue
            else:
                why = f"needs {need}"
            if self.ground.kind == "embedded":
                print(f"# left to the real control plane: {scenario.name}: {why}")
            else:
                self.report.skip(scenario.name, why)
            return False
        return True

    def start_shared(self):
        """The gate is on: most of what is to be seen needs it."""
        self.ground.api.apply(
            config_map(SHARED_CONFIG, CONTROLLER_NAMESPACE), None, RUNNER, force=True)
        shared = self.ground.controller("shared", CONTROLLER_NAMESPACE)

        def start():
            shared.start()
            self.shared = shared
        self.report.attempt("suite/controller_starts", start)

    def parallel(self, scenarios):
        with concurrent.futures.ThreadPoolExecutor(self.jobs) as pool:
            list(pool.map(self.run_one, scenarios))

    def run_one(self, scenario):
        self.report.attempt(scenario.name, lambda: self.play(scenario))

    def play(self, scenario):
        if scenario.faults and self.ground.kind == "embedded":
            # It starts at once, and its faults are nobody else's.
            with Ground(self.ground.berth, "embedded") as own:
                self.play_on(own, scenario)
        else:
            self.play_on(self.ground, scenario)

    def play_on(self, ground, scenario):
        world = World(ground, scenario, self.shared)
        try:
            world.open()
            if not world.own:
                self.namespaces.append(world.ns)
            steps = Steps(world)
            steps.do_apply(scenario.given, {"as": USER})
            steps.run(scenario.steps)
        except Failed as error:
            raise Failed(f"{scenario.data['about']}\n{error}{world.log_tail()}") from error
        finally:
            world.close()

    def delete_namespaces(self):
        """Runtimes, finalizers and all: a running controller lets every namespace go."""
        for name in self.namespaces:
            if self.ground.api.get("Namespace", None, name):
                self.ground.api.delete("Namespace", None, name)
        if not self.shared:
            return

        def gone():
            left = [name for name in self.namespaces
                    if self.ground.api.get("Namespace", None, name)]
            if left:
                raise Failed(f"  - still there: {', '.join(left[:10])}")
        until(gone, 90)
