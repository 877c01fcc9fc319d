"""Paths into objects and subset comparison, with differences a person can read.

A path is written as in `spec.template.spec.containers[name=agent].image`: dots between
members, [key=value] for the item of a list that has this member, [3] for an item by its
place, [kagenti.io/skills] for a member whose name holds dots.
"""

import re

ABSENT = object()
SEGMENT = re.compile(r"\.?([^.\[\]]+)|\[([^\]]*)\]")


def parse_path(text):
    """The path's segments: names, (key, value) pairs for list items, or places."""
    segments, at = [], 0
    while at < len(text):
        found = SEGMENT.match(text, at)
        if not found:
            raise ValueError(f"not a path: {text!r}")
        at = found.end()
        name, inside = found.groups()
        if name is not None:
            segments.append(name)
        elif "=" in inside:
            segments.append(tuple(inside.split("=", 1)))
        elif inside.isdigit():
            segments.append(int(inside))
        else:
            segments.append(inside)
    return segments


def lookup(value, path):
    """What the path leads to, or ABSENT."""
    for segment in parse_path(path):
        if isinstance(segment, str):
            value = value.get(segment, ABSENT) if isinstance(value, dict) else ABSENT
        elif isinstance(segment, tuple):
            key, wanted = segment
            items = value if isinstance(value, list) else []
            value = next((item for item in items if isinstance(item, dict)
                          and str(item.get(key)) == wanted), ABSENT)
        else:
            found = isinstance(value, list) and segment < len(value)
            value = value[segment] if found else ABSENT
        if value is ABSENT:
            return ABSENT
    return value


def text_matches(wanted, seen):
    """Equality, or `re:EXPRESSION` found somewhere in the text, or `not:OTHER`."""
    if isinstance(wanted, str) and wanted.startswith("re:"):
        return isinstance(seen, str) and re.search(wanted[3:], seen, re.S) is not None
    if isinstance(wanted, str) and wanted.startswith("not:"):
        return seen is not ABSENT and seen != wanted[4:]
    return type(wanted) is type(seen) and wanted == seen


def show(value):
    return "nothing" if value is ABSENT else repr(value)


def differences(wanted, seen, path=""):
    """Where `seen` fails to hold `wanted`: a list of sentences, empty when it does. A
    list holds another when each wanted item is matched by some item, in any order."""
    if isinstance(wanted, dict):
        if not isinstance(seen, dict):
            return [f"{path or 'object'}: wanted an object, saw {show(seen)}"]
        found = []
        for key, value in wanted.items():
            below = f"{path}.{key}" if path else key
            found += differences(value, seen.get(key, ABSENT), below)
        return found
    if isinstance(wanted, list):
        if not isinstance(seen, list):
            return [f"{path}: wanted a list, saw {show(seen)}"]
        return [f"{path}: no item holds {item!r}" for item in wanted
                if all(differences(item, other) for other in seen)]
    if text_matches(wanted, seen):
        return []
    return [f"{path}: wanted {wanted!r}, saw {show(seen)}"]


def field_key(segment):
    """The segment as managedFields write it (structured-merge-diff's FieldsV1)."""
    if isinstance(segment, tuple):
        return 'k:{"%s":"%s"}' % segment
    return f"f:{segment}"


def owns(obj, manager, operation, path, subresource=""):
    """Whether an entry of managedFields lists the path itself or something below it."""
    for entry in obj["metadata"].get("managedFields", []):
        same = (entry["manager"], entry["operation"], entry.get("subresource", ""))
        if same != (manager, operation, subresource):
            continue
        fields = entry["fieldsV1"]
        for segment in parse_path(path):
            fields = fields.get(field_key(segment)) if fields is not None else None
        if fields is not None:
            return True
    return False


def merge(base, patch):
    """RFC 7386: `patch` merged into a copy of `base`."""
    if not isinstance(patch, dict):
        return patch
    result = dict(base) if isinstance(base, dict) else {}
    for key, value in patch.items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = merge(result.get(key), value)
    return result
