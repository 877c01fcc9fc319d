"""Faults between one scenario's controller and its API server, on either ground."""

import base64
import os

import yaml

from fault_proxy import FaultProxy


class EmbeddedFaults:
    """berth-apiserver sets them itself; the scenario has one to itself."""

    def __init__(self, ground, user, kubeconfig):
        self.api, self.user = ground.api, user
        self.kubeconfig = kubeconfig

    def add(self, rules):
        def for_controller(rule):
            if "drop" in rule["action"]:
                return rule
            return {**rule, "match": {"user": self.user, **rule.get("match", {})}}
        self.api.request("POST", "/faults", [for_controller(rule) for rule in rules])

    def clear(self):
        self.api.request("DELETE", "/faults")

    def unfired(self):
        rules = self.api.request("GET", "/faults")["rules"]
        return [rule for rule in rules if not rule["fired"]]

    def close(self):
        pass


class ProxiedFaults:
    """A proxy of the scenario's own, named by its controller's kubeconfig."""

    def __init__(self, ground, folder, kubeconfig):
        os.makedirs(folder)
        self.proxy = FaultProxy(ground.api.kubeconfig, folder)
        server = self.proxy.start()
        with open(self.proxy.certificate, "rb") as file:
            authority = base64.b64encode(file.read()).decode()
        with open(kubeconfig, encoding="utf-8") as file:
            config = yaml.safe_load(file)
        config["clusters"][0]["cluster"] = {
            "server": server, "certificate-authority-data": authority}
        self.kubeconfig = os.path.join(folder, "berth.kubeconfig")
        with open(self.kubeconfig, "w", encoding="utf-8") as file:
            os.fchmod(file.fileno(), 0o600)
            yaml.safe_dump(config, file)
        self.add, self.clear = self.proxy.add, self.proxy.clear

    def unfired(self):
        return [{"match": rule.match, "action": rule.action}
                for rule in self.proxy.rules.rules if not rule.fired]

    def close(self):
        self.proxy.stop()


def faults_for(ground, user, kubeconfig, name):
    if ground.kind == "embedded":
        return EmbeddedFaults(ground, user, kubeconfig)
    return ProxiedFaults(ground, os.path.join(ground.folder, name + "-proxy"), kubeconfig)
