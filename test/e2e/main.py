"""Entry point of the end-to-end suite; see run.sh for how to call it."""

import argparse
import collections
import fnmatch
import os
import signal
import sys

import admission
import kubectl
import pod_security
import startup
from ground import ROOT, Ground
from scenario import discover
from suite import Report, Suite

USAGE = "test/e2e/run.sh"


def arguments():
    parser = argparse.ArgumentParser(
        prog=USAGE, description="Runs test/scenarios on a Kubernetes API server.")
    parser.add_argument("--embedded", action="store_true", help="on the embedded API "
                        "server, all that it can decide")
    parser.add_argument("--k8s", metavar="VERSION", help="a release that "
                        "test/controlplane pins, such as 1.37 (the default)")
    parser.add_argument("--kubeconfig", metavar="FILE", help="use this cluster instead; "
                        "CRDs and RBAC are applied to it, writes are not counted")
    parser.add_argument("--filter", metavar="GLOB", default="*",
                        help="only scenarios whose name matches, such as 'rule02*'")
    parser.add_argument("--berth", metavar="BINARY", default=os.environ.get("BERTH"),
                        help="default: $BERTH, build/asan/berth or build/release/berth")
    parser.add_argument("--jobs", type=int, default=6, metavar="N",
                        help="scenarios at the same time (default 6)")
    parser.add_argument("--list", action="store_true", help="names and what they cover")
    return parser.parse_args()


def find_berth(wanted):
    candidates = [wanted] if wanted else [
        os.path.join(ROOT, "build", preset, "berth") for preset in ("asan", "release")]
    found = next((path for path in candidates if os.access(path, os.X_OK)), None)
    if found is None:
        sys.exit(f"{USAGE}: no controller at {' or '.join(candidates)}; ./dev build makes one")
    return found


def main():
    # As Ctrl-C does: what was started is ended on the way out.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    options = arguments()
    scenarios = discover(options.filter)
    if options.list:
        for scenario in scenarios:
            covers = ", ".join(str(item) for item in scenario.data["covers"])
            print(f"{scenario.name}: {scenario.data['about']} [{covers}]")
        return 0
    def matches(name):
        return fnmatch.fnmatch(name, options.filter)

    starts = any(matches(case.name) for case in startup.CASES)
    stories = any(matches(name) for name in kubectl.names())
    tables = any(matches(name) for name in admission.names())
    pods = [name for name in pod_security.names() if matches(name)]
    if not scenarios and not starts and not stories and not tables and not pods:
        sys.exit(f"{USAGE}: no scenario matches {options.filter!r}")
    if options.embedded:
        left = [one for one in scenarios if one.real]
        print(f"# left to the real control plane: {len(left) + len(pods)}", flush=True)
        scenarios, pods = [one for one in scenarios if not one.real], []
    needs_berth = starts or tables or any(one.controller != "none" for one in scenarios)
    berth = find_berth(options.berth) if needs_berth else None
    report = Report()
    grounds = collections.defaultdict(list)
    for scenario in scenarios:
        grounds[scenario.api_flags].append(scenario)
    if starts or stories or tables or pods:
        grounds.setdefault((), [])
    for flags, group in sorted(grounds.items()):
        if flags and options.kubeconfig:
            for scenario in group:
                report.skip(scenario.name, f"needs an API server with {' '.join(flags)}")
            continue
        kind = "embedded" if options.embedded else "real"
        with Ground(berth, kind, options.kubeconfig, options.k8s, flags) as ground:
            print(f"# {kind}: Kubernetes {ground.version} {' '.join(flags)}", flush=True)
            if not flags:
                admission.run(ground, report, matches)
                if pods:
                    pod_security.run(ground.api, report, matches)
                kubectl.run(ground, report, matches)
                startup.run(ground, report, matches)
            Suite(ground, report, options.jobs).run(group)
    skipped = f", {report.skipped} skipped" if report.skipped else ""
    print(f"{report.passed} passed, {report.failed} failed{skipped}")
    return 0 if report.passed and not report.failed else 1


if __name__ == "__main__":
    sys.exit(main())
