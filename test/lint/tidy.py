"""tidy.py BUILD_DIR - clang-tidy over every source of the compile database.

Runs one job a processor. A source found clean is remembered by what it depends on (the
tool, its configuration, the command and the preprocessed text), so that only changes are
looked at again. Ends with `N passed, N failed`, a source being one case.
"""

import concurrent.futures
import hashlib
import json
import os
import pathlib
import shlex
import subprocess
import sys

from csource import ROOT


def cache_folder():
    base = os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache"
    folder = pathlib.Path(base) / "berth" / "tidy"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def preprocessed(entry):
    command = shlex.split(entry["command"])
    output = command.index("-o")
    command[output : output + 2] = []
    command[command.index("-c")] = "-E"
    done = subprocess.run(command, cwd=entry["directory"], stdout=subprocess.PIPE, check=True)
    return done.stdout


def check(entry, build, seed, cache):
    """True, and no output, where the source is clean."""
    key = hashlib.sha256(seed + entry["command"].encode() + preprocessed(entry)).hexdigest()
    if (cache / key).exists():
        return True, ""
    command = ["clang-tidy", "--quiet", "-p", build, entry["file"]]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if done.returncode == 0:
        (cache / key).touch()
        return True, ""
    return False, done.stdout.decode() or done.stderr.decode()


def main():
    build = sys.argv[1]
    version = subprocess.run(["clang-tidy", "--version"], stdout=subprocess.PIPE, check=True)
    seed = version.stdout + (ROOT / ".clang-tidy").read_bytes()
    entries = json.loads((pathlib.Path(build) / "compile_commands.json").read_text())
    entries = {entry["file"]: entry for entry in entries if str(ROOT / "build") not in entry["file"]}
    cache = cache_folder()
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        jobs = [pool.submit(check, entry, build, seed, cache) for _, entry in sorted(entries.items())]
        for job in jobs:
            clean, output = job.result()
            failed += not clean
            print(output, end="")
    print(f"{len(entries) - failed} passed, {failed} failed")
    return 1 if failed or not entries else 0


if __name__ == "__main__":
    sys.exit(main())
