/* data/defaults.json holds objects as given to a real API server of 1.37 and as it
 * answered (dry run), without what it adds that is no default: what it allocates
 * (addresses, ports, times), what admission adds to pods, and nulls. */
#include "test/apiserver/schema/quantity.h"
#include "test/unit/apiserver/schema_play.h"

static void complete(cJSON *object)
{
    const struct schema *schema = schema_of(object);
    cJSON *dropped = json_adopt(arena, json_array());
    schema_prune(schema, object, dropped);
    ck_assert_uint_eq(json_count(dropped), 0);
    schema_default(schema, object);
    builtin_default(json_str(object, "kind"), object);
}

START_TEST(objects_are_completed_as_by_the_real_server)
{
    cJSON *cases = read_data("defaults.json");
    ck_assert_uint_gt(json_count(cases), 25);
    json_each (item, cases) {
        cJSON *object = json_adopt(arena, json_copy(json_at(item, "given")));
        complete(object);
        ck_assert_str_eq(text_of(object), text_of(json_at(item, "wanted")));
    }
}
END_TEST

START_TEST(a_completed_object_is_complete)
{
    json_each (item, read_data("defaults.json")) {
        cJSON *object = json_adopt(arena, json_copy(json_at(item, "wanted")));
        complete(object);
        ck_assert_str_eq(text_of(object), text_of(json_at(item, "wanted")));
    }
}
END_TEST

static void expect_quantity(const char *given, const char *wanted)
{
    struct quantity quantity;
    struct strbuf text;
    strbuf_init(&text, 64);
    ck_assert_msg(api_quantity_parse(given, &quantity), "%s", given);
    api_quantity_print(&text, quantity);
    ck_assert_str_eq(text.text, wanted);
    strbuf_fini(&text);
}

START_TEST(quantities_are_written_in_canonical_form)
{
    static const char *const pairs[][2] = {
        {"0", "0"},
        {"1000m", "1"},
        {"1500m", "1500m"},
        {"0.5", "500m"},
        {"1024Mi", "1Gi"},
        {"1.5Gi", "1536Mi"},
        {"0.5Ki", "512"},
        {"1000k", "1M"},
        {"1e3", "1e3"},
        {"1E3", "1e3"},
        {"100000", "100k"},
        {"1023Ki", "1023Ki"},
        {"0.1Ki", "102400m"},
        {"-5", "-5"},
        {"12345", "12345"},
        {"1.0001Ki", "1025"},
        {"0.0000000001", "1n"},
        {"9E", "9E"},
        {"0Gi", "0"},
        {"+7", "7"},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        expect_quantity(pairs[i][0], pairs[i][1]);
}
END_TEST

START_TEST(what_is_no_quantity_is_told)
{
    static const char *const texts[] = {"",     "Gi",  "1GB",   "1 ",
                                        "one",  "--1", "1.2.3", "99999999999999999999",
                                        "1e99", "1e",  "."};
    struct quantity quantity;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        ck_assert_msg(!api_quantity_parse(texts[i], &quantity), "%s", texts[i]);
}
END_TEST

static int compare(const char *a, const char *b)
{
    struct quantity left, right;
    ck_assert(api_quantity_parse(a, &left) && api_quantity_parse(b, &right));
    return api_quantity_compare(left, right);
}

START_TEST(quantities_compare_by_value)
{
    ck_assert_int_eq(compare("1", "1000m"), 0);
    ck_assert_int_lt(compare("1G", "1Gi"), 0);
    ck_assert_int_gt(compare("2", "1999m"), 0);
    ck_assert_int_lt(compare("-1", "0"), 0);
    ck_assert_int_lt(compare("1n", "9E"), 0);
}
END_TEST

CHECK_MAIN("builtin_default", setup, teardown,
           objects_are_completed_as_by_the_real_server, a_completed_object_is_complete,
           quantities_are_written_in_canonical_form, what_is_no_quantity_is_told,
           quantities_compare_by_value)
