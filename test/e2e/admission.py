"""Tables of what an API server accepts and refuses, by its CRDs alone.

A file of test/scenarios/admission holds a `base` object that is accepted, and for each
place `at` in it values that are `accepted` and values that are `refused`, each with the
words that the refusal must hold. Every value is a case: a dry run of a creation, so that
nothing stays. `{repeat: a, times: 57}` stands for a long text, `{list: ITEM, times: 21}`
for a long list, where ${i} counts; `absent` takes the place out.
"""

import copy
import os

import yaml

from kube import ApiError
from scenario import FOLDER
from wait import Failed

PLACE = os.path.join(FOLDER, "admission")


def expand(value, index=None):
    if isinstance(value, dict) and set(value) == {"repeat", "times"}:
        return value["repeat"] * value["times"]
    if isinstance(value, dict) and set(value) == {"list", "times"}:
        return [expand(value["list"], at) for at in range(value["times"])]
    if isinstance(value, dict):
        return {key: expand(inner, index) for key, inner in value.items()}
    if isinstance(value, list):
        return [expand(inner, index) for inner in value]
    if isinstance(value, str) and index is not None:
        return value.replace("${i}", str(index))
    return value


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
    def __init__(self, name, obj, words):
        self.name, self.obj, self.words = name, obj, words  # words None: accepted

    def check(self, api):
        url = api.url(self.obj["kind"], "default", api_version=self.obj["apiVersion"])
        query = {"dryRun": "All", "fieldValidation": "Strict"}
        try:
            api.request("POST", url, self.obj, query)
        except ApiError as error:
            if self.words is None:
                raise Failed(f"  - refused: {error.message}") from error
            missing = [word for word in self.words if word not in error.message]
            if missing:
                raise Failed(f"  - the refusal lacks {missing}: {error.message}") from error
            return
        if self.words is not None:
            raise Failed("  - accepted, wanted a refusal")


def cases_of(path):
    with open(path, encoding="utf-8") as file:
        table = yaml.safe_load(file)
    stem = "admission/" + os.path.splitext(os.path.basename(path))[0]
    yield Case(f"{stem}/base", table["base"], None)
    for row in table["table"]:
        name = f"{stem}/{place_text(row['at'])}"
        for number, value in enumerate(row.get("accepted", []), 1):
            yield Case(f"{name}/accepted_{number}", with_value(table["base"], row["at"], value),
                       None)
        for number, refused in enumerate(row.get("refused", []), 1):
            words = [str(word) for word in refused["says"]]
            yield Case(f"{name}/refused_{number}",
                       with_value(table["base"], row["at"], refused["value"]), words)


def all_cases():
    for name in sorted(os.listdir(PLACE)):
        if name.endswith(".yaml"):
            yield from cases_of(os.path.join(PLACE, name))


def run(api, report, matches):
    for case in all_cases():
        if matches(case.name):
            report.attempt(case.name, lambda case=case: case.check(api))
