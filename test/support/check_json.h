/* check_json.h - checks a tree by the text that it prints as. */
#ifndef BERTH_TEST_CHECK_JSON_H
#define BERTH_TEST_CHECK_JSON_H

#include "kubeclient/base/json.h"

#include <check.h>

/* `value` is consumed. */
static inline void check_json(cJSON *value, const char *wanted)
{
    struct strbuf text;
    strbuf_init(&text, 16384);
    json_print(&text, value);
    ck_assert_str_eq(text.text, wanted);
    strbuf_fini(&text);
    json_free(value);
}

#endif
