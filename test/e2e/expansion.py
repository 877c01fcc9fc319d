"""The environment of a container as the kubelet hands it over (its expansion package):
`$(NAME)` is replaced by the variables before it, `$$` is a dollar sign, and what names
nothing stays as it is."""

import re

REFERENCE = re.compile(r"\$(\$|\(([^)]*)\))", re.S)


def expand(text, known):
    """`known`: the variables before this one."""
    def one(found):
        if found[1] == "$":
            return "$"
        return known.get(found[2], found[0])
    return REFERENCE.sub(one, text)


def environment(container):
    """Name to value; what comes from elsewhere is `<from elsewhere>`."""
    known = {}
    for entry in container.get("env", []):
        value = "<from elsewhere>"
        if "valueFrom" not in entry:
            value = expand(entry.get("value", ""), known)
        known[entry["name"]] = value
    return known
