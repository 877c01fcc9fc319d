/* The table of keys in README.md says what the table of keys in the code says. */
#include "controller/config/config.h"
#include "kubeclient/base/alloc.h"
#include "test/support/check_main.h"

#include <stdio.h>

enum { DOCUMENT_MAX = 256 * 1024, CELLS = 5, CELL_MAX = 1024 };

static char *document;
static struct arena *arena;

static void setup(void)
{
    arena = arena_new();
    document = xcalloc(1, DOCUMENT_MAX);
    FILE *file = fopen(TEST_SOURCE_DIR "/README.md", "r");
    ck_assert_ptr_nonnull(file);
    ck_assert_uint_lt(fread(document, 1, DOCUMENT_MAX - 1, file), DOCUMENT_MAX - 1);
    fclose(file);
}

static void teardown(void)
{
    free(document);
    arena_free(&arena);
}

static const char *path_of(const struct config_key *key)
{
    return arena_printf(arena, "%s%s%s", key->section, key->section[0] ? "." : "",
                        key->name);
}

/* The cells of the key's row, without the spaces around them. */
static void read_row(const struct config_key *key, char cells[CELLS][CELL_MAX])
{
    const char *head = arena_printf(arena, "\n| `%s` |", path_of(key));
    const char *row = strstr(document, head);
    ck_assert_msg(row != NULL, "%s has no row", path_of(key));
    ck_assert_msg(!strstr(row + 1, head), "%s has two rows", path_of(key));
    row += 2;
    for (size_t i = 0; i < CELLS; i++) {
        size_t len = strcspn(row, "|\n");
        ck_assert_msg(row[len] == '|' && len < CELL_MAX, "%s: cell %zu", path_of(key),
                      i);
        const char *next = row + len + 1;
        while (len > 0 && *row == ' ')
            row++, len--;
        while (len > 0 && row[len - 1] == ' ')
            len--;
        memcpy(cells[i], row, len);
        cells[i][len] = '\0';
        row = next;
    }
}

static bool has_plain_default(const struct config_key *key)
{
    return key->type != CONFIG_LIST && key->type != CONFIG_GATES &&
           key->type != CONFIG_QUANTITIES && key->type != CONFIG_PROVIDERS;
}

START_TEST(every_key_has_its_row)
{
    char cells[CELLS][CELL_MAX];
    for (const struct config_key *key = config_keys; key->name; key++) {
        const char *path = path_of(key);
        read_row(key, cells);
        ck_assert_msg(cells[4][0] != '\0', "%s does nothing", path);
        ck_assert_msg(strcmp(cells[3], key->live ? "yes" : "no") == 0, "%s: live",
                      path);
        const char *flag = key->flag ? arena_printf(arena, "`--%s`", key->flag) : "";
        ck_assert_msg(strcmp(cells[2], flag) == 0, "%s: flag", path);
        const char *plain = arena_printf(arena, "`%s`", key->fallback);
        const char *quoted = arena_printf(arena, "`\"%s\"`", key->fallback);
        ck_assert_msg(!has_plain_default(key) || strcmp(cells[1], plain) == 0 ||
                          strcmp(cells[1], quoted) == 0,
                      "%s: default %s", path, cells[1]);
    }
}
END_TEST

START_TEST(every_row_has_its_key)
{
    const char *row = strstr(document, "\n| key | default | flag | live |");
    size_t rows = 0, keys = 0;
    ck_assert_ptr_nonnull(row);
    for (row = strchr(row + 1, '\n'); row[1] == '|'; row = strchr(row + 1, '\n'))
        rows++;
    while (config_keys[keys].name)
        keys++;
    ck_assert_uint_eq(rows - 1, keys); /* and the line below the head */
}
END_TEST

static const char *any_value(const char *name)
{
    return name;
}

START_TEST(every_variable_is_told)
{
    struct config_flag flags[CONFIG_VARIABLES_MAX];
    size_t count = config_from_environment(arena, any_value, flags);
    char cells[CELLS][CELL_MAX];
    for (size_t i = 0; i < count; i++) {
        const char *name = arena_printf(arena, "`%s`", flags[i].variable);
        read_row(flags[i].key, cells);
        ck_assert_msg(strstr(cells[4], name) || flags[i].key->type == CONFIG_GATES,
                      "%s is not in the row of %s", name, path_of(flags[i].key));
        ck_assert_msg(strstr(document, name) != NULL, "%s", name);
    }
}
END_TEST

START_TEST(every_gate_has_its_row)
{
    for (size_t i = 0; i < FEATURE_COUNT; i++) {
        const struct feature_info *gate = &feature_table[i];
        const char *row = arena_printf(arena, "\n| `%s` | %s | %s |", gate->name,
                                       gate->stage, gate->on_by_default ? "on" : "off");
        ck_assert_msg(strstr(document, row) != NULL, "%s", gate->name);
    }
}
END_TEST

CHECK_MAIN("config_docs", setup, teardown, every_key_has_its_row, every_row_has_its_key,
           every_variable_is_told, every_gate_has_its_row)
