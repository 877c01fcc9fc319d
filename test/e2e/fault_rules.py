"""Which requests go wrong, and how: the rules of test/apiserver/front/fault_rules.h."""

import re
import urllib.parse

WRITES = ("create", "update", "patch", "delete", "deletecollection")


def verb_of(method, target):
    """What RBAC calls the request."""
    path, _, query = target.partition("?")
    parts = [part for part in path.split("/") if part]
    parts = parts[2:] if parts[:1] == ["api"] else parts[3:]
    if parts[:1] == ["namespaces"] and len(parts) > 2:
        parts = parts[2:]
    named = len(parts) > 1
    if method == "GET":
        if "watch" in urllib.parse.parse_qs(query):
            return "watch"
        return "get" if named else "list"
    if method == "DELETE":
        return "delete" if named else "deletecollection"
    return {"POST": "create", "PUT": "update", "PATCH": "patch"}.get(method, method.lower())


class Request:
    def __init__(self, method, target):
        self.method, self.path = method, target.partition("?")[0]
        self.verb = verb_of(method, target)


def glob(pattern, text):
    return re.fullmatch(".*".join(map(re.escape, pattern.split("*"))), text) is not None


class Rule:
    """The user is not looked at: one controller alone comes through a proxy."""

    def __init__(self, source, earlier):
        self.match, self.action = source.get("match", {}), source["action"]
        self.nth, self.times = self.match.get("nth", 1), self.match.get("times", 1)
        self.after = earlier[source["after"]] if "after" in source else None
        self.open = source.get("open", False)
        self.seen = self.fired = 0

    def matches(self, request):
        match = self.match
        verbs = WRITES if match.get("verb") == "write" else (match.get("verb", request.verb),)
        return (match.get("method", request.method) == request.method
                and request.verb in verbs
                and glob(match.get("path", "*"), request.path)
                and not glob(match.get("notPath", ""), request.path))

    def fires(self):
        """Counts a match; true: it is due."""
        if self.after and not self.after.fired:
            return False
        self.seen += 1
        due = self.seen >= self.nth and (self.times == 0 or self.fired < self.times)
        self.fired += due
        return due


class Rules:
    def __init__(self):
        self.rules = []

    def add(self, sources):
        added = []
        for source in sources:
            added.append(Rule(source, added))
        self.rules += added
        return added

    def clear(self):
        self.rules = []

    def effects(self, request):
        """The actions that are due to a request, joined."""
        joined = {}
        for rule in self.rules:
            if "drop" not in rule.action and rule.matches(request) and rule.fires():
                joined.update(rule.action)
        return joined

    def drops_connection(self):
        return any([rule.fires() for rule in self.rules if rule.action.get("drop")])
