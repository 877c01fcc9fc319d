/* schema_rules.h - what a CRD's schema demands of values, compiled for validation.
 *
 * Patterns are RE2 in Kubernetes and POSIX here: what both can say is translated, the
 * rest is refused when the CRD is read, not ignored when an object comes. Pure.
 */
#ifndef BERTH_APISERVER_SCHEMA_RULES_H
#define BERTH_APISERVER_SCHEMA_RULES_H

#include "test/apiserver/schema/schema.h"

#include <regex.h>

struct schema_bound { /* of lengths and counts */
    bool given;
    size_t value;
};

struct schema_limit { /* of numbers */
    bool given;
    bool exclusive;
    double value;
};

struct schema_rules {
    const cJSON *choices; /* enum; NULL: none */
    const char *pattern;  /* as written; NULL: none */
    regex_t regex;
    bool date_time;
    struct schema_bound min_length, max_length; /* in characters, of a string */
    struct schema_bound min_items, max_items;
    struct schema_bound min_properties, max_properties;
    struct schema_limit minimum, maximum;
    double multiple_of; /* 0: of nothing */
    /* Of the schemas: all, at least one, exactly one must hold; ends with NULL. */
    const struct schema *const *all_of;
    const struct schema *const *any_of;
    const struct schema *const *one_of;
    const struct schema *not_of;
};

/* Reads all but the schemas. INVALID says what is not understood, not where. */
WARN_UNUSED struct schema_rules *
schema_rules_parse(struct arena *arena, const cJSON *openapi, struct err *err);

/* Appends the POSIX extended form of an RE2 pattern. INVALID: has none. */
WARN_UNUSED bool schema_pattern_translate(struct strbuf *out, const char *pattern,
                                          struct err *err);

#endif
