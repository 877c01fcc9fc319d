"""Entry point of the benchmarks; see run.sh for how to call it."""

import argparse
import json
import os
import signal
import sys

from controller import ControllerError
from ground import ROOT, Ground
from measure import NotConverged
from report import machine, show
from scenarios import PairBench
from session_scenarios import SessionBench

USAGE = "test/bench/run.sh"


class QuietGround(Ground):
    """A control plane where nobody but the API server answers to writes."""

    def __init__(self, berth, kind):
        super().__init__(berth, kind)
        self.k8s = ["--no-controller-manager"]


def numbers(text):
    values = [int(value) for value in text.split(",")]
    if min(values) < 1:
        raise ValueError
    return values


def choose(parser, options):
    """The set, and what it leaves open."""
    bench, sizes = (SessionBench, [5000]) if options.sessions else (
        PairBench, [500, 2000, 10000])
    options.n = options.n or sizes
    options.only = options.only or list(bench.NAMES)
    unknown = [name for name in options.only if name not in bench.NAMES]
    if unknown:
        parser.error(f"no scenario {', '.join(unknown)}; there are {', '.join(bench.NAMES)}")
    return bench


def arguments():
    parser = argparse.ArgumentParser(
        prog=USAGE, description="Measures the controller: AgentRuntimes with targets, or "
        "AgenticSessions, 50 to a project.")
    parser.add_argument("--sessions", action="store_true", help="AgenticSessions")
    parser.add_argument("--embedded", action="store_true", help="on the embedded API "
                        "server, not on a real kube-apiserver")
    parser.add_argument("--n", type=numbers, metavar="N,N,...",
                        help="how many (default 500,2000,10000; sessions 5000)")
    parser.add_argument("--only", type=lambda text: text.split(","), metavar="SCENARIO,...",
                        help="of " + ", ".join({**PairBench.NAMES, **SessionBench.NAMES}) +
                        "; `projects`, `cold` and `running` are always run where the "
                        "others begin with what they end with")
    parser.add_argument("--json", metavar="FILE", help="the results for a program")
    parser.add_argument("--berth", metavar="BINARY",
                        default=os.environ.get("BERTH",
                                               os.path.join(ROOT, "build/release/berth")))
    parser.add_argument("--idle", type=float, default=60, metavar="SECONDS",
                        help="how long `idle` watches (default 60)")
    parser.add_argument("--changes", type=int, default=100, metavar="COUNT",
                        help="changes that `single` makes, one at a time (default 100)")
    options = parser.parse_args()
    return options, choose(parser, options)


def write_json(path, about, results):
    with open(path, "w", encoding="utf-8") as file:
        json.dump({**about, "results": results}, file, indent=2)
        file.write("\n")


def main():
    # As Ctrl-C does: what was started is ended on the way out.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    options, bench = arguments()
    if not os.access(options.berth, os.X_OK):
        sys.exit(f"{USAGE}: no controller at {options.berth}; ./dev build makes one")
    about, results, problem = machine(), [], None
    try:
        for size in options.n:
            kind = "embedded" if options.embedded else "real"
            with QuietGround(options.berth, kind) as ground:
                about["kubernetes"] = f"{ground.version} ({kind})"
                bench(ground, size, options, results).run()
    except (ControllerError, NotConverged) as error:
        problem = f"{USAGE}: {error}"
    # What was measured before a failure is told too.
    if results:
        show(about, results)
    if options.json:
        write_json(options.json, about, results)
    sys.exit(problem)


if __name__ == "__main__":
    main()
