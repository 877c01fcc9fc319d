/* fuzz_yaml.c - what yaml_parse() accepts, yaml_print() writes so that it reads back
 * the same; every value has a place. */
#include "kubeclient/base/yaml.h"
#include "test/fuzz/fuzz.h"

#include <assert.h>

static void check_places(const struct yaml_doc *doc, const cJSON *value)
{
    assert(yaml_mark(doc, value).line > 0 && yaml_mark(doc, value).column > 0);
    json_each (item, value)
        check_places(doc, item);
}

static void check_printed(const cJSON *root)
{
    struct strbuf out;
    struct err err;
    strbuf_init(&out, 16 << 20);
    yaml_print(&out, root);
    assert(!out.overflow);
    struct yaml_doc *doc = yaml_parse("printed", out.text, out.len, &err);
    assert(doc && yaml_count(doc) == 1);
    assert(json_equal(root, yaml_root(doc, 0)));
    yaml_close(&doc);
    strbuf_fini(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct err err;
    struct yaml_doc *doc = yaml_parse("input", (const char *)data, size, &err);
    if (!doc) {
        assert(err.kind == ERR_INVALID);
        return 0;
    }
    for (size_t i = 0; i < yaml_count(doc); i++) {
        check_places(doc, yaml_root(doc, i));
        check_printed(yaml_root(doc, i));
    }
    yaml_close(&doc);
    return 0;
}
