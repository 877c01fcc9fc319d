"""configuration.py - the controller's configuration in scenarios."""

import os

import yaml

FILE = os.path.join(os.path.dirname(__file__), "config.yaml")
with open(FILE, encoding="utf-8") as _file:
    SHARED_CONFIG = yaml.safe_load(_file)


def _over(base, differences):
    if not isinstance(base, dict) or not isinstance(differences, dict):
        return differences
    return base | {key: _over(base.get(key), value) for key, value in differences.items()}


def own_config(differences):
    """That of a scenario with a controller of its own."""
    return _over({"session": SHARED_CONFIG["session"]}, differences or {})


def config_map(settings, namespace):
    """The ConfigMap that the controller watches."""
    document = {"apiVersion": "berth.dev/v1alpha1", "kind": "ControllerConfiguration",
                **settings}
    return {"apiVersion": "v1", "kind": "ConfigMap",
            "metadata": {"name": "berth", "namespace": namespace},
            "data": {"config.yaml": yaml.safe_dump(document)}}
