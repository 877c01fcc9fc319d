"""Loads scenario files; test/scenarios/README.md is their reference."""

import copy
import fnmatch
import os
import re

import yaml

from ground import ROOT
from kube import KINDS
from match import merge

FOLDER = os.path.join(ROOT, "test/scenarios")
HELPERS = ("admission", "objects", "patches", "charts", "pod_security")  # no scenarios
VARIABLE = re.compile(r"\$\{([a-zA-Z][a-zA-Z0-9_]*)\}")

TOP = {"about", "covers", "controller", "config", "needs", "apiServer", "ground", "given",
       "steps"}
CONTROLLERS = ("shared", "own", "alone", "none")

# Every verb of a step with the words that may stand beside it.
VERBS = {
    "apply": {"as", "force", "refused", "until"},
    "create": {"as", "refused"},
    "patch": {"as", "user", "refused", "until"},
    "delete": {"wait", "refused"},
    "scale": {"as"},
    "tick": set(),
    "config": set(),
    "controller": set(),
    "fault": set(),
    "token": set(),
    "expect": {"within"},
    "remember": set(),
    "rollout": {"within"},
    "settle": {"within"},
    "mark": set(),
    "writes": set(),
    "quiet": set(),
    "run": {"exit", "output", "within"},
    "repeat": {"steps"},
}


class Malformed(Exception):
    pass


class Scenario:
    def __init__(self, path):
        self.path = path
        self.name = os.path.relpath(path, FOLDER)[: -len(".yaml")]
        with open(path, encoding="utf-8") as file:
            self.data = yaml.safe_load(file)
        if not isinstance(self.data, dict):
            raise Malformed(f"{path}: not a mapping")
        self._check_words(self.data, TOP, "scenario")
        for wanted in ("about", "covers", "steps"):
            if wanted not in self.data:
                raise Malformed(f"{path}: no {wanted!r}")
        self.controller = self.data.get("controller", "shared")
        if self.controller not in CONTROLLERS:
            raise Malformed(f"{path}: controller is one of {CONTROLLERS}")
        self.config = self.data.get("config")
        if self.config is not None and self.controller not in ("own", "alone"):
            raise Malformed(f"{path}: a config of its own needs a controller of its own")
        self.needs = set(self.data.get("needs", []))
        self.api_flags = tuple(self.data.get("apiServer", []))
        self.real = bool(self.api_flags) or "real" in self.data.get("ground", {})
        self.given = self.data.get("given", [])
        self.steps = self.data["steps"]
        self._check_steps(self.steps)
        self.needs |= programs_of(self.steps)
        words = words_of(self.steps)
        self.faults, self.token_file = "fault" in words, "token" in words

    def _check_words(self, mapping, allowed, where):
        unknown = set(mapping) - set(allowed)
        if unknown:
            raise Malformed(f"{self.path}: unknown in {where}: {', '.join(unknown)}")

    def _check_steps(self, steps):
        for step in steps:
            verb = verb_of(step)
            if verb is None:
                raise Malformed(f"{self.path}: no verb in step {step!r}")
            self._check_words(step, VERBS[verb] | {verb}, f"step {verb!r}")
            if verb == "repeat":
                self._check_steps(step["steps"])
            if verb == "controller" and self.controller not in ("own", "alone"):
                raise Malformed(f"{self.path}: the shared controller is not to be stopped")
            if verb in ("fault", "token") and self.controller not in ("own", "alone"):
                raise Malformed(f"{self.path}: {verb} is for a controller of its own")
            if verb == "config" and self.controller not in ("own", "alone"):
                raise Malformed(f"{self.path}: the shared configuration is not to change")


def verb_of(step):
    return next((verb for verb in VERBS if verb in step), None)


def words_of(steps):
    return {verb_of(step) for step in steps}.union(
        *(words_of(step["steps"]) for step in steps if "repeat" in step))


def programs_of(steps):
    """The programs that steps run."""
    found = {step["run"][0] for step in steps if "run" in step}
    return found.union(*(programs_of(step["steps"]) for step in steps if "repeat" in step))


def discover(pattern):
    """All scenarios whose name matches the pattern, in order of their names."""
    found = []
    for folder, folders, files in os.walk(FOLDER):
        folders[:] = [name for name in folders if name not in HELPERS]
        for file in files:
            if not file.endswith(".yaml"):
                continue
            path = os.path.join(folder, file)
            name = os.path.relpath(path, FOLDER)[: -len(".yaml")]
            if any(fnmatch.fnmatch(name, one) for one in (pattern, f"*/{pattern}")):
                found.append(Scenario(path))
    return sorted(found, key=lambda scenario: scenario.name)


def fill(value, variables):
    """A copy of the tree with every ${variable} replaced. A string that is nothing but
    one variable becomes its value, whatever type that has."""
    if isinstance(value, dict):
        return {fill(key, variables): fill(item, variables)
                for key, item in value.items()}
    if isinstance(value, list):
        return [fill(item, variables) for item in value]
    if not isinstance(value, str):
        return value
    whole = VARIABLE.fullmatch(value)
    if whole:
        return variable(variables, whole[1])
    return VARIABLE.sub(lambda found: str(variable(variables, found[1])), value)


def variable(variables, name):
    if name not in variables:
        raise Malformed(f"no variable ${{{name}}}")
    return variables[name]


def expand(value, index=None):
    """`{repeat: a, times: 57}` stands for a long text, which may have a `start` and an
    `end`, `{list: ITEM, times: 21}` for a long list, where ${i} counts."""
    if isinstance(value, dict) and {"repeat", "times"} <= set(value):
        text = expand(value["repeat"], index) * value["times"]
        return value.get("start", "") + text + value.get("end", "")
    if isinstance(value, dict) and set(value) == {"list", "times"}:
        return [expand(value["list"], at) for at in range(value["times"])]
    if isinstance(value, dict):
        return {key: expand(inner, index) for key, inner in value.items()}
    if isinstance(value, list):
        return [expand(inner, index) for inner in value]
    if isinstance(value, str) and index is not None:
        return value.replace("${i}", str(index))
    return value


def read(folder, name):
    with open(os.path.join(FOLDER, folder, name + ".yaml"), encoding="utf-8") as file:
        return yaml.safe_load(file)


def complete_patch(patch):
    """`from` a file in patches/, with what the step itself says over it."""
    if "from" not in patch:
        return patch
    own = {key: value for key, value in patch.items() if key != "from"}
    return merge(read("patches", patch["from"]), own)


def complete(obj, variables):
    """The object as it is sent: `from` a file in objects/ under another `name` and with
    `merge` merged in, and the apiVersion that its kind implies."""
    obj = fill(expand(obj), variables)
    if "from" in obj:
        base = read("objects", obj["from"])
        name = obj.get("name", fill(base["metadata"]["name"], variables))
        named = copy.copy(variables)
        named["name"] = name
        base = fill(base, named)
        base["metadata"]["name"] = name
        obj = merge(base, obj.get("merge", {}))
    if "apiVersion" not in obj:
        if obj["kind"] not in KINDS:
            raise Malformed(f"no apiVersion for kind {obj['kind']}")
        obj = {"apiVersion": KINDS[obj["kind"]], **obj}
    return obj
