"""Prints scenarios as JSON, one a line, for the runner that plays them in virtual time.

    compile.py [GLOB|FILE.yaml...]

Words are checked and `from` is resolved by the same code that the end-to-end suite uses;
${variables} stay, and every reference gets the apiVersion that its kind implies.
"""

import json
import os
import sys

from configuration import SHARED_CONFIG, own_config
from kube import KINDS
from scenario import Scenario, complete, complete_patch, discover, verb_of

REFERENCES = ("delete", "scale", "rollout")
OBJECTS = ("apply", "create")


class Verbatim(dict):
    """Every variable is known, and stands for itself until it is played."""

    def __contains__(self, name):
        return True

    def __missing__(self, name):
        return "${" + name + "}"


def reference(ref):
    if "apiVersion" in ref or "kind" not in ref:
        return ref
    return {"apiVersion": KINDS[ref["kind"]], **ref}


def expectation(one):
    if "object" in one:
        return {**one, "object": reference(one["object"])}
    return one


def compiled(step):
    verb = verb_of(step)
    step = dict(step)
    if verb in OBJECTS:
        step[verb] = [complete(obj, Verbatim()) for obj in step[verb]]
    elif verb == "patch":
        step[verb] = reference(complete_patch(step[verb]))
    elif verb in REFERENCES:
        step[verb] = reference(step[verb])
    elif verb == "expect":
        step[verb] = [expectation(one) for one in step[verb]]
    elif verb == "remember":
        step[verb] = {name: reference(ref) for name, ref in step[verb].items()}
    elif verb == "config":
        step[verb] = own_config(step[verb])
    elif verb == "repeat":
        step["steps"] = [compiled(one) for one in step["steps"]]
    if "until" in step:
        step["until"] = expectation(step["until"])
    return step


def document(scenario):
    config = SHARED_CONFIG
    if scenario.controller != "shared":
        config = own_config(scenario.config)
    return {"name": scenario.name, "controller": scenario.controller,
            "config": config, "needs": sorted(scenario.needs),
            "apiServer": list(scenario.api_flags),
            "ground": scenario.data.get("ground", {}),
            "given": [complete(obj, Verbatim()) for obj in scenario.given],
            "steps": [compiled(step) for step in scenario.steps]}


def main():
    for pattern in sys.argv[1:] or ["*"]:
        given = os.path.isfile(pattern)
        for scenario in [Scenario(pattern)] if given else discover(pattern):
            print(json.dumps(document(scenario), default=str))
    return 0


if __name__ == "__main__":
    sys.exit(main())
