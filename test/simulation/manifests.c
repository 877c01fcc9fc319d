#include "test/simulation/manifests.h"

#include "kubeclient/base/yaml.h"

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FILE_MAX = 512 * 1024 };

static cJSON *objects;

static void die(const char *path, const char *why)
{
    fprintf(stderr, "%s: %s\n", path, why);
    exit(EXIT_FAILURE);
}

static void read_file(const char *path, cJSON *into, cJSON *namespaces)
{
    struct strbuf text;
    struct err err;
    char chunk[4096];
    size_t got;
    strbuf_init(&text, FILE_MAX);
    FILE *file = fopen(path, "r");
    if (!file)
        die(path, "cannot be read");
    while ((got = fread(chunk, 1, sizeof chunk, file)) > 0)
        strbuf_add(&text, chunk, got);
    fclose(file);
    struct yaml_doc *doc = yaml_parse(path, text.text, text.len, &err);
    if (!doc)
        die(path, err.msg);
    for (size_t i = 0; i < yaml_count(doc); i++) {
        cJSON *object = yaml_detach(doc, i);
        bool first = strcmp(json_str_or(object, "", "kind"), "Namespace") == 0;
        json_push(first ? namespaces : into, object);
    }
    yaml_close(&doc);
    strbuf_fini(&text);
}

static void read_folder(const char *pattern, cJSON *into, cJSON *namespaces)
{
    glob_t files;
    if (glob(pattern, 0, NULL, &files) != 0)
        die(pattern, "no such files");
    for (size_t i = 0; i < files.gl_pathc; i++)
        read_file(files.gl_pathv[i], into, namespaces);
    globfree(&files);
}

const cJSON *manifests(void)
{
    if (objects)
        return objects;
    cJSON *rest = json_array();
    objects = json_array();
    read_folder(TEST_SOURCE_DIR "/manifests/crds/*.yaml", rest, objects);
    read_folder(TEST_SOURCE_DIR "/manifests/rbac/*.yaml", rest, objects);
    while (rest->child)
        json_push(objects, json_take(rest, rest->child));
    json_free(rest);
    return objects;
}

void manifests_free(void)
{
    json_free(objects);
    objects = NULL;
}
