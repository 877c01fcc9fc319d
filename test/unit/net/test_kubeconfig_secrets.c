/* No secret of a kubeconfig stays in memory that was given back.
 *
 * explicit_bzero() is replaced by one that notes what it overwrites, and cJSON's
 * allocator by one that looks at what it frees.
 */
#include "kubeclient/base/alloc.h"
#include "kubeclient/base/strbuf.h"
#include "kubeclient/net/kubeconfig.h"
#include "test/support/check_main.h"

#include <cjson/cJSON.h>
#include <malloc.h>

static const char TEXT[] =
    "current-context: dev\n"
    "contexts: [{name: dev, context: {cluster: c, user: me}},\n"
    "           {name: run, context: {cluster: c, user: it}}]\n"
    "clusters: [{name: c, cluster: {server: 'https://c', proxy-url: "
    "'http://s3cr3t-proxy'}}]\n"
    "users:\n"
    "- name: me\n"
    "  user: {username: s3cr3t-name, password: s3cr3t-password,\n"
    "         client-certificate: c, client-key-data: czNjcjN0LWtleQ==}\n"
    "- name: it\n"
    "  user: {exec: {apiVersion: client.authentication.k8s.io/v1beta1, command: x,\n"
    "         args: [s3cr3t-argument], env: [{name: A, value: s3cr3t-value}]}}\n"
    "- {name: other, user: {token: s3cr3t-token}}\n";

static struct strbuf wiped;
static bool leaked;

void explicit_bzero(void *bytes, size_t len)
{
    strbuf_addc(&wiped, '[');
    strbuf_add(&wiped, bytes, len);
    strbuf_addc(&wiped, ']');
    memset(bytes, 0, len);
    __asm__ volatile("" : : "r"(bytes) : "memory");
}

static void *allocate(size_t size)
{
    return xcalloc(1, size); /* or a freed block's old content would be looked at */
}

static void look_and_free(void *block)
{
    size_t size = block ? malloc_usable_size(block) : 0;
    leaked = leaked || (block && memmem(block, size, "s3cr3t", 6)) ||
             (block && memmem(block, size, "czNjcjN0", 8));
    free(block);
}

static void setup(void)
{
    cJSON_Hooks hooks = {.malloc_fn = allocate, .free_fn = look_and_free};
    cJSON_InitHooks(&hooks);
    strbuf_init(&wiped, 64 * 1024);
    leaked = false;
}

static void teardown(void)
{
    cJSON_InitHooks(NULL);
    strbuf_fini(&wiped);
}

static struct kube_config load(const char *context)
{
    struct kube_config config;
    struct err err;
    struct kubeconfig *kubeconfig = kubeconfig_new();
    ck_assert(kubeconfig_add(kubeconfig, "f", TEXT, strlen(TEXT), &err));
    ck_assert_msg(kubeconfig_resolve(kubeconfig, context, &config, &err), "%s",
                  err.msg);
    kubeconfig_free(&kubeconfig);
    return config;
}

START_TEST(the_tree_of_a_file_is_wiped)
{
    struct kube_config config = load("dev");
    ck_assert(!leaked);
    ck_assert_ptr_nonnull(strstr(wiped.text, "[s3cr3t-token]"));
    kube_config_fini(&config);
}
END_TEST

START_TEST(a_configuration_is_wiped)
{
    static const char *const SECRETS[] = {"[http://s3cr3t-proxy]", "[s3cr3t-name]",
                                          "[s3cr3t-password]",     "[s3cr3t-key]",
                                          "[s3cr3t-argument]",     "[A=s3cr3t-value]"};
    struct kube_config password = load("dev"), plug_in = load("run");
    strbuf_reset(&wiped);
    kube_config_fini(&password);
    kube_config_fini(&plug_in);
    for (size_t i = 0; i < sizeof SECRETS / sizeof *SECRETS; i++)
        ck_assert_msg(strstr(wiped.text, SECRETS[i]), "not wiped: %s", SECRETS[i]);
}
END_TEST

/* A refused text leaves as little behind. */
START_TEST(a_failure_is_wiped)
{
    static const char BAD[] =
        "current-context: dev\n"
        "contexts: [{name: dev, context: {cluster: c, user: me}}]\n"
        "clusters: [{name: c, cluster: {server: 'https://c'}}]\n"
        "users: [{name: me, user: {token: s3cr3t-token, as: you, password: p}}]\n";
    struct kube_config config;
    struct err err;
    struct kubeconfig *kubeconfig = kubeconfig_new();
    ck_assert(kubeconfig_add(kubeconfig, "f", BAD, strlen(BAD), &err));
    ck_assert(!kubeconfig_resolve(kubeconfig, NULL, &config, &err));
    kubeconfig_free(&kubeconfig);
    ck_assert(!leaked);
}
END_TEST

CHECK_MAIN("kubeconfig secrets", setup, teardown, the_tree_of_a_file_is_wiped,
           a_configuration_is_wiped, a_failure_is_wiped)
