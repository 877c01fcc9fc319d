"""The few words of kubectl that the demo says, where there is no kubectl.

    show.py apply --server-side -f FILE_OR_DIR ...
    show.py get RESOURCE,... [NAME] [-o wide|yaml]  the Table is the API server's
    show.py describe RESOURCE NAME
    show.py patch RESOURCE NAME --type=json|merge -p PATCH
    show.py delete RESOURCE NAME|--all
    show.py annotate [--overwrite] RESOURCE NAME KEY=VALUE KEY- ...
    show.py wait RESOURCE[/NAME] [--all] --for=condition=TYPE|jsonpath={PATH}=VALUE
    show.py version
    show.py value RESOURCE NAME PATH [VALUE]        prints it, or waits until it is VALUE

In the namespace `default`, unless `-n` or an object names another.
"""

import argparse
import json
import os
import sys

import yaml

from ground import documents
from kube import Api, ApiError, PATCH_TYPES
from match import ABSENT, lookup
from wait import Failed, until

TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io"
MANAGER = "kubectl"
SECONDS = 30


def resource_lists(api):
    yield "v1", api.request("GET", "/api/v1")
    for group in api.request("GET", "/apis")["groups"]:
        version = group["preferredVersion"]["groupVersion"]
        yield version, api.request("GET", f"/apis/{version}")


def resolve(api, word):
    """kind, apiVersion and full name of a resource by any of its names."""
    for version, answer in resource_lists(api):
        for entry in answer["resources"]:
            names = {entry["name"], entry.get("singularName"), entry["kind"].lower(),
                     *entry.get("shortNames", [])}
            if "/" not in entry["name"] and word.lower() in names:
                group = version.partition("/")[0] if "/" in version else ""
                singular = entry.get("singularName") or entry["kind"].lower()
                return entry["kind"], version, f"{singular}.{group}".rstrip(".")
    sys.exit(f'the server has no resource type "{word}"')


