/* builtin_notation.h - splits the table's text (builtin_table.h) into types and fields.
 *
 * Says what is written, not what it means: builtin_types.c makes schemas of it. The
 * table is part of the program, so a fault in it is a bug and asserted. Pure.
 */
#ifndef BERTH_APISERVER_BUILTIN_NOTATION_H
#define BERTH_APISERVER_BUILTIN_NOTATION_H

#include "kubeclient/base/arena.h"

#include <stdbool.h>
#include <stddef.h>

struct notation_type {
    const char *name;
    bool atomic; /* `*` */
    bool kind;   /* `@` */
};

struct notation_field {
    const char *name;
    bool required;        /* `!` */
    bool keep_empty;      /* `?` */
    const char *shape;    /* "[name]:EnvVar", "{}", ":int"; "" for a string */
    const char *strategy; /* after `~`; NULL: none given */
    const char *fallback; /* after `=`; NULL: none given, "" is an empty string */
};

/* Reads the head of a type from its first line; texts live in the arena. */
struct notation_type notation_head(struct arena *arena, const char *line);

/* The fields of the type whose head is `lines[0]`; `*count` of them. */
struct notation_field *notation_fields(struct arena *arena, const char *const *lines,
                                       size_t *count);

/* The line of the next type; NULL: that was the last. */
const char *const *notation_next(const char *const *lines);

#endif
