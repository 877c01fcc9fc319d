#include "kubeclient/api/quantity.h"
#include "test/support/check_main.h"

/* In order; those of one row are the same amount. */
static const char *const ORDER[][6] = {
    {"-1Ei"},
    {"-2", "-2000m", "-2.0"},
    {"-1n"},
    {"0", "-0", "0.000", "0Gi", "0e9"},
    {"1n", "0.000000001", "0.0000000001", "1e-12"},
    {"1u", "1000n", "0.001m", "1e-6"},
    {"500m", "0.5", ".5", "+.5", "5e-1", "500000u"},
    {"1", "1000m", "1.", "01", "1e0", "1E0"},
    {"1.000000001", "1.0000000000000000000000001"},
    {"1k", "1000", "1e3", "1E+3", "0.001M"},
    {"1Ki", "1024", "1.000Ki"},
    {"1.5Ki", "1536", "1536000m"},
    {"4G", "4e9", "4000000000"},
    {"4Gi", "4096Mi", "4294967296", "4.000000000000000000000Gi"},
    {"1E", "1e18", "1000P", "1000000000000000000"},
    {"1Ei", "1024Pi", "1152921504606846976", "1.000000000000000000Ei"},
    {"9E"},
    {"9999999999999999999999999999", "100Ei", "9e99", "1e999999",
     "9223372036854775807"},
};

START_TEST(amounts_are_in_order)
{
    enum { ROWS = sizeof ORDER / sizeof *ORDER };
    for (size_t i = 0; i < ROWS; i++) {
        struct quantity first, other;
        ck_assert(quantity_parse(ORDER[i][0], &first));
        for (size_t k = 0; k < 6 && ORDER[i][k]; k++) {
            ck_assert_msg(quantity_parse(ORDER[i][k], &other), "%s", ORDER[i][k]);
            ck_assert_msg(quantity_compare(&first, &other) == 0, "%s = %s", ORDER[i][0],
                          ORDER[i][k]);
        }
        for (size_t k = 0; k < i; k++) {
            ck_assert(quantity_parse(ORDER[k][0], &other));
            ck_assert_msg(quantity_compare(&other, &first) < 0, "%s < %s", ORDER[k][0],
                          ORDER[i][0]);
            ck_assert_int_gt(quantity_compare(&first, &other), 0);
        }
    }
}
END_TEST

START_TEST(what_no_quantity_is_is_refused)
{
    static const char *const TEXTS[] = {"",    ".",    "-",    "+-1",  "Gi",   "1gi",
                                        "1K",  "1 Gi", " 1",   "1mi",  "1.2.", "1.2.3",
                                        "1e",  "1e+",  "1e3k", "1GiB", "1ii",  "--1",
                                        "0x1", "1,5",  "1ni",  "1 "};
    struct quantity quantity;
    for (size_t i = 0; i < sizeof TEXTS / sizeof *TEXTS; i++)
        ck_assert_msg(!quantity_parse(TEXTS[i], &quantity), "%s", TEXTS[i]);
}
END_TEST

START_TEST(json_has_numbers_too)
{
    struct err err;
    static const char TEXT[] = "[2, \"2\", true, \"x\"]";
    auto_json cJSON *list = json_parse(TEXT, strlen(TEXT), &err);
    struct quantity number, text, other;
    ck_assert(quantity_from_json(list->child, &number));
    ck_assert(quantity_from_json(list->child->next, &text));
    ck_assert_int_eq(quantity_compare(&number, &text), 0);
    ck_assert(!quantity_from_json(list->child->next->next, &other));
    ck_assert(!quantity_from_json(list->child->next->next->next, &other));
    ck_assert(!quantity_from_json(NULL, &other));
}
END_TEST

CHECK_MAIN("quantity", NULL, NULL, amounts_are_in_order, what_no_quantity_is_is_refused,
           json_has_numbers_too)
