"""documented.py - what the code says to users is explained, and nothing else is."""

import re

from csource import ROOT

CONFIG = "controller/config/config_keys.c"
README = "README.md"
PAGE = "docs/sessions.md"
SPEAKERS = ("reconcilers/session/", "reconcilers/shared/openshell_policy.c",
            "reconcilers/shared/verdict.h")

# Of two words at least: one alone may be anything.
WORD = r"[A-Z][a-z]+(?:[A-Z]+[a-z]*)+"
LITERAL = re.compile(rf'"({WORD})"')
QUOTED = re.compile(rf"`({WORD})`")
KEY = re.compile(r'\{"([\w.]*)",\s+"(\w+)",\s+CONFIG_')

# Words of Kubernetes' own that the speakers read or write.
FOREIGN = set("""AgenticSession AgenticSessions ClusterIP DirectoryOrCreate DisruptionTarget
    ErrImagePull IfNotPresent ImagePullBackOff NetworkPolicies NetworkPolicyReady NodeLost
    NodeShutdown NotConfigured NotStarted OnFailure PolicyReady ProjectSettings RoleBinding
    RuntimeDefault""".split())


def words_of(sources, pattern, folders):
    for source in sources:
        if source.path.startswith(folders):
            for match in pattern.finditer(source.text):
                yield source.path, source.line_of(match.start()), match


def page_lines(text):
    """Number and first two cells of each row of a table."""
    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith("| "):
            yield number, "|".join(line.split("|")[1:3])


def reasons(sources, page):
    explained = set(QUOTED.findall(page))
    for path, line, match in words_of(sources, LITERAL, SPEAKERS):
        if match[1] not in explained | FOREIGN:
            yield path, line, f"{PAGE} does not explain {match[1]}"


def explanations(sources, page):
    said = {match[1] for _, _, match in words_of(sources, LITERAL, ("reconcilers/",))}
    for number, cells in page_lines(page):
        for word in QUOTED.findall(cells):
            if word not in said | FOREIGN:
                yield PAGE, number, f"nothing says {word}"


def configuration(sources, readme):
    for path, line, match in words_of(sources, KEY, (CONFIG,)):
        key = f"{match[1]}.{match[2]}".lstrip(".")
        if f"| `{key}` |" not in readme:
            yield path, line, f"{README} does not explain {key}"


def problems(sources):
    page, readme = ((ROOT / path).read_text() for path in (PAGE, README))
    yield from reasons(sources, page)
    yield from explanations(sources, page)
    yield from configuration(sources, readme)
