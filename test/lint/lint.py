"""lint.py - runs the rules that are text over the whole project.

Prints the breaches and a line for each rule; ends with `N passed, N failed`, a rule
being one case.
"""

import sys

import csource
import documented
import layers
import rules

TEXT_SUFFIXES = (
    ".c", ".h", ".py", ".sh", ".md", ".cmake", ".txt", ".json", ".yaml", ".yml", ".go", "dev",
    ".ci/run",
)  # fmt: skip


def per_file(sources, rule):
    for source in sources:
        for line, message in rule(source):
            yield source.path, line, message


def words(paths):
    for path in paths:
        if path.endswith(TEXT_SUFFIXES) and not path.startswith("test/fuzz/corpus/"):
            text = (csource.ROOT / path).read_text(errors="replace")
            for line, message in rules.unwanted_words(path, text):
                yield path, line, message


def rights(paths):
    for path in paths:
        if path.endswith((".yaml", ".yml", ".tpl")):
            text = (csource.ROOT / path).read_text(errors="replace")
            for line, message in rules.rights(path, text):
                yield path, line, message


def main():
    paths = csource.project_files()
    sources = csource.load(paths)
    checks = {name: per_file(sources, rule) for name, rule in rules.C_RULES.items()}
    checks["layers"] = per_file(sources, layers.layer_problems)
    checks["third parties' doors"] = per_file(sources, layers.door_problems)
    checks["purity"] = per_file(sources, layers.purity_problems)
    checks["include cycles"] = layers.cycle_problems(sources)
    checks["documentation"] = documented.problems(sources)
    checks["unwanted words"] = words(paths)
    checks["rights"] = rights(paths)
    failed = 0
    for name, problems in checks.items():
        problems = list(problems)
        for path, line, message in problems:
            print(f"{path}:{line}: {message}")
        failed += bool(problems)
        print(f"{'FAILED' if problems else 'ok':6} {name}")
    print(f"{len(checks) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
