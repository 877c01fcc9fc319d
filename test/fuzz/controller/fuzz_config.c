/* fuzz_config.c - any text as the configuration document, any texts as flags.
 *
 * After a form feed in the input each line is a flag, "name=text". Either a message
 * names the place, or every value is one that the table allows, and the same input
 * gives the same configuration.
 */
#include "controller/config/config.h"
#include "kubeclient/base/alloc.h"
#include "test/fuzz/fuzz.h"

#include <assert.h>
#include <string.h>

#define FLAGS_MAX 8

struct input {
    const char *text;
    size_t len;
    struct config_flag flags[FLAGS_MAX];
    size_t count;
};

/* Reads flags from lines, which it cuts apart; unknown ones never get this far. */
static void read_flags(struct input *input, char *lines)
{
    char *line;
    while ((line = strsep(&lines, "\n")) && input->count < FLAGS_MAX) {
        const char *name = strsep(&line, "=");
        const struct config_key *key = config_key_by_flag(name);
        if (key && line)
            input->flags[input->count++] = (struct config_flag){key, line, NULL};
    }
}

static void check_list(const char *const *list)
{
    for (size_t i = 0; list[i]; i++)
        assert(list[i][0]);
}

static void check_values(const struct config *config)
{
    assert(config->max_reconciles >= 1 && config->max_reconciles <= 1000);
    assert(config->log_format == LOG_JSON || config->log_format == LOG_TEXT);
    assert(config->metrics_bind_address && config->health_bind_address);
    assert(config->platform_config_map);
    check_list(config->watch_namespaces);
    check_list(config->take_over_from);
}

static void check_error(const struct err *err)
{
    assert(err->kind == ERR_INVALID);
    assert(strncmp(err->msg, "doc:", 4) == 0 || strncmp(err->msg, "--", 2) == 0);
}

static struct config *build(const struct input *input, struct err *err)
{
    return config_build("doc", input->text, input->len, input->flags, input->count,
                        err);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input input = {.text = (const char *)data, .len = size};
    struct err err;
    const uint8_t *feed = memchr(data, '\f', size);
    char *lines = NULL;
    if (feed) {
        input.len = (size_t)(feed - data);
        lines = xstrndup((const char *)feed + 1, size - input.len - 1);
        read_flags(&input, lines);
    }
    struct config *config = build(&input, &err);
    if (config) {
        struct config *again = build(&input, &err);
        check_values(config);
        for (const struct config_key *key = config_keys; key->name; key++)
            assert(config_key_equal(key, config, again));
        config_free(&again);
        config_free(&config);
    } else {
        check_error(&err);
    }
    free(lines);
    return 0;
}
