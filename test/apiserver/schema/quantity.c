#include "test/apiserver/schema/quantity.h"

#include "kubeclient/base/ascii.h"

#include <string.h>

static const struct {
    const char *text;
    int power; /* of ten */
} decimal_suffixes[] = {
    {"n", -9}, {"u", -6}, {"m", -3}, {"", 0},   {"k", 3},
    {"M", 6},  {"G", 9},  {"T", 12}, {"P", 15}, {"E", 18},
};

static const char *const binary_suffixes[] = {"", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"};

#define DECIMAL_COUNT (sizeof decimal_suffixes / sizeof *decimal_suffixes)
#define BINARY_COUNT (sizeof binary_suffixes / sizeof *binary_suffixes)

static bool read_digits(const char **at, struct quantity *quantity)
{
    bool any = false, fraction = false;
    for (; ascii_digit(**at) || (**at == '.' && !fraction); (*at)++) {
        if (**at == '.') {
            fraction = true;
            continue;
        }
        any = true;
        if (__builtin_mul_overflow(quantity->mantissa, 10, &quantity->mantissa) ||
            __builtin_add_overflow(quantity->mantissa, **at - '0', &quantity->mantissa))
            return false;
        quantity->scale -= fraction;
    }
    return any;
}

static bool read_exponent(const char *text, struct quantity *quantity)
{
    int64_t power = 0;
    if ((*text != 'e' && *text != 'E') || !text[1] ||
        !ascii_parse_i64(text + 1 + (text[1] == '+'), &power) || power > 18 ||
        power < -18)
        return false;
    quantity->scale += (int)power;
    quantity->format = QUANTITY_EXPONENT;
    return true;
}

static bool read_suffix(const char *text, struct quantity *quantity)
{
    for (size_t i = 0; i < DECIMAL_COUNT; i++) {
        if (strcmp(decimal_suffixes[i].text, text) == 0) {
            quantity->scale += decimal_suffixes[i].power;
            return true;
        }
    }
    for (size_t i = 1; i < BINARY_COUNT; i++) {
        if (strcmp(binary_suffixes[i], text) == 0) {
            quantity->format = QUANTITY_BINARY;
            return !__builtin_mul_overflow(quantity->mantissa, 1LL << (10 * i),
                                           &quantity->mantissa);
        }
    }
    return read_exponent(text, quantity);
}

bool api_quantity_parse(const char *text, struct quantity *quantity)
{
    *quantity = (struct quantity){0};
    bool negative = *text == '-';
    const char *at = text + (*text == '-' || *text == '+');
    if (!read_digits(&at, quantity) || !read_suffix(at, quantity))
        return false;
    if (negative)
        quantity->mantissa = -quantity->mantissa;
    for (; quantity->mantissa && quantity->mantissa % 10 == 0; quantity->scale++)
        quantity->mantissa /= 10;
    if (!quantity->mantissa)
        quantity->scale = 0;
    return true;
}

/* To a coarser scale, away from zero. */
static void round_up(struct quantity *quantity, int scale)
{
    for (; quantity->scale < scale; quantity->scale++) {
        long long rest = quantity->mantissa % 10;
        quantity->mantissa /= 10;
        quantity->mantissa += rest > 0 ? 1 : rest < 0 ? -1 : 0;
    }
}

/* False: does not fit. */
static bool lower_scale(struct quantity *quantity, int scale)
{
    for (; quantity->scale > scale; quantity->scale--) {
        if (__builtin_mul_overflow(quantity->mantissa, 10, &quantity->mantissa))
            return false;
    }
    return true;
}

/* False: is less than 1024 or too large, and is written as a decimal. */
static bool print_binary(struct strbuf *out, struct quantity quantity)
{
    round_up(&quantity, quantity.scale < -9 ? -9 : quantity.scale);
    struct quantity whole = quantity;
    if (!lower_scale(&whole, 0))
        return false;
    round_up(&whole, 0);
    if (whole.mantissa < 1024 && whole.mantissa > -1024)
        return false;
    size_t suffix = 0;
    for (; whole.mantissa % 1024 == 0 && suffix + 1 < BINARY_COUNT; suffix++)
        whole.mantissa /= 1024;
    strbuf_addf(out, "%lld%s", whole.mantissa, binary_suffixes[suffix]);
    return true;
}

void api_quantity_print(struct strbuf *out, struct quantity quantity)
{
    if (quantity.format == QUANTITY_BINARY && print_binary(out, quantity))
        return;
    round_up(&quantity, -9);
    for (; quantity.mantissa && quantity.mantissa % 10 == 0; quantity.scale++)
        quantity.mantissa /= 10;
    int scale = quantity.mantissa ? quantity.scale : 0;
    scale = scale > 18 ? 18 : scale - ((scale % 3) + 3) % 3;
    quantity.scale = quantity.mantissa ? quantity.scale : 0;
    if (!lower_scale(&quantity, scale))
        scale = quantity.scale;
    strbuf_addf(out, "%lld", quantity.mantissa);
    if (quantity.format == QUANTITY_EXPONENT && scale)
        strbuf_addf(out, "e%d", scale);
    for (size_t i = 0; quantity.format != QUANTITY_EXPONENT && i < DECIMAL_COUNT; i++) {
        if (decimal_suffixes[i].power == scale)
            strbuf_adds(out, decimal_suffixes[i].text);
    }
}

int api_quantity_compare(struct quantity a, struct quantity b)
{
    int sign = (a.mantissa > 0) - (a.mantissa < 0);
    int other = (b.mantissa > 0) - (b.mantissa < 0);
    if (sign != other || !sign)
        return sign - other;
    int scale = a.scale < b.scale ? a.scale : b.scale;
    if (!lower_scale(&a, scale))
        return sign;
    if (!lower_scale(&b, scale))
        return -sign;
    return (a.mantissa > b.mantissa) - (a.mantissa < b.mantissa);
}
