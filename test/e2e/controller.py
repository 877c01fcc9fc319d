"""Runs `berth controller` processes and judges how they end."""

import json
import os
import random
import re
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request

SANITIZER = re.compile(r"Sanitizer|runtime error:")
direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))


CONNECTION_PORTS = "/proc/sys/net/ipv4/ip_local_port_range"


def free_port():
    """One below those that connections are given: between this look and the controller's
    bind nobody's connection can take it."""
    with open(CONNECTION_PORTS, encoding="ascii") as limits:
        below = int(limits.read().split()[0])
    while True:
        port = random.randrange(min(10240, below // 2), below)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
                return port
            except OSError:
                continue


class ControllerError(Exception):
    pass


class Controller:
    """One controller; it may be started and stopped several times. All its runs write to
    one log, so that a failure's report shows what went before."""

    def __init__(self, binary, kubeconfig, log_path, namespace, watch=None):
        self.health = f"127.0.0.1:{free_port()}"
        self.command = [
            binary, "controller", "--kubeconfig", kubeconfig, "--leader-elect=false",
            "--health-probe-bind-address", self.health,
            "--metrics-bind-address", f"127.0.0.1:{free_port()}",
            "--log-format", "json",
        ]
        if watch:
            self.command += ["--namespaces", ",".join(watch)]
        self.environment = dict(os.environ, POD_NAMESPACE=namespace)
        self.log_path = log_path
        self.process = None

    def start(self, seconds=60):
        """Returns once the caches are synced."""
        with open(self.log_path, "ab") as log:
            self.process = subprocess.Popen(
                self.command, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                env=self.environment)
        deadline = time.monotonic() + seconds
        while not self._ready():
            if self.process.poll() is not None:
                raise ControllerError(
                    f"the controller ended while starting, exit code "
                    f"{self.process.returncode}\n{self.log_tail()}")
            if time.monotonic() > deadline:
                self.kill()
                raise ControllerError(
                    f"the controller was not ready in {seconds} s\n{self.log_tail()}")
            time.sleep(0.05)

    def _ready(self):
        try:
            with direct.open(f"http://{self.health}/readyz", timeout=5) as answer:
                return answer.status == 200
        except (urllib.error.URLError, OSError):
            return False

    def running(self):
        return self.process is not None and self.process.poll() is None

    def stop(self, seconds=30):
        """SIGTERM; the controller must end by itself, with exit code 0, and no run of
        it may have left a sanitizer's report."""
        if self.process is None:
            return
        ended_before = self.process.poll() is not None
        self.process.send_signal(signal.SIGTERM)
        try:
            code = self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()
            raise ControllerError(f"the controller did not end {seconds} s after "
                                  f"SIGTERM\n{self.log_tail()}") from None
        self.process = None
        if ended_before or code != 0:
            when = "by itself" if ended_before else "on SIGTERM"
            raise ControllerError(
                f"the controller ended {when} with code {code}\n{self.log_tail()}")
        report = self.sanitizer_report()
        if report:
            raise ControllerError(f"a sanitizer spoke:\n{report}")

    def pause(self):
        self.process.send_signal(signal.SIGSTOP)

    def resume(self):
        self.process.send_signal(signal.SIGCONT)

    def kill(self):
        """SIGKILL: a crash at whatever instruction it is."""
        if self.running():
            self.process.kill()
            self.process.wait()
        self.process = None

    def lines(self):
        try:
            with open(self.log_path, encoding="utf-8", errors="replace") as log:
                return log.read().splitlines()
        except FileNotFoundError:
            return []

    def log_tail(self, about=None, count=25):
        """The last lines, of one namespace if `about` is given: every line that names it
        and every line that is not JSON."""
        lines = self.lines()
        if about:
            lines = [line for line in lines if about in line or not is_json(line)]
        return "\n".join("    | " + line[:600] for line in lines[-count:])

    def sanitizer_report(self):
        lines = self.lines()
        for at, line in enumerate(lines):
            if SANITIZER.search(line):
                return "\n".join("    | " + text for text in lines[at:at + 40])
        return None


def is_json(line):
    try:
        return isinstance(json.loads(line), dict)
    except ValueError:
        return False
