/* field_element.h - one step of a field path, as managedFields names it (KEP-555).
 *
 * A step is the name of a member (f:), the keys of an item of a list map (k:), the
 * value of an item of a set (v:) or an index (i:). Elements are plain values that
 * borrow their texts from a JSON tree or an arena. Their order is that of
 * structured-merge-diff, which is the order in which the API server prints them. Pure.
 */
#ifndef BERTH_APISERVER_FIELD_ELEMENT_H
#define BERTH_APISERVER_FIELD_ELEMENT_H

#include "kubeclient/base/arena.h"
#include "kubeclient/base/json.h"

enum field_element_kind { /* in their order */
                          FIELD_NAME,
                          FIELD_KEY,
                          FIELD_VALUE,
                          FIELD_INDEX,
};

struct field_key {
    const char *name;
    const cJSON *value;
};

struct field_element {
    enum field_element_kind kind;
    size_t key_count; /* of FIELD_KEY */
    union {
        const char *name;
        const struct field_key *keys; /* sorted by name */
        const cJSON *value;
        long index;
    };
};

static inline struct field_element field_name(const char *name)
{
    return (struct field_element){.kind = FIELD_NAME, .name = name};
}

/* Less than, equal to or greater than zero. Numbers come before strings, and those
 * before booleans. */
int field_element_compare(const struct field_element *a, const struct field_element *b);

/* Sorts the keys of an element that is being made. */
void field_keys_sort(struct field_key *keys, size_t count);

/* Reads "f:spec", "k:{"name":"a"}", ...; the values of keys are in the arena. False
 * when the text is not an element. `*known` is false for a kind that a later version of
 * the format may know ("x:..."). */
WARN_UNUSED bool field_element_read(struct arena *arena, const char *text,
                                    struct field_element *element, bool *known);

/* Appends the form of managedFields: `f:spec`. */
void field_element_print(struct strbuf *out, const struct field_element *element);

/* Appends the form of messages: `.spec`, `[name="a"]`, `[="a"]`, `[1]`. */
void field_element_describe(struct strbuf *out, const struct field_element *element);

#endif
