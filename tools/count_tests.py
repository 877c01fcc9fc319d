"""count_tests.py REPORT.xml - counts the cases of a ctest run, suite by suite.

A suite says its count by Check's line ("100%: Checks: 3, Failures: 0, Errors: 0") or by
one of ours ("3 passed, 0 failed"). A suite that says none, such as the replay of a fuzz
target's corpus, counts as one case. Ends with a line of the same form; exits non-zero
when a case failed or none ran.
"""

import re
import sys
import xml.etree.ElementTree

CHECK = re.compile(r"^\d+%: Checks: (\d+), Failures: (\d+), Errors: (\d+)$", re.M)
OURS = re.compile(r"^(\d+) passed, (\d+) failed(?:, (\d+) skipped)?$", re.M)
# What a suite says about itself beyond its counts.
NOTE = re.compile(r"^(?:# )?(replayed \d+ inputs|left to the real control plane: \d+)$", re.M)


def count(output, ok):
    """The passed, failed and skipped cases of one suite."""
    passed = failed = skipped = 0
    lines = 0
    for checks, failures, errors in CHECK.findall(output):
        failed += int(failures) + int(errors)
        passed += int(checks) - int(failures) - int(errors)
        lines += 1
    for good, bad, left_out in OURS.findall(output):
        passed, failed, skipped = passed + int(good), failed + int(bad), skipped + int(left_out or 0)
        lines += 1
    if lines == 0 and ok:
        passed = 1
    if (not ok and failed == 0) or (lines > 0 and passed + failed + skipped == 0):
        failed += 1
    return passed, failed, skipped


def main():
    totals = [0, 0, 0]
    suites = xml.etree.ElementTree.parse(sys.argv[1]).getroot().iter("testcase")
    for suite in sorted(suites, key=lambda suite: suite.get("name")):
        output = suite.findtext("system-out") or ""
        counts = count(output, suite.get("status") == "run")
        totals = [total + more for total, more in zip(totals, counts)]
        if counts[1]:
            print(f"--- {suite.get('name')}\n{output.rstrip()}\n---")
        told = NOTE.search(output)
        note = f", {counts[2]} skipped" if counts[2] else ""
        note += f" ({told[1]})" if told else ""
        print(f"{suite.get('name'):32} {counts[0]:5} passed, {counts[1]} failed{note}")
    note = f", {totals[2]} skipped" if totals[2] else ""
    print(f"{totals[0]} passed, {totals[1]} failed{note}")
    return 0 if totals[0] and not totals[1] else 1


if __name__ == "__main__":
    sys.exit(main())
