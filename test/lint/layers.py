"""layers.py - the #include graph against the layers and the third parties' doors."""

# A file belongs to the first folder that holds it; it may include what is named beside.
# `reconcilers/*.h` is the contract: what stands in the folder itself, not below it.
LAYERS = [
    ("kubeclient/base", []),
    ("kubeclient/api", ["kubeclient/base"]),
    ("kubeclient/net", ["kubeclient/base", "kubeclient/api"]),
    ("reconcilers/shared", ["kubeclient/base", "kubeclient/api", "reconcilers/*.h"]),
    (
        "reconcilers",
        ["kubeclient/base", "kubeclient/api", "reconcilers/*.h", "reconcilers/shared"],
    ),
    ("controller/engine", ["kubeclient/base", "kubeclient/api", "reconcilers/*.h"]),
    ("controller/config", ["kubeclient/base", "kubeclient/api", "reconcilers/*.h"]),
    (
        "controller",
        [
            "kubeclient/base",
            "kubeclient/api",
            "kubeclient/net",
            "reconcilers/*.h",
            "controller/engine",
            "controller/config",
            "controller/cli",
        ],
    ),
]

# The table of kinds, which names them all.
KINDS = "reconcilers/all.c"

PURE = ["kubeclient/base", "kubeclient/api", "reconcilers", "controller/engine",
        "controller/config"]

# Third parties and the files that may include them; tests may include all.
DOORS = {
    "curl/": ["kubeclient/net/transport.", "kubeclient/net/call"],
    "yaml.h": ["kubeclient/base/yaml.c"],
    "openssl/": [
        "kubeclient/base/sha256.c",
        "kubeclient/base/alloc.c",
        "kubeclient/net/",
    ],
    "uv.h": ["kubeclient/net/", "controller/"],
    "zlib.h": ["controller/engine/"],
    "cjson/cJSON.h": ["kubeclient/", "reconcilers/", "controller/"],
}

# What gives a pure layer a clock, a file, a socket or a process.
EFFECTS = """time clock_gettime gettimeofday localtime_r fopen fdopen open openat creat
    read write close socket connect getenv secure_getenv setenv rand random srand
    getrandom fork execve posix_spawn sleep usleep nanosleep printf puts
    perror exit""".split()
EFFECT_HEADERS = {"uv.h", "unistd.h", "fcntl.h", "signal.h", "pthread.h", "dirent.h"}


def _folder(path):
    return path.rsplit("/", 1)[0]


def _layer(path):
    for folder, allowed in LAYERS:
        if path.startswith(folder + "/"):
            return folder, allowed
    return None, []


def _allows(entry, path):
    if entry.endswith("/*.h"):
        return _folder(path) == entry[: -len("/*.h")]
    return path.startswith(entry + "/")


def layer_problems(source):
    folder, allowed = _layer(source.path)
    if folder is None:
        return
    for line, system, name in source.includes():
        if system or _folder(name) == _folder(source.path):
            continue
        if source.path == KINDS and name.startswith("reconcilers/"):
            continue
        if folder == "controller" and _layer(name)[0] == folder:
            continue
        if not any(_allows(entry, name) for entry in allowed):
            yield line, f"{_folder(source.path)} may not include {name}"


def door_problems(source):
    if source.in_folder("test"):
        return
    for line, system, name in source.includes():
        for party, doors in DOORS.items():
            is_party = name.startswith(party) if party.endswith("/") else name == party
            if is_party and not source.path.startswith(tuple(doors)):
                yield line, f"{name} may only be included by {', '.join(doors)}"
        if system and name == "uv.h" and source.in_folder("controller/engine"):
            yield line, "the engine is pure: no uv.h"


def purity_problems(source):
    if not source.in_folder(*PURE):
        return
    for line, name in source.calls(EFFECTS):
        yield line, f"a pure layer may not call {name}()"
    for line, system, name in source.includes():
        if system and (name in EFFECT_HEADERS or name.startswith(("sys/", "netinet/"))):
            yield line, f"a pure layer may not include <{name}>"


def cycle_problems(sources):
    """(path, line, message) for each #include that closes a cycle of headers."""
    graph = {
        source.path: [(line, name) for line, system, name in source.includes() if not system]
        for source in sources
        if source.path.endswith(".h")
    }
    done, open_paths = set(), []

    def visit(path):
        open_paths.append(path)
        for line, name in graph[path]:
            if name in open_paths:
                yield path, line, f"#include cycle through {name}"
            elif name in graph and name not in done:
                yield from visit(name)
        open_paths.pop()
        done.add(path)

    for path in graph:
        if path not in done:
            yield from visit(path)
