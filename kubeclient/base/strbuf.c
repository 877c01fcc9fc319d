#include "kubeclient/base/strbuf.h"

#include "kubeclient/base/alloc.h"

#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* What an empty buffer points at, so that its text is never NULL. Never written: every
 * append makes room first. */
static char empty[1] = "";

void strbuf_init(struct strbuf *buf, size_t max)
{
    *buf = (struct strbuf){.text = empty, .max = max};
}

void strbuf_fini(struct strbuf *buf)
{
    if (buf->cap)
        free(buf->text);
    *buf = (struct strbuf){.text = empty, .max = buf->max};
}

void strbuf_reset(struct strbuf *buf)
{
    buf->len = 0;
    buf->overflow = false;
    if (buf->cap)
        buf->text[0] = '\0';
}

/* Room for `more` bytes and the terminator; false: past the maximum. */
static bool make_room(struct strbuf *buf, size_t more)
{
    if (buf->overflow || more > buf->max - buf->len) {
        buf->overflow = true;
        return false;
    }
    size_t wanted = buf->len + more + 1;
    if (wanted <= buf->cap)
        return true;
    size_t cap = buf->cap ? buf->cap * 2 : 64;
    while (cap < wanted)
        cap *= 2;
    if (cap > buf->max + 1)
        cap = buf->max + 1;
    buf->text = xreallocarray(buf->cap ? buf->text : NULL, cap, 1);
    buf->cap = cap;
    return true;
}

void strbuf_add(struct strbuf *buf, const char *bytes, size_t len)
{
    if (len == 0 || !make_room(buf, len))
        return;
    memcpy(buf->text + buf->len, bytes, len);
    buf->len += len;
    buf->text[buf->len] = '\0';
}

void strbuf_adds(struct strbuf *buf, const char *text)
{
    strbuf_add(buf, text, strlen(text));
}

void strbuf_addc(struct strbuf *buf, char c)
{
    strbuf_add(buf, &c, 1);
}

void strbuf_addv(struct strbuf *buf, const char *format, va_list args)
{
    va_list again;
    va_copy(again, args);
    int len = vsnprintf(NULL, 0, format, args);
    assert(len >= 0);
    if (make_room(buf, (size_t)len)) {
        vsnprintf(buf->text + buf->len, (size_t)len + 1, format, again);
        buf->len += (size_t)len;
    }
    va_end(again);
}

void strbuf_addf(struct strbuf *buf, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    strbuf_addv(buf, format, args);
    va_end(args);
}

/* The length of the valid UTF-8 character at `text` (RFC 3629), or 0. */
static size_t utf8_len(const unsigned char *text, size_t left)
{
    unsigned char first = text[0];
    size_t len = first < 0x80   ? 1
                 : first < 0xC2 ? 0
                 : first < 0xE0 ? 2
                 : first < 0xF0 ? 3
                 : first < 0xF5 ? 4
                                : 0;
    if (len == 0 || len > left)
        return 0;
    for (size_t i = 1; i < len; i++) {
        if ((text[i] & 0xC0) != 0x80)
            return 0;
    }
    if ((first == 0xE0 && text[1] < 0xA0) || (first == 0xED && text[1] > 0x9F) ||
        (first == 0xF0 && text[1] < 0x90) || (first == 0xF4 && text[1] > 0x8F))
        return 0;
    return len;
}

/* Bytes that stand for themselves in a JSON string. */
static bool plain(unsigned char c)
{
    return c >= 0x20 && c < 0x80 && c != '"' && c != '\\';
}

static size_t add_special(struct strbuf *buf, const unsigned char *at, size_t left)
{
    static const char SHORT[] = "btn_fr";
    unsigned char c = *at;
    size_t len = utf8_len(at, left);
    if (c == '"' || c == '\\') {
        char escape[2] = {'\\', (char)c};
        strbuf_add(buf, escape, 2);
    } else if (c >= '\b' && c <= '\r' && c != '\v') {
        char escape[2] = {'\\', SHORT[c - '\b']};
        strbuf_add(buf, escape, 2);
    } else if (c < 0x20)
        strbuf_addf(buf, "\\u%04x", c);
    else if (len == 0)
        strbuf_adds(buf, "\xEF\xBF\xBD");
    else
        strbuf_add(buf, (const char *)at, len);
    return len ? len : 1;
}

void strbuf_add_json(struct strbuf *buf, const char *text, size_t len)
{
    const unsigned char *at = (const unsigned char *)text;
    const unsigned char *end = at + len;
    strbuf_addc(buf, '"');
    while (at < end) {
        const unsigned char *start = at;
        while (at < end && plain(*at))
            at++;
        strbuf_add(buf, (const char *)start, (size_t)(at - start));
        if (at < end)
            at += add_special(buf, at, (size_t)(end - at));
    }
    strbuf_addc(buf, '"');
}

void strbuf_add_url(struct strbuf *buf, const char *text)
{
    static const char HEX[] = "0123456789ABCDEF";
    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;
        bool unreserved = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                          (c >= '0' && c <= '9') || (c && strchr("-._~", c));
        char escape[3] = {'%', HEX[c >> 4], HEX[c & 15]};
        if (unreserved)
            strbuf_add(buf, text, 1);
        else
            strbuf_add(buf, escape, 3);
    }
}

void strbuf_consume(struct strbuf *buf, size_t len)
{
    assert(len <= buf->len);
    if (len == 0)
        return;
    buf->len -= len;
    memmove(buf->text, buf->text + len, buf->len + 1);
}

char *strbuf_detach(struct strbuf *buf)
{
    char *text = buf->cap ? buf->text : xstrdup("");
    size_t max = buf->max;
    strbuf_init(buf, max);
    return text;
}
