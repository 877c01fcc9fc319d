"""csource.py - a C file as lint rules see it: its text, and its code without the rest."""

import pathlib
import re
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]

_TOKEN = re.compile(
    r"/\*.*?\*/|//[^\n]*"  # comments
    r"|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'",  # literals
    re.S,
)
_INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)[>"]', re.M)


def _blank(match):
    """Keeps the line ends, so that lines keep their numbers, and a literal's quotes."""
    text = match.group()
    inner = re.sub(r"[^\n]", " ", text)
    return inner if text[0] == "/" else text[0] + inner[1:-1] + text[-1]


class Source:
    def __init__(self, path, text):
        self.path = path
        self.text = text
        self.code = _TOKEN.sub(_blank, text)

    def in_folder(self, *folders):
        return any(self.path.startswith(folder + "/") for folder in folders)

    def includes(self):
        """(line, system?, name) of each #include."""
        for match in _INCLUDE.finditer(self.text):
            yield self.line_of(match.start()), match.group(1) == "<", match.group(2)

    def calls(self, names):
        """(line, name) of each mention of one of the names as a function, not a member."""
        for match in re.finditer(r"(?<![\w.>])(" + "|".join(names) + r")\s*\(", self.code):
            yield self.line_of(match.start()), match.group(1)

    def line_comments(self):
        for match in _TOKEN.finditer(self.text):
            if match.group().startswith("//"):
                yield self.line_of(match.start())

    def functions(self):
        """(line, length) of each function body: braces in the first column."""
        opened = 0
        for number, line in enumerate(self.code.split("\n"), 1):
            if line == "{":
                opened = number
            elif line.startswith("}") and opened:
                yield opened, number - opened + 1
                opened = 0

    def line_of(self, offset):
        return self.text.count("\n", 0, offset) + 1


def project_files():
    """Paths of all files that are or will be in the repository, sorted."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    out = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=True).stdout
    paths = sorted(set(out.decode().split("\0")) - {""})
    return [path for path in paths if (ROOT / path).is_file()]


def load(paths):
    return [
        Source(path, (ROOT / path).read_text())
        for path in paths
        if path.endswith((".c", ".h"))
    ]
