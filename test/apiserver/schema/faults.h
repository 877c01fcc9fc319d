/* faults.h - what is wrong with an object, gathered into one refusal.
 *
 * Validation names every fault, not only the first; the Status lists them as causes and
 * in its message, as the API server does. A `struct faults` lives on the stack between
 * faults_init() and faults_end(). Pure.
 */
#ifndef BERTH_APISERVER_FAULTS_H
#define BERTH_APISERVER_FAULTS_H

#include "kubeclient/base/json.h"
#include "test/apiserver/schema/schema_path.h"

struct faults {
    const cJSON *object; /* borrowed: names kind and object */
    size_t count;
    bool quiet;            /* count only: alternatives are being tried */
    cJSON *causes;         /* NULL: none */
    struct strbuf message; /* of all */
    char *undecodable;     /* the first that cannot even be read; NULL: none */
};

void faults_init(struct faults *faults, const cJSON *object);

/* `type` is that of a field error: "Required", "Invalid", "NotSupported", "Duplicate",
 * ...; the format makes all of the message after the path: "Required value". */
void faults_add(struct faults *faults, const char *type, const struct schema_path *path,
                const char *format, ...) __attribute__((format(printf, 4, 5)));

/* Like faults_add(), for faults that the API server ascribes to no field. */
void faults_add_nowhere(struct faults *faults, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Decoding would have failed: the answer is 400 with this alone. */
void faults_undecodable(struct faults *faults, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Frees; true: there was none. Else `*refusal` is set. */
WARN_UNUSED bool faults_end(struct faults *faults, cJSON **refusal);

#endif
