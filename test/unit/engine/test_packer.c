#include "controller/engine/packer.h"
#include "test/support/check_main.h"

#include <stdio.h>

static struct packer *packer;
static struct strbuf packed;

static void setup(void)
{
    packer = packer_new();
    strbuf_init(&packed, 1 << 20);
}

static void teardown(void)
{
    packer_free(&packer);
    ck_assert_ptr_null(packer);
    strbuf_fini(&packed);
}

static void make_text(char *out, size_t size, int i)
{
    snprintf(out, size,
             "{\"metadata\":{\"uid\":\"%08x-aaaa-%04d\"},\"spec\":{\"replicas\":%d,"
             "\"template\":{\"spec\":{\"containers\":[{\"name\":\"agent\",\"image\":"
             "\"example/agent:%d\"}]}}}}",
             (unsigned)i * 2654435761u, i, i % 7, i);
}

START_TEST(gives_back_what_was_packed)
{
    enum { COUNT = 500 };
    struct {
        size_t at, len, text_len;
    } places[COUNT];
    char text[512];
    for (int i = 0; i < COUNT; i++) {
        make_text(text, sizeof(text), i);
        places[i].at = packed.len;
        packer_pack(packer, text, strlen(text), &packed);
        places[i].len = packed.len - places[i].at;
        places[i].text_len = strlen(text);
    }
    for (int i = COUNT - 1; i >= 0; i--) {
        make_text(text, sizeof(text), i);
        const char *back = packer_unpack(packer, packed.text + places[i].at,
                                         places[i].len, places[i].text_len);
        ck_assert_mem_eq(back, text, places[i].text_len);
    }
    /* The later ones lean on the dictionary. */
    ck_assert_uint_lt(places[COUNT - 1].len * 3, places[COUNT - 1].text_len);
}
END_TEST

static void make_other_text(char *out, size_t size, int i)
{
    snprintf(out, size,
             "{\"status\":{\"conditions\":[{\"type\":\"Ready\",\"status\":\"True\","
             "\"reason\":\"Configured\",\"message\":\"hash %08x is applied\","
             "\"lastTransitionTime\":\"2026-01-02T03:04:05Z\"}],\"phase\":\"Active\","
             "\"observedGeneration\":%d,\"configuredPods\":%d}}",
             (unsigned)i * 2654435761u, i, i % 5);
}

static size_t pack_other(int i, size_t *text_len)
{
    char text[512];
    make_other_text(text, sizeof(text), i);
    size_t before = packed.len;
    packer_pack(packer, text, strlen(text), &packed);
    *text_len = strlen(text);
    return packed.len - before;
}

START_TEST(learns_another_shape)
{
    enum { COUNT = 2000 };
    static struct {
        size_t at, len, text_len;
    } places[COUNT];
    char text[512];
    for (int i = 0; i < 600; i++) {
        make_text(text, sizeof(text), i);
        packer_pack(packer, text, strlen(text), &packed);
    }
    size_t overhead = packer_overhead(packer);
    for (int i = 0; i < COUNT; i++) {
        places[i].at = packed.len;
        places[i].len = pack_other(i, &places[i].text_len);
    }
    ck_assert_uint_lt(places[COUNT - 1].len * 2, places[0].len);
    ck_assert_uint_gt(packer_overhead(packer), overhead);
    for (int i = 0; i < COUNT; i++) {
        make_other_text(text, sizeof(text), i);
        const char *back = packer_unpack(packer, packed.text + places[i].at,
                                         places[i].len, places[i].text_len);
        ck_assert_mem_eq(back, text, places[i].text_len);
    }
}
END_TEST

START_TEST(takes_any_bytes)
{
    static char noise[100000];
    uint64_t random = 1;
    for (size_t i = 0; i < sizeof(noise); i++) {
        random = random * 6364136223846793005u + 1442695040888963407u;
        noise[i] = (char)(random >> 56);
    }
    static const size_t SIZES[] = {0, 1, 2, 100, 9000, 9000, 9000, 9000, 0, 1, 100000};
    for (size_t i = 0; i < sizeof(SIZES) / sizeof(*SIZES); i++) {
        strbuf_reset(&packed);
        packer_pack(packer, noise, SIZES[i], &packed);
        ck_assert_uint_le(packed.len, SIZES[i] + 1);
        const char *back = packer_unpack(packer, packed.text, packed.len, SIZES[i]);
        ck_assert(SIZES[i] == 0 || memcmp(back, noise, SIZES[i]) == 0);
    }
}
END_TEST

START_TEST(tells_its_size)
{
    ck_assert_uint_gt(packer_overhead(packer), 16 * 1024);
    ck_assert_uint_lt(packer_overhead(packer), 128 * 1024);
}
END_TEST

CHECK_MAIN("packer", setup, teardown, gives_back_what_was_packed, learns_another_shape,
           takes_any_bytes, tells_its_size)
