"""Entry point of the benchmarks; see run.sh for how to call it."""

import argparse
import json
import os
import signal
import sys

from controller import ControllerError
from ground import ROOT, Ground
from report import machine, show
from scenarios import NAMES, Bench, NotConverged

USAGE = "test/bench/run.sh"


class QuietGround(Ground):
    """A control plane where nobody but the API server answers to writes."""

    def __init__(self, berth):
        super().__init__(berth)
        self.k8s = ["--no-controller-manager"]


def numbers(text):
    values = [int(value) for value in text.split(",")]
    if min(values) < 1:
        raise ValueError
    return values


def names(text):
    values = text.split(",")
    unknown = [value for value in values if value not in NAMES]
    if unknown:
        raise argparse.ArgumentTypeError(
            f"no scenario {', '.join(unknown)}; there are {', '.join(NAMES)}")
    return values


def arguments():
    parser = argparse.ArgumentParser(
        prog=USAGE, description="Measures the controller on a real kube-apiserver.")
    parser.add_argument("--n", type=numbers, default=[500, 2000, 10000], metavar="N,N,...",
                        help="AgentRuntimes with targets (default 500,2000,10000)")
    parser.add_argument("--only", type=names, default=list(NAMES), metavar="SCENARIO,...",
                        help=f"of {', '.join(NAMES)}; `cold` is always run, for the "
                             "others begin where it ends")
    parser.add_argument("--json", metavar="FILE", help="the results for a program")
    parser.add_argument("--berth", metavar="BINARY",
                        default=os.environ.get("BERTH",
                                               os.path.join(ROOT, "build/release/berth")))
    parser.add_argument("--idle", type=float, default=60, metavar="SECONDS",
                        help="how long `idle` watches (default 60)")
    parser.add_argument("--changes", type=int, default=100, metavar="COUNT",
                        help="changes that `single` makes, one at a time (default 100)")
    return parser.parse_args()


def write_json(path, about, results):
    with open(path, "w", encoding="utf-8") as file:
        json.dump({**about, "results": results}, file, indent=2)
        file.write("\n")


def main():
    # As Ctrl-C does: what was started is ended on the way out.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    options = arguments()
    if not os.access(options.berth, os.X_OK):
        sys.exit(f"{USAGE}: no controller at {options.berth}; ./dev build makes one")
    about, results, problem = machine(), [], None
    try:
        for size in options.n:
            with QuietGround(options.berth) as ground:
                about["kubernetes"] = ground.version
                Bench(ground, size, options, results).run()
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
