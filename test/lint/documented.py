"""documented.py - what the code says to users is explained, and nothing else is."""

import re

from csource import ROOT

SHARED = ("reconcilers/shared/openshell_policy.c", "reconcilers/shared/verdict.h")
PAGES = {"docs/sessions.md": ("reconcilers/session/", *SHARED),
         "docs/projects.md": ("reconcilers/project/", *SHARED)}

# Of two words at least: one alone may be anything.
WORD = r"[A-Z][a-z]+(?:[A-Z]+[a-z]*)+"
LITERAL = re.compile(rf'"({WORD})"')
QUOTED = re.compile(r"`[^`\n]+`")

# Kubernetes' own, and what says by itself that all is well.
PLAIN = set("""AgenticSession ClusterIP ClusterRole ConfigMap ContainerRunning
    DisruptionTarget DoesNotExist ErrImagePull IfNotPresent ImagePullBackOff LimitRange NetworkPolicy NodeLost NodeShutdown
    NotStarted OnFailure ProjectSettings ResourceQuota RoleBinding RuntimeDefault
    ServiceAccount InPlace NotConfigured""".split())


def words_of(sources, pattern, folders):
    for source in sources:
        if source.path.startswith(folders):
            for match in pattern.finditer(source.text):
                yield source.path, source.line_of(match.start()), match


def quoted(text):
    return {word for span in QUOTED.findall(text) for word in re.findall(rf"\b{WORD}\b", span)}


def rows(text):
    """Number and first two cells of each row of a table."""
    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith("| "):
            yield number, "|".join(line.split("|")[1:3])


def reasons(sources, path, page, speakers):
    explained = quoted(page)
    for place, line, match in words_of(sources, LITERAL, speakers):
        if match[1] not in explained | PLAIN:
            yield place, line, f"{path} does not explain {match[1]}"


def explanations(sources, path, page):
    said = {match[1] for _, _, match in words_of(sources, LITERAL, ("reconcilers/",))}
    for number, cells in rows(page):
        for word in sorted(quoted(cells) - said - PLAIN):
            yield path, number, f"nothing says {word}"


def problems(sources):
    for path, speakers in PAGES.items():
        page = (ROOT / path).read_text()
        yield from reasons(sources, path, page, speakers)
        yield from explanations(sources, path, page)
