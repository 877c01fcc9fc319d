#include "test/apiserver/server/options.h"
#include "test/apiserver/server/verbs.h"
#include "test/apiserver/server/write.h"

bool verb_create(struct call *call)
{
    cJSON *object;
    return options_check(call) && write_decode(call, &object) &&
           write_create(call, object, WRITE_UPDATE);
}
