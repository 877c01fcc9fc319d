/* strbuf.h - a growing string with a mandatory maximum.
 *
 * Appends past the maximum set a sticky flag and change nothing more, so that a chain
 * of appends is checked once, at its end. The text is always terminated and never NULL.
 */
#ifndef BERTH_BASE_STRBUF_H
#define BERTH_BASE_STRBUF_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

struct strbuf {
    char *text; /* terminated; owned */
    size_t len; /* without the terminator */
    size_t cap;
    size_t max; /* bytes, without the terminator */
    bool overflow;
};

void strbuf_init(struct strbuf *buf, size_t max);
void strbuf_fini(struct strbuf *buf);  /* frees; a zeroed buffer is allowed */
void strbuf_reset(struct strbuf *buf); /* empties, keeps the memory, clears overflow */

void strbuf_add(struct strbuf *buf, const char *bytes, size_t len);
void strbuf_adds(struct strbuf *buf, const char *text);
void strbuf_addc(struct strbuf *buf, char c);
void strbuf_addf(struct strbuf *buf, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void strbuf_addv(struct strbuf *buf, const char *format, va_list args)
    __attribute__((format(printf, 2, 0)));

/* Appends `text` as a JSON string literal with its quotes. Invalid UTF-8 bytes become
 * U+FFFD, control characters are escaped. */
void strbuf_add_json(struct strbuf *buf, const char *text, size_t len);

/* Appends `text` percent-encoded for one URL path segment or query value (RFC 3986). */
void strbuf_add_url(struct strbuf *buf, const char *text);

/* Removes `len` bytes from the front. */
void strbuf_consume(struct strbuf *buf, size_t len);

/* Hands the text to the caller, who frees it, and leaves the buffer empty. */
char *strbuf_detach(struct strbuf *buf);

#endif
