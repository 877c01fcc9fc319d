"""rules.py - the rules of style that can be read off one file's text.

A rule takes a Source and yields (line, message).
"""

import re

MAX_FILE_LINES = 500
MAX_FUNCTION_LINES = 70

BANNED = """strcpy strcat sprintf vsprintf strtok strtok_r atoi atol strtol strtoul strtoll
    strtoull sscanf setlocale system popen gmtime localtime cJSON_GetObjectItem
    cJSON_GetArrayItem cJSON_GetArraySize curl_easy_perform getaddrinfo alloca gets
    malloc calloc realloc strdup strndup""".split()
# The x-functions of alloc.h abort instead; only it and tests see the plain ones.
RAW_ALLOCATION = {"malloc", "calloc", "realloc", "strdup", "strndup"}

MUTATOR = r"cJSON_(?:Add|Insert|Replace|Detach|Delete|Set)\w*|cJSON_Create\w*Reference"

# Spelt apart, or this file would break its own rule.
_UNWANTED = [
    (re.compile(r"\b(?:TO" r"DO|FIX" r"ME|XX" r"X)\b"), "unfinished work is an issue"),
    (re.compile(r"(?:^|[\s\"'=:(])/(?:wo" r"rk|ro" r"ot)/"), "machine path"),
]


def file_size(source):
    lines = source.text.count("\n")
    if lines > MAX_FILE_LINES:
        yield 1, f"{lines} lines, at most {MAX_FILE_LINES}"


def function_size(source):
    for line, length in source.functions():
        if length > MAX_FUNCTION_LINES:
            yield line, f"function of {length} lines, at most {MAX_FUNCTION_LINES}"


def banned_functions(source):
    for line, name in source.calls(BANNED):
        exempt = source.in_folder("test") or source.path == "kubeclient/base/alloc.c"
        if not (name in RAW_ALLOCATION and exempt):
            yield line, f"{name}() is banned"


def json_mutators(source):
    if source.path == "kubeclient/base/json.c":
        return
    for match in re.finditer(r"\b(" + MUTATOR + r")\s*\(", source.code):
        line = source.line_of(match.start())
        yield line, f"{match.group(1)}() belongs to kubeclient/base/json.c"


def comments(source):
    for line in source.line_comments():
        yield line, "comments are /* ... */"


def typedefs(source):
    for match in re.finditer(r"\btypedef\s+(?:struct|enum|union)\b", source.code):
        yield source.line_of(match.start()), "no typedef of a struct, enum or union"


def headers(source):
    """A header opens with its name and what it is, and is guarded by its path."""
    if not source.path.endswith(".h"):
        return
    name = source.path.rsplit("/", 1)[1]
    if not source.text.startswith(f"/* {name} - "):
        yield 1, f"a header opens with: /* {name} - what it is"
    guard = re.search(r"^#ifndef (\w+)\n#define (\w+)\n", source.text, re.M)
    stem = re.sub(r"\W", "_", name).upper()
    if not guard or guard[1] != guard[2] or not re.fullmatch(rf"BERTH_\w*{stem}", guard[1]):
        yield 1, f"no include guard BERTH_..._{stem}"


def includes(source):
    for line, system, name in source.includes():
        if not system and (name.endswith(".c") or "/" not in name):
            yield line, f'#include "{name}": headers, by their path from the root'


def unwanted_words(path, text):
    for pattern, why in _UNWANTED:
        for match in pattern.finditer(text):
            yield text.count("\n", 0, match.start()) + 1, f"{match.group().strip()}: {why}"


# Nothing of Berth's runs commands in pods, and nobody gets all of anything.
_RIGHTS = re.compile(r"\bpods/(?:exec|attach|portforward|ephemeralcontainers)\b|[\[,\s]['\"]\*['\"]")


def rights(path, text):
    if not path.startswith(("manifests/rbac/", "charts/")):
        return
    for match in _RIGHTS.finditer(text):
        yield text.count("\n", 0, match.start()) + 1, f"{match.group().strip('[, ')}: more than Berth needs"


C_RULES = {
    "file size": file_size,
    "function size": function_size,
    "banned functions": banned_functions,
    "cJSON mutators": json_mutators,
    "comments": comments,
    "typedefs": typedefs,
    "headers": headers,
    "include paths": includes,
}
