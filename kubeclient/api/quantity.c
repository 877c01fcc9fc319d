#include "kubeclient/api/quantity.h"

#include "kubeclient/base/ascii.h"

#include <string.h>

__extension__ typedef unsigned __int128 uint128;

enum {
    NANO_DIGITS = 9,
    EXPONENT_MAX = 99, /* beyond it everything is nothing or too much */
};
static const uint64_t NANO = 1000000000;

/* A number on its way to nanos. Its digits and the largest binary suffix have room
 * beside each other; whatever is too much after that stays too much. */
struct amount {
    uint128 nanos;
    bool rest; /* and something finer */
};

static const uint128 DIGITS_FULL = 1000000000000000000;
static const uint128 MOST = (uint128)INT64_MAX * 1000000000U;
static const uint128 TOO_MUCH = (uint128)INT64_MAX * INT64_MAX / 4;

static void multiply_by_ten(struct amount *amount)
{
    amount->nanos = amount->nanos > TOO_MUCH ? TOO_MUCH + 1 : amount->nanos * 10;
}

static void divide_by_ten(struct amount *amount)
{
    amount->rest = amount->rest || amount->nanos % 10 != 0;
    amount->nanos /= 10;
}

static void shift(struct amount *amount, int decimals)
{
    for (; decimals > 0; decimals--)
        multiply_by_ten(amount);
    for (; decimals < 0; decimals++)
        divide_by_ten(amount);
}

/* "12.5": counts what stands after the point. Returns the end, or NULL where there is
 * no digit. */
static const char *read_digits(const char *text, struct amount *amount, int *decimals)
{
    bool point = false, any = false;
    *decimals = 0;
    for (; ascii_digit(*text) || (*text == '.' && !point); text++) {
        if (*text == '.') {
            point = true;
            continue;
        }
        any = true;
        bool full = amount->nanos >= DIGITS_FULL;
        if (!full)
            amount->nanos = amount->nanos * 10 + (unsigned int)(*text - '0');
        else
            amount->rest = amount->rest || *text != '0';
        *decimals += (point && !full) - (!point && full);
    }
    return any ? text : NULL;
}

static bool read_exponent(const char *text, int *exponent)
{
    int sign = *text == '-' ? -1 : 1;
    text += *text == '-' || *text == '+';
    if (!ascii_digit(*text))
        return false;
    for (*exponent = 0; ascii_digit(*text); text++) {
        if (*exponent < EXPONENT_MAX)
            *exponent = *exponent * 10 + (*text - '0');
    }
    *exponent *= sign;
    return *text == '\0';
}

/* What a suffix multiplies with: 2^*binary * 10^*decimal. */
static bool read_suffix(const char *text, int *binary, int *decimal)
{
    static const char BINARY[] = "KMGTPE", DECIMAL[] = "num kMGTPE";
    const char *place;
    *binary = *decimal = 0;
    if (*text == '\0')
        return true;
    if (text[1] == 'i' && text[2] == '\0' && (place = strchr(BINARY, *text))) {
        *binary = 10 * (int)(place - BINARY + 1);
        return true;
    }
    if (text[1] == '\0' && *text != ' ' && (place = strchr(DECIMAL, *text))) {
        *decimal = 3 * (int)(place - strchr(DECIMAL, ' '));
        return true;
    }
    return (*text == 'e' || *text == 'E') && read_exponent(text + 1, decimal);
}

bool quantity_parse(const char *text, struct quantity *quantity)
{
    struct amount amount = {0};
    int decimals, binary, exponent;
    *quantity = (struct quantity){.negative = *text == '-'};
    text += *text == '-' || *text == '+';
    text = read_digits(text, &amount, &decimals);
    if (!text || !read_suffix(text, &binary, &exponent))
        return false;
    amount.nanos <<= binary;
    shift(&amount, exponent - decimals + NANO_DIGITS);
    amount.nanos += amount.rest;
    if (amount.nanos > MOST)
        amount.nanos = MOST;
    quantity->whole = (uint64_t)(amount.nanos / NANO);
    quantity->nano = (uint32_t)(amount.nanos % NANO);
    quantity->negative = quantity->negative && amount.nanos != 0;
    return true;
}

bool quantity_from_json(const cJSON *value, struct quantity *quantity)
{
    if (cJSON_IsString(value))
        return quantity_parse(value->valuestring, quantity);
    if (!cJSON_IsNumber(value))
        return false;
    struct strbuf text;
    strbuf_init(&text, 64);
    json_print(&text, value);
    bool ok = !text.overflow && quantity_parse(text.text, quantity);
    strbuf_fini(&text);
    return ok;
}

static int compare(uint64_t a, uint64_t b)
{
    return (a > b) - (a < b);
}

int quantity_compare(const struct quantity *a, const struct quantity *b)
{
    if (a->negative != b->negative)
        return a->negative ? -1 : 1;
    int order = compare(a->whole, b->whole);
    order = order ? order : compare(a->nano, b->nano);
    return a->negative ? -order : order;
}
