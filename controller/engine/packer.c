#include "controller/engine/packer.h"

#include "kubeclient/base/alloc.h"

#include <assert.h>
#include <string.h>
#define ZLIB_CONST /* input is const */
#include <zlib.h>

/* Measured with projected Deployments (1.9 kB) and AgentRuntimes (0.9 kB): a window of
 * 8 KiB holds a dictionary of several objects of different shape. Half of it doubles
 * the packed size, twice of it costs time for nothing; level 6 gains a hundredth for
 * half as much time again, level 1 loses up to a tenth. */
enum {
    WINDOW_BITS = 13,
    MEMORY_LEVEL = 4,
    LEVEL = 3,
    /* deflate cannot refer to the last 262 bytes of its window (zlib, MIN_LOOKAHEAD).
     */
    DICTIONARY_SIZE = (1 << WINDOW_BITS) - 262,
    /* No single text fills the dictionary. */
    SAMPLE_MAX = DICTIONARY_SIZE / 3,
    ROOM_MIN = 8 * 1024,
    ROOM_KEEP = 64 * 1024, /* what one large text needed is given back */
    BLOCKS_MAX = 16,       /* deflate's state has five, twice; inflate's two */
    GENERATIONS_MAX = 4,   /* dictionaries: texts are read with the one they were
                              packed with, so none can go */
    WINDOW_TEXTS = 256,    /* of which the packed size is looked at together... */
    WORSE_PERCENT = 130,   /* ...and so much worse than it was means another shape */
};

/* The first byte of a packed text; deflated ones are FORM_DEFLATED plus the place of
 * their dictionary. */
enum form { FORM_PLAIN, FORM_DEFLATED };

struct dictionary {
    size_t learned; /* bytes; full: it is used, and fixed */
    unsigned char bytes[DICTIONARY_SIZE];
};

/* zlib allocates the same few blocks for each text; they are kept for the next one. */
struct blocks {
    struct {
        void *memory;
        size_t size;
        bool taken;
    } of[BLOCKS_MAX];
};

struct packer {
    struct blocks blocks;
    z_stream model; /* a deflater that holds the dictionary: copied for each text, which
                       takes half the time of hashing the dictionary again */
    z_stream inflate;
    /* Objects change their shape when they are worked on, all of them in the same way:
     * a later dictionary knows the new one. Only the last may be incomplete. */
    struct dictionary *dictionaries[GENERATIONS_MAX];
    size_t generations, complete;
    struct {
        size_t texts, plain, packed; /* since the window began, bytes */
        size_t best_permille;        /* of packed to plain; 0: no window ended yet */
    } window;
    unsigned char *room; /* what was unpacked last */
    size_t room_size;
};

static void *take_block(void *ctx, unsigned count, unsigned size)
{
    struct blocks *blocks = ctx;
    size_t bytes = (size_t)count * size;
    size_t i = 0;
    while (blocks->of[i].memory &&
           (blocks->of[i].taken || blocks->of[i].size != bytes)) {
        i++;
        assert(i < BLOCKS_MAX);
    }
    if (!blocks->of[i].memory)
        blocks->of[i].memory = xcalloc(1, bytes);
    blocks->of[i].size = bytes;
    blocks->of[i].taken = true;
    return blocks->of[i].memory;
}

static void give_block(void *ctx, void *memory)
{
    struct blocks *blocks = ctx;
    size_t i = 0;
    while (blocks->of[i].memory != memory)
        i++;
    blocks->of[i].taken = false;
}

static void begin_dictionary(struct packer *packer)
{
    packer->dictionaries[packer->generations++] = xcalloc(1, sizeof(struct dictionary));
}

struct packer *packer_new(void)
{
    struct packer *packer = xcalloc(1, sizeof(*packer));
    packer->model.zalloc = packer->inflate.zalloc = take_block;
    packer->model.zfree = packer->inflate.zfree = give_block;
    packer->model.opaque = packer->inflate.opaque = &packer->blocks;
    /* Negative bits: raw deflate, without header and checksum. Fails on lack of memory
     * only. */
    int deflated = deflateInit2(&packer->model, LEVEL, Z_DEFLATED, -WINDOW_BITS,
                                MEMORY_LEVEL, Z_DEFAULT_STRATEGY);
    int inflated = inflateInit2(&packer->inflate, -WINDOW_BITS);
    assert(deflated == Z_OK && inflated == Z_OK);
    begin_dictionary(packer);
    return packer;
}

void packer_free(struct packer **packer)
{
    if (!*packer)
        return;
    deflateEnd(&(*packer)->model);
    inflateEnd(&(*packer)->inflate);
    for (size_t i = 0; i < BLOCKS_MAX; i++)
        free((*packer)->blocks.of[i].memory);
    for (size_t i = 0; i < (*packer)->generations; i++)
        free((*packer)->dictionaries[i]);
    free((*packer)->room);
    free(*packer);
    *packer = NULL;
}

