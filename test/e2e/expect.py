"""What a scenario may expect of the cluster; each check raises Failed or returns."""

import yaml

from expansion import environment
from match import ABSENT, differences, lookup, owns, show, text_matches
from wait import Failed


def without_noise(obj):
    """The object as shown in a failure: managedFields tell little to the eye."""
    meta = {key: value for key, value in obj.get("metadata", {}).items()
            if key != "managedFields"}
    return yaml.safe_dump({**obj, "metadata": meta}, sort_keys=False, width=100)


def fail(problems, obj=None):
    text = "\n".join(f"  - {problem}" for problem in problems)
    if obj is not None:
        text += "\n" + without_noise(obj)
    raise Failed(text)


class Expectations:
    """The checks of one scenario; `world` gives api and namespace."""

    def __init__(self, world):
        self.world = world

    def check(self, expectation):
        if "object" in expectation:
            self.check_object(expectation)
        elif "events" in expectation:
            self.check_events(expectation)
        elif "pods" in expectation:
            self.check_pods(expectation)
        else:
            raise ValueError(f"not an expectation: {expectation!r}")

    def check_object(self, expectation):
        obj = self.world.get(expectation["object"])
        name = "{kind} {name}".format(**expectation["object"])
        if expectation.get("absent"):
            if obj is not None:
                fail([f"{name}: wanted absent, is there"], obj)
            return
        if obj is None:
            fail([f"{name}: does not exist"])
        problems = []
        for word, check in self.OBJECT_CHECKS.items():
            if word in expectation:
                problems += check(self, obj, expectation[word])
        unknown = set(expectation) - set(self.OBJECT_CHECKS) - {"object"}
        if unknown:
            raise ValueError(f"not an expectation: {', '.join(unknown)}")
        if problems:
            fail([f"{name}: {problem}" for problem in problems], obj)

    def _has(self, obj, wanted):
        return differences(wanted, obj)

    def _lacks(self, obj, paths):
        seen = [(path, lookup(obj, path)) for path in paths]
        return [f"{path}: wanted nothing, saw {show(value)}"
                for path, value in seen if value is not ABSENT]

    def _equals(self, obj, paths):
        found = []
        for path, wanted in paths.items():
            seen = lookup(obj, path)
            same = text_matches(wanted, seen) if isinstance(wanted, str) \
                else wanted == seen
            if not same:
                found.append(f"{path}: wanted exactly {wanted!r}, saw {show(seen)}")
        return found

    def _count(self, obj, paths):
        found = []
        for path, wanted in paths.items():
            seen = lookup(obj, path)
            length = 0 if seen in (ABSENT, None) else len(seen)
            if length != wanted:
                found.append(f"{path}: wanted {wanted} items, saw {length}")
        return found

    def _conditions(self, obj, wanted):
        """A condition counts only if it speaks of the object's current generation: what
        was true of an earlier one proves nothing."""
        found = []
        seen = {one["type"]: one for one in obj.get("status", {}).get("conditions", [])}
        for kind, condition in wanted.items():
            if condition == "absent":
                if kind in seen:
                    found.append(f"condition {kind}: wanted none, saw {seen[kind]}")
            elif kind not in seen:
                found.append(f"condition {kind}: not there")
            else:
                current = {"observedGeneration": obj["metadata"]["generation"]}
                found += differences({**current, **condition}, seen[kind],
                                     f"condition {kind}")
        return found

    def _owners(self, obj, wanted):
        """[{manager, operation, owns: [paths], not: [paths]}]"""
        found = []
        for entry in wanted:
            who = (entry["manager"], entry.get("operation", "Apply"))
            for path in entry.get("owns", []):
                if not owns(obj, *who, path):
                    found.append(f"{who[0]} ({who[1]}) does not own {path}")
            for path in entry.get("not", []):
                if owns(obj, *who, path):
                    found.append(f"{who[0]} ({who[1]}) owns {path}")
        return found

    def _variables(self, obj, wanted):
        """Of a pod's first container, as the kubelet hands them over."""
        seen = environment(obj["spec"]["containers"][0])
        return differences(wanted, seen, "variable")

    OBJECT_CHECKS = {
        "has": _has, "lacks": _lacks, "equals": _equals, "count": _count,
        "conditions": _conditions, "owners": _owners, "variables": _variables,
    }

    def check_events(self, expectation):
        """events: KIND/NAME, reason, and any of type, note, count, atMost; namespace for
        what has none itself: its events are in `default`."""
        kind, name = expectation["events"].split("/")
        namespace = expectation.get("namespace", self.world.ns)
        seen = [event for event in self.world.api.list("Event", namespace)
                if event["regarding"].get("kind") == kind
                and event["regarding"].get("name") == name]
        wanted = {key: expectation[key] for key in ("reason", "type", "note")
                  if key in expectation}
        hits = [event for event in seen if not differences(wanted, event)]
        times = sum(event.get("series", {}).get("count", 1) for event in hits)
        count, most = expectation.get("count"), expectation.get("atMost")
        if count is not None and times == count:
            return
        if most is not None and times <= most:
            return
        if count is None and most is None and times > 0:
            return
        told = [f"{event.get('type')} {event.get('reason')}: {event.get('note')}"
                for event in seen]
        fail([f"events about {kind}/{name}: wanted {wanted} "
              f"{'once or more' if count is None else count}, saw {times}"]
             + [f"  seen: {line}" for line in told])

    def check_pods(self, expectation):
        """pods: {labels}, has: subset of every one of them; at least one, or `count`."""
        pods = self.world.pods(expectation["pods"])
        problems = [f"{pod['metadata']['name']}: {problem}" for pod in pods
                    for problem in differences(expectation.get("has", {}), pod)]
        if len(pods) != expectation.get("count", len(pods) or 1):
            problems.append(f"wanted {expectation.get('count', 'some')} pods with "
                            f"{expectation['pods']}, saw {len(pods)}")
        if problems:
            fail(problems)
