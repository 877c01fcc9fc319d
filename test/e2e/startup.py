"""What a controller says that cannot start, or not yet: each case one process.

A case names what is wrong with kubeconfig or configuration, what must be told on stderr,
and whether the process ends by itself (exit code 1) or waits for things to get better and
ends with 0 when told to.
"""

import os
import signal
import subprocess
import tempfile
import time

import yaml

from ground import CONTROLLER_NAMESPACE
from wait import Failed

SECRET = "not-a-token-3f9c"  # must never be printed


class Case:
    def __init__(self, name, says, waits, change=None, config=None):
        self.name, self.says, self.waits = "startup/" + name, says, waits
        self.change, self.config = change, config

    def run(self, ground):
        with tempfile.TemporaryDirectory(prefix="berth-startup-") as folder:
            with open(ground.controller_kubeconfig, encoding="utf-8") as file:
                document = yaml.safe_load(file)
            if self.change:
                self.change(document)
            paths = {"kubeconfig": document, "config": self.config}
            command = [ground.berth, "controller", "--leader-elect=false",
                       "--health-probe-bind-address=0", "--metrics-bind-address=0"]
            for name, content in paths.items():
                if content is None:
                    continue
                path = os.path.join(folder, name)
                with open(path, "w", encoding="utf-8") as file:
                    file.write(content if isinstance(content, str)
                               else yaml.safe_dump(content))
                command.append(f"--{name}={path}")
            self.judge(command)

    def judge(self, command):
        environment = dict(os.environ, POD_NAMESPACE=CONTROLLER_NAMESPACE)
        with subprocess.Popen(command, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL,
                              env=environment, text=True) as process:
            told = self.read_until_told(process)
            if self.waits and process.poll() is None:
                process.send_signal(signal.SIGTERM)
            told += process.stderr.read()
            code = process.wait(30)
        wanted = 0 if self.waits else 1
        if self.says not in told:
            raise Failed(f"  - not told: {self.says}\n{told}")
        if code != wanted:
            raise Failed(f"  - exit code {code}, wanted {wanted}\n{told}")
        if SECRET in told:
            raise Failed("  - a secret was printed")

    def read_until_told(self, process):
        told, deadline = "", time.monotonic() + 30
        while self.says not in told and time.monotonic() < deadline:
            line = process.stderr.readline()
            if not line:
                break
            told += line
        return told


def of_cluster(**members):
    def change(document):
        cluster = document["clusters"][0]["cluster"]
        cluster.update(members)
        for name in [name for name, value in members.items() if value is None]:
            del cluster[name]
    return change


def of_user(document):
    document["users"][0]["user"] = {"token": SECRET}


def no_context(document):
    document["current-context"] = "nowhere"


def no_pem(document):
    document["clusters"][0]["cluster"]["certificate-authority-data"] = "bm9uZQ=="


HEAD = "apiVersion: berth.dev/v1alpha1\nkind: ControllerConfiguration\n"

CASES = [
    Case("unknown_context", 'no context \\"nowhere\\"', False, no_context),
    Case("ca_is_no_pem", "certificate", False, no_pem),
    Case("server_unreachable", "127.0.0.1:1: cannot connect", True,
         of_cluster(server="https://127.0.0.1:1")),
    Case("unknown_authority", "the server's certificate is refused", True,
         of_cluster(**{"certificate-authority-data": None})),
    Case("token_refused", "Unauthorized", True, of_user),
    Case("unknown_key", "3:1: ", False, config=HEAD + "metricz: {}\n"),
    Case("unknown_gate", "3:16: featureGates", False, config=HEAD + "featureGates: {fly: true}\n"),
    Case("wrong_type", "3:15: concurrency.maxReconciles", False,
         config=HEAD + "concurrency: {maxReconciles: many}\n"),
    Case("no_yaml", "config:2:1: ", False, config="[\n"),
]


def run(ground, report, matches):
    for case in CASES:
        if matches(case.name):
            report.attempt(case.name, lambda case=case: case.run(ground))