class Show:
    def __init__(self, words):
        self.words = words
        self.api = Api(os.environ["KUBECONFIG"])
        resource, _, self.name = (words.args or [""])[0].partition("/")
        self.several = resource.split(",")
        if resource and len(self.several) == 1:
            self.about(resource)
            self.name = self.name or (words.args + [""])[1]

    def about(self, resource):
        self.kind, self.version, self.title = resolve(self.api, resource)

    def url(self):
        return self.api.url(self.kind, self.words.namespace, self.name or None,
                            api_version=self.version)

    def object(self):
        obj = self.api.request("GET", self.url())
        obj["metadata"].pop("managedFields", None)
        return obj

    def apply(self):
        for path in self.words.file:
            files = [path] if os.path.isfile(path) else [
                os.path.join(path, name) for name in sorted(os.listdir(path))]
            for obj in [obj for file in files for obj in documents(file)]:
                self.api.apply(obj, "default", MANAGER, force=True)
                group = obj["apiVersion"].rpartition("/")[0]
                title = f"{obj['kind'].lower()}.{group}".rstrip(".")
                print(f"{title}/{obj['metadata']['name']} serverside-applied")

    def get(self):
        if self.words.output == "yaml":
            print(yaml.safe_dump(self.object(), sort_keys=False), end="")
        elif len(self.several) == 1:
            print(*self.table() or [f"No resources found in {self.words.namespace} namespace."])
        else:
            tables = []
            for resource in self.several:
                self.about(resource)
                tables += self.table(self.title + "/")
            print("\n\n".join(tables))

    def table(self, prefix=""):
        """The text of the table, or nothing where nothing is listed."""
        headers, self.api.headers = self.api.headers, {**self.api.headers, "Accept": TABLE}
        table = self.api.request("GET", self.url())
        self.api.headers = headers
        if not table["rows"]:
            return []
        wide = self.words.output == "wide"
        shown = [at for at, column in enumerate(table["columnDefinitions"])
                 if wide or not column["priority"]]
        rows = [[table["columnDefinitions"][at]["name"].upper() for at in shown]]
        rows += [[str(row["cells"][at]) if row["cells"][at] is not None else "<none>"
                  for at in shown] for row in table["rows"]]
        for row in rows[1:]:
            row[0] = prefix + row[0]
        widths = [max(map(len, column)) + 3 for column in zip(*rows)]
        return ["\n".join("".join(map(str.ljust, row, widths)).rstrip() for row in rows)]

    def describe(self):
        obj = self.object()
        print(yaml.safe_dump(obj, sort_keys=False, width=100), end="")
        print("events:")
        namespace = obj["metadata"].get("namespace", "default")
        for event in self.api.list("Event", namespace):
            if event["regarding"].get("name") == self.name \
                    and event["regarding"].get("kind") == self.kind:
                print(f"- {event['type']} {event['reason']}: {event['note']}")

    def patch(self):
        self.api.request("PATCH", self.url(), yaml.safe_load(self.words.patch),
                         {"fieldManager": MANAGER}, PATCH_TYPES[self.words.type])
        print(f"{self.title}/{self.name} patched")

    def delete(self):
        names = [self.name] if self.name else [
            item["metadata"]["name"] for item in self.api.request("GET", self.url())["items"]]
        for self.name in names:
            self.api.request("DELETE", self.url())
            print(f'{self.title} "{self.name}" deleted')
        for self.name in names:
            until(self.gone, SECONDS)

    def gone(self):
        try:
            self.object()
        except ApiError as error:
            if error.code == 404:
                return
            raise
        raise Failed(f"{self.title}/{self.name} is still there")

    def annotate(self):
        changes = {}
        for word in self.words.args[2:]:
            key, equals, value = word.partition("=")
            changes[key if equals else key.removesuffix("-")] = value if equals else None
        self.api.request("PATCH", self.url(), {"metadata": {"annotations": changes}},
                         {"fieldManager": MANAGER}, PATCH_TYPES["merge"])
        print(f"{self.title}/{self.name} annotated")

    def wait(self):
        kind, _, wanted = self.words.wanted.partition("=")
        path, value = f"status.conditions[type={wanted}].status", "True"
        if kind == "jsonpath":
            path, _, value = wanted.partition("=")
            path = path.strip("{}").removeprefix(".")

        def check():
            answer = self.api.request("GET", self.url())
            objects = answer.get("items", [answer])
            for obj in objects:
                if lookup(obj, path) != value:
                    raise Failed(f"{self.title}/{obj['metadata']['name']}: not {wanted}")
            return objects
        for obj in until(check, SECONDS):
            print(f"{self.title}/{obj['metadata']['name']} condition met")

    def version_told(self):
        print(f"Server Version: {self.api.request('GET', '/version')['gitVersion']}")

    def value(self):
        path, *wanted = self.words.args[2:]

        def check():
            found = lookup(self.object(), path)
            if found is ABSENT or (wanted and str(found) != wanted[0]):
                raise Failed(f"{self.title}/{self.name}: {path} is {found}")
            return found
        found = until(check, SECONDS)
        if not wanted:
            print(found if isinstance(found, str) else json.dumps(found))


def main():
    verbs = {"apply": Show.apply, "get": Show.get, "describe": Show.describe,
             "patch": Show.patch, "delete": Show.delete, "annotate": Show.annotate,
             "wait": Show.wait, "version": Show.version_told, "value": Show.value}
    parser = argparse.ArgumentParser(prog="show.py", usage=__doc__)
    parser.add_argument("verb", choices=verbs)
    parser.add_argument("args", nargs="*")
    parser.add_argument("-f", dest="file", action="append", default=[])
    parser.add_argument("-n", dest="namespace", default="default")
    parser.add_argument("-o", dest="output")
    parser.add_argument("-p", dest="patch")
    parser.add_argument("--type", choices=("json", "merge"), default="merge")
    parser.add_argument("--for", dest="wanted")
    parser.add_argument("--server-side", action="store_true")
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--overwrite", action="store_true")
    words = parser.parse_intermixed_args()
    try:
        verbs[words.verb](Show(words))
    except (ApiError, Failed) as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
