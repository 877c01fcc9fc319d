"""Whether real PodSecurity admission judges pods as the checker's table says.

Each row of test/scenarios/pod_security/pods.yaml is a pod; it is created by dry run in
namespaces that enforce each level as each release has it. The unit test of Berth's
checker reads the same table.
"""

import copy
import os

import yaml

from kube import ApiError
from scenario import FOLDER, merge
from wait import Failed, until

LEVELS = ("privileged", "baseline", "restricted")
VERSIONS = {"1.28": "v1.28", "1.33": "v1.33", "latest": "latest"}
TABLE = os.path.join(FOLDER, "pod_security", "pods.yaml")
RUNNER = "berth-e2e"


def pod_of(base, row):
    pod = copy.deepcopy(base)
    if "annotations" in row:
        pod["metadata"]["annotations"] = row["annotations"]
    pod["spec"] = merge(pod["spec"], row.get("spec", {}))
    containers = pod["spec"]["containers"]
    containers[0] = merge(containers[0], row.get("container", {}))
    return {"apiVersion": "v1", "kind": "Pod", **pod}


def namespace_of(level, version):
    return f"enforces-{level}-{version.replace('.', '-')}"


def prepare(api):
    labels = "pod-security.kubernetes.io/"
    for level in LEVELS[1:]:
        for version, label in VERSIONS.items():
            name = namespace_of(level, version)
            api.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {
                "name": name, "labels": {labels + "enforce": level,
                                         labels + "enforce-version": label}}},
                      None, RUNNER)
            until(lambda name=name: has_account(api, name), 20)


def has_account(api, namespace):
    if api.get("ServiceAccount", namespace, "default", "v1") is None:
        raise Failed(f"  - namespace {namespace} has no service account")


def discard(api):
    for level in LEVELS[1:]:
        for version in VERSIONS:
            api.delete("Namespace", None, namespace_of(level, version))


def admitted(api, pod, namespace):
    """None, or why PodSecurity does not admit it; any other refusal is an error."""
    url = api.url("Pod", namespace, api_version="v1")
    try:
        api.request("POST", url, pod, {"dryRun": "All"})
    except ApiError as error:
        if error.code != 403 or "violates PodSecurity" not in error.message:
            raise
        return error.message
    return None


def check(api, pod, wanted):
    wrong = []
    for version in VERSIONS:
        met = wanted if isinstance(wanted, str) else wanted[version]
        for level in LEVELS[1:]:
            refusal = admitted(api, pod, namespace_of(level, version))
            allowed = LEVELS.index(met) >= LEVELS.index(level)
            if allowed != (refusal is None):
                wrong.append(f"  - {level} of {version}: wanted "
                             f"{'admitted' if allowed else 'refused'}, saw {refusal}")
    if wrong:
        raise Failed("\n".join(wrong))


def rows():
    with open(TABLE, encoding="utf-8") as file:
        table = yaml.safe_load(file)
    return [(f"pod_security/{row['about']}", pod_of(table["base"], row), row["level"])
            for row in table["pods"]]


def names():
    return [name for name, _, _ in rows()]


def run(api, report, matches):
    chosen = [row for row in rows() if matches(row[0])]
    if not chosen:
        return
    prepare(api)
    for name, pod, level in chosen:
        report.attempt(name, lambda pod=pod, level=level: check(api, pod, level))
    discard(api)
