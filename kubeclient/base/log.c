#include "kubeclient/base/log.h"

#include "kubeclient/base/ascii.h"

#include <string.h>

static const size_t VALUE_MAX = 2048; /* bytes of one field; more is cut */

static const char *const LEVELS[] = {
    [LOG_DEBUG] = "debug",
    [LOG_INFO] = "info",
    [LOG_WARN] = "warn",
    [LOG_ERROR] = "error",
};

void log_emit(const struct log *log, enum log_level level, const char *msg,
              const struct log_field *fields, size_t count)
{
    if (log->write && level >= log->level)
        log->write(log->ctx, level, msg, fields, count);
}

/* Seconds with milliseconds, as a JSON number: what log collectors take for a time. */
static void add_time(struct strbuf *out, int64_t unix_ms)
{
    strbuf_addf(out, "%lld.%03lld", (long long)(unix_ms / 1000),
                (long long)(unix_ms % 1000));
}

static void add_quoted(struct strbuf *out, const char *text)
{
    size_t len = strlen(text);
    strbuf_add_json(out, text, len > VALUE_MAX ? VALUE_MAX : len);
}

/* For people: bare where a word is unmistakable. */
static void add_word(struct strbuf *out, const char *text)
{
    if (text[0] && strlen(text) < VALUE_MAX && !strpbrk(text, " \t\r\n\"\\="))
        strbuf_adds(out, text);
    else
        add_quoted(out, text);
}

static void add_json_line(struct strbuf *out, const struct log_entry *entry)
{
    strbuf_adds(out, "{\"ts\":");
    add_time(out, entry->unix_ms);
    strbuf_addf(out, ",\"level\":\"%s\",\"msg\":", LEVELS[entry->level]);
    add_quoted(out, entry->msg);
    for (size_t i = 0; i < entry->count; i++) {
        const struct log_field *field = &entry->fields[i];
        strbuf_addc(out, ',');
        add_quoted(out, field->name);
        strbuf_addc(out, ':');
        if (field->text)
            add_quoted(out, field->text);
        else
            strbuf_addf(out, "%lld", (long long)field->number);
    }
    strbuf_adds(out, "}\n");
}

static void add_text_line(struct strbuf *out, const struct log_entry *entry)
{
    add_time(out, entry->unix_ms);
    strbuf_addf(out, " %-5s %s", LEVELS[entry->level], entry->msg);
    for (size_t i = 0; i < entry->count; i++) {
        const struct log_field *field = &entry->fields[i];
        strbuf_addf(out, " %s=", field->name);
        if (field->text)
            add_word(out, field->text);
        else
            strbuf_addf(out, "%lld", (long long)field->number);
    }
    strbuf_addc(out, '\n');
}

void log_format_line(struct strbuf *out, enum log_format format,
                     const struct log_entry *entry)
{
    if (format == LOG_JSON)
        add_json_line(out, entry);
    else
        add_text_line(out, entry);
}

bool log_parse_level(const char *text, enum log_level *level)
{
    for (size_t i = 0; i < sizeof LEVELS / sizeof *LEVELS; i++) {
        if (strcmp(LEVELS[i], text) == 0) {
            *level = (enum log_level)i;
            return true;
        }
    }
    return false;
}

const char *log_level_name(enum log_level level)
{
    return LEVELS[level];
}
