#include "test/apiserver/schema/schema_path.h"

void schema_path_print(struct strbuf *out, const struct schema_path *path)
{
    if (!path || !path->parent)
        return;
    schema_path_print(out, path->parent);
    if (!path->name)
        strbuf_addf(out, "[%d]", path->index);
    else if (path->bracket)
        strbuf_addf(out, "[%s]", path->name);
    else
        strbuf_addf(out, "%s%s", out->len ? "." : "", path->name);
}
