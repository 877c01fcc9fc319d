/* fuzz_apiserver_protobuf.c - any bytes as a body in Kubernetes' protobuf encoding.
 *
 * Either nothing is decoded, or an object that names its kind and prints as JSON. Only
 * the envelope's magic number is given, which a fuzzer would take long to find.
 */
#include "kubeclient/base/alloc.h"
#include "test/apiserver/front/protobuf.h"
#include "test/fuzz/fuzz.h"

#include <assert.h>
#include <string.h>

static const char MAGIC[4] = "k8s";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    auto_free char *bytes = xmalloc(sizeof MAGIC + size);
    memcpy(bytes, MAGIC, sizeof MAGIC);
    if (size)
        memcpy(bytes + sizeof MAGIC, data, size);
    auto_json cJSON *object = protobuf_decode(bytes, sizeof MAGIC + size);
    if (!object)
        return 0;
    assert(json_str(object, "kind"));
    struct strbuf text;
    struct err err;
    strbuf_init(&text, 1024 * 1024 + 64 * size);
    json_print(&text, object);
    assert(!text.overflow);
    auto_json cJSON *again = json_parse(text.text, text.len, &err);
    assert(again);
    strbuf_fini(&text);
    return 0;
}
