#include "test/apiserver/server/verbs.h"
#include "test/apiserver/server/write.h"

bool verb_create(struct call *call)
{
    cJSON *object;
    return write_decode(call, &object) && write_create(call, object, WRITE_UPDATE);
}
