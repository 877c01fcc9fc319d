"""test_rules.py - each rule finds what it is for, and only that."""

import unittest

import documented
import layers
import rules
from csource import Source


def found(rule, text, path="controller/x.c"):
    return [line for line, _ in rule(Source(path, text))]


class Rules(unittest.TestCase):
    def test_sizes(self):
        self.assertEqual(found(rules.file_size, "\n" * 500), [])
        self.assertEqual(found(rules.file_size, "\n" * 501), [1])
        function = "int f(void)\n{\n" + "    g();\n" * 68 + "}\n"
        self.assertEqual(found(rules.function_size, function), [])
        self.assertEqual(found(rules.function_size, function.replace("}", "    g();\n}")), [2])

    def test_banned(self):
        self.assertEqual(found(rules.banned_functions, "x = atoi(s);\n"), [1])
        self.assertEqual(found(rules.banned_functions, "\nsprintf (s);\n"), [2])
        quiet = '/* atoi(s) */ p("atoi(s)"); my_atoi(s); snprintf(s); cJSON_GetObjectItemCaseSensitive(o);'
        self.assertEqual(found(rules.banned_functions, quiet), [])
        self.assertEqual(found(rules.banned_functions, "malloc(1);"), [1])
        self.assertEqual(found(rules.banned_functions, "malloc(1);", "test/unit/x.c"), [])

    def test_json(self):
        self.assertEqual(found(rules.json_mutators, "cJSON_AddItemToObject(a, b, c);"), [1])
        self.assertEqual(found(rules.json_mutators, "cJSON_Delete(a);"), [1])
        self.assertEqual(found(rules.json_mutators, "cJSON_Delete(a);", "kubeclient/base/json.c"), [])
        self.assertEqual(found(rules.json_mutators, "cJSON_CreateNull(); cJSON_IsNull(a);"), [])

    def test_form(self):
        self.assertEqual(found(rules.comments, 'p("http://x"); /* // */\n// no\n'), [2])
        self.assertEqual(found(rules.typedefs, "typedef struct x x;\n"), [1])
        self.assertEqual(found(rules.typedefs, "typedef void x_fn(int);\n"), [])
        self.assertEqual(found(rules.includes, '#include "x.h"\n#include "a/y.c"\n#include "a/z.h"\n'), [1, 2])
        header = "/* x.h - a thing. */\n#ifndef BERTH_X_H\n#define BERTH_X_H\n#endif\n"
        self.assertEqual(found(rules.headers, header, "controller/x.h"), [])
        self.assertEqual(found(rules.headers, header, "controller/y.h"), [1, 1])

    def test_words(self):
        words = lambda text: [line for line, _ in rules.unwanted_words("x", text)]
        self.assertEqual(words("a\nTO" + "DO b\n"), [2])
        self.assertEqual(words("cd /wo" + "rk/main\n"), [1])
        self.assertEqual(words("https://x/wo" + "rk/y network/"), [])


class Documented(unittest.TestCase):
    def test_reasons(self):
        source = Source("reconcilers/session/x.c", 'f("NotManaged");\ng("ClusterIP", "Other");\n')

        def lines(problems):
            return [line for _, line, _ in problems]

        def unexplained(page):
            return lines(documented.reasons([source], "p", page, "reconcilers/session/"))

        self.assertEqual(unexplained("x `Ready=False/NotManaged` y"), [])
        self.assertEqual(unexplained("`a` NotManaged `b`"), [1])
        page = "`GoneAway`\n| `A` | `NotManaged`, `GoneAway` | `NotLooked` |\n"
        self.assertEqual(lines(documented.explanations([source], "p", page)), [2])


class Layers(unittest.TestCase):
    def test_layers(self):
        def breaks(path, name):
            return bool(found(layers.layer_problems, f'#include "{name}"\n', path))

        self.assertTrue(breaks("kubeclient/base/x.c", "kubeclient/api/y.h"))
        self.assertTrue(breaks("kubeclient/api/x.c", "kubeclient/net/y.h"))
        self.assertTrue(breaks("kubeclient/net/x.c", "controller/y.h"))
        self.assertTrue(breaks("reconcilers/agentruntime/x.c", "reconcilers/session/y.h"))
        self.assertTrue(breaks("reconcilers/shared/x.c", "reconcilers/session/y.h"))
        self.assertTrue(breaks("reconcilers/agentruntime/x.c", "controller/engine/y.h"))
        self.assertTrue(breaks("controller/engine/x.c", "kubeclient/net/y.h"))
        self.assertTrue(breaks("controller/engine/x.c", "reconcilers/agentruntime/y.h"))
        self.assertFalse(breaks("controller/engine/x.c", "reconcilers/reconciler.h"))
        self.assertFalse(breaks("reconcilers/agentruntime/x.c", "reconcilers/shared/y.h"))
        self.assertFalse(breaks("reconcilers/agentruntime/x.c", "reconcilers/agentruntime/y.h"))
        self.assertFalse(breaks("reconcilers/all.c", "reconcilers/agentruntime/y.h"))
        self.assertFalse(breaks("controller/cli/x.c", "controller/config/config.h"))
        self.assertFalse(breaks("controller/x.c", "kubeclient/net/y.h"))

    def test_doors(self):
        def breaks(path, name):
            return bool(found(layers.door_problems, f"#include <{name}>\n", path))

        self.assertTrue(breaks("kubeclient/net/client.c", "curl/curl.h"))
        self.assertTrue(breaks("controller/config/config.c", "yaml.h"))
        self.assertTrue(breaks("controller/engine/x.c", "uv.h"))
        self.assertFalse(breaks("controller/loop.c", "uv.h"))
        self.assertFalse(breaks("kubeclient/net/call.c", "curl/curl.h"))

    def test_purity(self):
        pure = "kubeclient/api/x.c"
        self.assertEqual(found(layers.purity_problems, "now = time(NULL);\n", pure), [1])
        self.assertEqual(found(layers.purity_problems, "#include <unistd.h>\n", pure), [1])
        self.assertEqual(found(layers.purity_problems, "x->write(1); read_it(2); a.time();\n", pure), [])

    def test_rights(self):
        def lines(text, path="manifests/rbac/x.yaml"):
            return [line for line, _ in rules.rights(path, text)]

        self.assertEqual(lines("rules:\n- resources: [pods, pods/exec]\n"), [2])
        self.assertEqual(lines('verbs: ["*"]\n- resources: [pods, \'*\']\n'), [1, 2])
        self.assertEqual(lines("- '*'\n"), [1])
        self.assertEqual(lines("resources: [pods, pods/log]  # never pods/x\n"), [])
        self.assertEqual(lines("pods/exec", "docs/projects.md"), [])

    def test_cycles(self):
        sources = [
            Source("a/x.h", '#include "a/y.h"\n'),
            Source("a/y.h", '#include "a/z.h"\n'),
            Source("a/z.h", '\n#include "a/x.h"\n'),
        ]
        self.assertEqual([found[:2] for found in layers.cycle_problems(sources)], [("a/z.h", 2)])
        self.assertEqual(list(layers.cycle_problems(sources[:2])), [])


if __name__ == "__main__":
    unittest.main()
