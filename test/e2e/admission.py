"""Tables of what an API server accepts and refuses, by its CRDs alone.

A file of test/scenarios/admission holds a `base` object that is accepted, and for each
place `at` in it values that are `accepted` and values that are `refused`, each with the
words that the refusal must hold. Every value is a case: a dry run of a creation, so that
nothing stays. The controller, asked through `berth render`, must judge alike, but where a
refused value is marked `schemaOnly`. One marked `real` takes CEL: on the embedded API
server the controller alone is asked.

Long texts and lists are written as in scenarios; `absent` takes the place out.
"""

import copy
import json
import os
import subprocess

import yaml

from kube import ApiError
from scenario import FOLDER, expand
from wait import Failed

INVALID = ": InvalidSpec: "  # how the controller names what the CRD should have refused
DESCRIBED = "admission/every_field_is_described"
OBJECT_MEMBERS = ("apiVersion", "kind", "metadata")  # described by the API server
PLACE = os.path.join(FOLDER, "admission")


def with_value(base, at, value):
    """The base with another value at the place, a list of member names and indexes."""
    changed = copy.deepcopy(base)
    parent = changed
    for step in at[:-1]:
        if isinstance(step, str):
            parent = parent.setdefault(step, {})
        else:
            parent = parent[step]
    if value == "absent":
        del parent[at[-1]]
    else:
        parent[at[-1]] = expand(value)
    return changed


def place_text(at):
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}"
                   for step in at).lstrip(".")


class Case:
    """words None: the object is accepted. `row`: what else the table says of it."""

    def __init__(self, name, obj, words=None, row=None):
        self.name, self.obj, self.words = name, obj, words
        self.schema_only = (row or {}).get("schemaOnly", False)
        self.real = (row or {}).get("real", False)

    def check(self, api, berth, embedded):
        if not (embedded and self.real):
            self.judge("the API server", self.words, self.refusal_by_server(api))
        if berth and not self.schema_only:
            words = None if self.words is None else []
            self.judge("the controller", words, self.refusal_by_controller(berth))

    def judge(self, who, words, refusal):
        if words is None and refusal is not None:
            raise Failed(f"  - {who} refuses: {refusal}")
        if words is not None and refusal is None:
            raise Failed(f"  - {who} accepts, wanted a refusal")
        missing = [word for word in words or [] if word not in refusal]
        if missing:
            raise Failed(f"  - the refusal by {who} lacks {missing}: {refusal}")

    def refusal_by_server(self, api):
        url = api.url(self.obj["kind"], "default", api_version=self.obj["apiVersion"])
        query = {"dryRun": "All", "fieldValidation": "Strict"}
        try:
            api.request("POST", url, self.obj, query)
        except ApiError as error:
            return error.message
        return None

    def refusal_by_controller(self, berth):
        done = subprocess.run([berth, "render", "-f", "-"], input=json.dumps(self.obj),
                              capture_output=True, text=True, check=False, timeout=60)
        return done.stderr if INVALID in done.stderr else None


def cases_of(path):
    with open(path, encoding="utf-8") as file:
        table = yaml.safe_load(file)
    stem = "admission/" + os.path.splitext(os.path.basename(path))[0]
    yield Case(f"{stem}/base", table["base"])
    for row in table["table"]:
        name = f"{stem}/{place_text(row['at'])}"
        for number, value in enumerate(row.get("accepted", []), 1):
            obj = with_value(table["base"], row["at"], value)
            yield Case(f"{name}/accepted_{number}", obj)
        for number, refused in enumerate(row.get("refused", []), 1):
            obj = with_value(table["base"], row["at"], refused["value"])
            words = [str(word) for word in refused["says"]]
            yield Case(f"{name}/refused_{number}", obj, words, refused)


def all_cases():
    for name in sorted(os.listdir(PLACE)):
        if name.endswith(".yaml"):
            yield from cases_of(os.path.join(PLACE, name))


def names():
    return [DESCRIBED] + [case.name for case in all_cases()]


def undescribed(schema, path):
    """The paths of members that `kubectl explain` would have nothing to say about."""
    for name, member in schema.get("properties", {}).items():
        place = f"{path}.{name}".lstrip(".")
        if "description" not in member and place not in OBJECT_MEMBERS:
            yield place
        yield from undescribed(member.get("items", member), place)


def check_descriptions(api):
    for crd in api.list("CustomResourceDefinition"):
        if not crd["spec"]["group"].endswith(("kagenti.dev", "berth.dev", "ambient-code")):
            continue
        for version in crd["spec"]["versions"]:
            bare = list(undescribed(version["schema"]["openAPIV3Schema"], ""))
            if bare:
                raise Failed(f"  - {crd['metadata']['name']}: not described: {bare}")


def run(ground, report, matches):
    api, embedded = ground.api, ground.kind == "embedded"
    if matches(DESCRIBED):
        report.attempt(DESCRIBED, lambda: check_descriptions(api))
    for case in all_cases():
        if matches(case.name):
            report.attempt(case.name,
                           lambda case=case: case.check(api, ground.berth, embedded))
