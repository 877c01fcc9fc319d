/* selectable.h - the fields that field selectors may name, kind by kind. Pure. */
#ifndef BERTH_APISERVER_SELECTABLE_H
#define BERTH_APISERVER_SELECTABLE_H

#include "test/apiserver/server/call.h"

/* The path of a field in the stored text, NULL-terminated; NULL: it cannot be selected
 * by. Custom resources name theirs in selectableFields. */
const char *const *selectable_path(struct arena *arena, const struct resource_def *def,
                                   const char *field);

/* 400 for a field that cannot be; false. */
bool selectable_refuse(struct call *call, const char *field);

#endif
