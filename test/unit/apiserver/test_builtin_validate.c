/* data/builtin_validation.json holds built-in objects, what was there before where one
 * is updated, and the causes for which a real API server of 1.37 refused them (none:
 * accepted). It names faults of all stages at once; here the schema's come first. */
#include "test/unit/apiserver/schema_play.h"

static cJSON *completed(const cJSON *given)
{
    if (!given)
        return NULL;
    cJSON *object = json_adopt(arena, json_copy(given));
    schema_prune(schema_of(object), object, NULL);
    schema_default(schema_of(object), object);
    builtin_default(json_str(object, "kind"), object);
    return object;
}

static const cJSON *judge(const cJSON *former, const cJSON *object)
{
    cJSON *refusal = NULL;
    if (schema_validate(schema_of(object), object, &refusal) &&
        builtin_validate(json_str(object, "kind"), former, object, &refusal))
        return NULL;
    ck_assert_ptr_nonnull(refusal);
    return json_adopt(arena, refusal);
}

static bool contains(const cJSON *array, const cJSON *wanted)
{
    json_each (item, array) {
        if (json_equal(item, wanted))
            return true;
    }
    return false;
}

START_TEST(objects_are_refused_as_by_the_real_server)
{
    json_each (item, read_data("builtin_validation.json")) {
        const cJSON *object = completed(json_at(item, "given"));
        const cJSON *refusal = judge(completed(json_at(item, "former")), object);
        const cJSON *causes = json_at(refusal, "details", "causes");
        const cJSON *wanted = json_at(item, "causes");
        ck_assert_msg(!json_count(wanted) == !refusal, "%s: %s", text_of(object),
                      refusal ? text_of(refusal) : text_of(wanted));
        json_each (cause, causes)
            ck_assert_msg(contains(wanted, cause), "%s: %s, not %s", text_of(object),
                          text_of(cause), text_of(wanted));
    }
}
END_TEST

START_TEST(kinds_without_rules_are_sound)
{
    cJSON *refusal = NULL;
    cJSON *object = json_adopt(arena, json_object());
    ck_assert(builtin_validate("Lease", NULL, object, &refusal));
    ck_assert_ptr_null(refusal);
}
END_TEST

CHECK_MAIN("builtin_validate", setup, teardown,
           objects_are_refused_as_by_the_real_server, kinds_without_rules_are_sound)