/* From now on texts are packed with the dictionary that has become full. */
static void use_dictionary(struct packer *packer)
{
    const struct dictionary *dictionary = packer->dictionaries[packer->complete++];
    int reset = deflateReset(&packer->model);
    int result =
        deflateSetDictionary(&packer->model, dictionary->bytes, DICTIONARY_SIZE);
    assert(reset == Z_OK && result == Z_OK);
    memset(&packer->window, 0, sizeof packer->window);
}

static void learn(struct packer *packer, const char *text, size_t len)
{
    if (packer->complete == packer->generations)
        return;
    struct dictionary *dictionary = packer->dictionaries[packer->complete];
    size_t left = DICTIONARY_SIZE - dictionary->learned;
    if (len > SAMPLE_MAX)
        len = SAMPLE_MAX;
    if (len > left)
        len = left;
    memcpy(dictionary->bytes + dictionary->learned, text, len);
    dictionary->learned += len;
    if (dictionary->learned == DICTIONARY_SIZE)
        use_dictionary(packer);
}

/* Notices when texts have become of another shape than the dictionary. */
static void weigh(struct packer *packer, size_t plain, size_t packed)
{
    packer->window.plain += plain;
    packer->window.packed += packed;
    if (++packer->window.texts < WINDOW_TEXTS)
        return;
    size_t best = packer->window.best_permille;
    size_t permille = packer->window.packed * 1000 / (packer->window.plain + 1) + 1;
    if (best && permille * 100 > best * WORSE_PERCENT &&
        packer->generations < GENERATIONS_MAX &&
        packer->complete == packer->generations)
        begin_dictionary(packer);
    packer->window.best_permille = best && best < permille ? best : permille;
    packer->window.texts = packer->window.plain = packer->window.packed = 0;
}

static void add_plain(struct strbuf *out, const char *text, size_t len)
{
    strbuf_addc(out, FORM_PLAIN);
    strbuf_add(out, text, len);
}

/* True when the deflated form was appended: it is shorter than the text. */
static bool add_deflated(struct packer *packer, const char *text, size_t len,
                         struct strbuf *out)
{
    z_stream z;
    auto_free unsigned char *packed = xcalloc(1, len);
    int result = deflateCopy(&z, &packer->model);
    assert(result == Z_OK); /* else memory ran out */
    z.next_in = (const Bytef *)text;
    z.avail_in = (uInt)len;
    z.next_out = packed;
    z.avail_out = (uInt)len;
    result = deflate(&z, Z_FINISH);
    deflateEnd(&z);
    if (result != Z_STREAM_END)
        return false;
    strbuf_addc(out, (char)(FORM_DEFLATED + packer->complete - 1));
    strbuf_add(out, (const char *)packed, len - z.avail_out);
    return true;
}

void packer_pack(struct packer *packer, const char *text, size_t len,
                 struct strbuf *out)
{
    size_t before = out->len;
    bool usable = packer->complete > 0 && len > 0;
    if (usable && add_deflated(packer, text, len, out))
        weigh(packer, len, out->len - before);
    else
        add_plain(out, text, len);
    learn(packer, text, len);
}

static unsigned char *unpack_room(struct packer *packer, size_t size)
{
    if (packer->room_size < size || packer->room_size > ROOM_KEEP) {
        free(packer->room);
        packer->room_size = size > ROOM_MIN ? size : ROOM_MIN;
        packer->room = xcalloc(1, packer->room_size);
    }
    return packer->room;
}

const char *packer_unpack(struct packer *packer, const char *packed, size_t packed_len,
                          size_t text_len)
{
    assert(packed_len > 0);
    if (packed[0] == FORM_PLAIN) {
        assert(packed_len - 1 == text_len);
        return packed + 1;
    }
    z_stream *z = &packer->inflate;
    int result = inflateReset(z);
    assert(result == Z_OK);
    size_t place = (size_t)(packed[0] - FORM_DEFLATED);
    assert(place < packer->complete);
    result =
        inflateSetDictionary(z, packer->dictionaries[place]->bytes, DICTIONARY_SIZE);
    assert(result == Z_OK);
    z->next_in = (const Bytef *)(packed + 1);
    z->avail_in = (uInt)(packed_len - 1);
    z->next_out = unpack_room(packer, text_len);
    z->avail_out = (uInt)text_len;
    result = inflate(z, Z_FINISH);
    assert(result == Z_STREAM_END && z->avail_out == 0);
    return (const char *)packer->room;
}

size_t packer_overhead(const struct packer *packer)
{
    /* zlib's zconf.h, "The memory requirements", with what inflate's tables add. */
    size_t deflating = (1u << (WINDOW_BITS + 2)) + (1u << (MEMORY_LEVEL + 9));
    size_t inflating = (1u << WINDOW_BITS) + 7 * 1024;
    return sizeof(*packer) + packer->generations * sizeof(struct dictionary) +
           packer->room_size + deflating + inflating;
}
