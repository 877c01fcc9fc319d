/* kubeconfig_entry.h - one named entry of a kubeconfig file and its typed fields.
 *
 * For kubeconfig*.c. An entry is borrowed from its file. As in Go, a field that is
 * null or empty counts as absent; one of another type is refused with its place.
 */
#ifndef BERTH_NET_KUBECONFIG_ENTRY_H
#define BERTH_NET_KUBECONFIG_ENTRY_H

#include "kubeclient/base/yaml.h"
#include "kubeclient/net/kube_config.h"

struct kubeconfig_file {
    char *path;
    struct yaml_doc *doc;
    cJSON *root; /* owned, apart from the document: to be wiped */
};

struct kubeconfig_entry {
    const struct kubeconfig_file *file;
    const char *kind; /* "cluster", "user", "context": for messages */
    const char *name;
    const cJSON *item;   /* {name, KIND: fields} */
    const cJSON *fields; /* NULL: not there */
    const char *prefix;  /* of field names in messages: "" or "exec." */
};

enum kubeconfig_type {
    KUBECONFIG_STRING,
    KUBECONFIG_PATH, /* a relative one starts at the file's folder */
    KUBECONFIG_DATA, /* base64 of a text */
    KUBECONFIG_BOOL,
};

/* A field and where it goes: a `char *`, owned, or a bool. */
struct kubeconfig_field {
    const char *name; /* NULL ends a table */
    enum kubeconfig_type type;
    size_t offset;
};

/* Sets err to "FILE:LINE:COLUMN: what", the place of `value`; returns false. */
bool kubeconfig_fail_at(const struct kubeconfig_file *file, const cJSON *value,
                        struct err *err, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* Sets err to "FILE:LINE:COLUMN: KIND "NAME": what" and returns false. The place is
 * that of `value`, or of the entry when it is NULL. */
bool kubeconfig_fail(const struct kubeconfig_entry *entry, const cJSON *value,
                     struct err *err, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* Reads the fields of a table into *target. On failure some are set. */
WARN_UNUSED bool kubeconfig_read(const struct kubeconfig_entry *entry,
                                 const struct kubeconfig_field *fields, void *target,
                                 struct err *err);

/* Reads the cluster that `entry` is: where it is, and how it is trusted. */
WARN_UNUSED bool kubeconfig_read_cluster(const struct kubeconfig_entry *entry,
                                         struct kube_config *config, struct err *err);

/* Reads what the cluster `entry` holds for its users' plug-in; `exec` may be NULL. */
WARN_UNUSED bool kubeconfig_read_extension(const struct kubeconfig_entry *entry,
                                           struct kube_exec_config *exec,
                                           struct err *err);

/* Reads the user that `entry` is: certificate, token, password or plug-in. */
WARN_UNUSED bool kubeconfig_read_user(const struct kubeconfig_entry *entry,
                                      struct kube_config *config, struct err *err);

/* `path` as it is meant in the file: owned by the caller. */
char *kubeconfig_path(const struct kubeconfig_file *file, const char *path);

/* True for what Go calls a zero value: absent, null, "", [], {}, false and 0. */
bool kubeconfig_empty(const cJSON *value);

#endif
