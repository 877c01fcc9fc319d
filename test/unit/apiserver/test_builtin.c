#include "test/apiserver/schema/builtin.h"
#include "test/support/check_main.h"

static struct builtin_types *types;

static void setup(void)
{
    types = builtin_types_new();
}

static void teardown(void)
{
    builtin_types_free(&types);
    ck_assert_ptr_null(types);
}

static const struct schema *find(const struct schema *schema, const char *const *path)
{
    for (; schema && *path; path++)
        schema = schema->items ? schema_member(schema->items, *path)
                               : schema_member(schema, *path);
    return schema;
}

#define AT(schema, ...) find(schema, JSON_PATH(__VA_ARGS__))

static const struct schema *deployment(void)
{
    return builtin_schema(types, "apps", "v1", "Deployment");
}

START_TEST(every_resource_has_a_schema)
{
    for (const struct builtin_resource *it = builtin_resources; it->plural; it++) {
        const struct schema *schema =
            builtin_schema(types, it->group, it->version, it->kind);
        ck_assert_msg(schema, "%s", it->plural);
        ck_assert_ptr_eq(schema_member(schema, "metadata"), builtin_object_meta(types));
        ck_assert_ptr_nonnull(schema_member(schema, "apiVersion"));
    }
    ck_assert_ptr_null(builtin_schema(types, "apps", "v2", "Deployment"));
    ck_assert_ptr_null(builtin_schema(types, "apps", "v1", "Pod"));
    ck_assert_ptr_null(builtin_schema(types, "none", "v1", "Pod"));
}
END_TEST

START_TEST(lists_merge_as_the_real_server_says)
{
    const struct schema *pod = AT(deployment(), "spec", "template", "spec");
    const struct schema *containers = AT(pod, "containers");
    ck_assert_int_eq(containers->list, SCHEMA_LIST_MAP);
    ck_assert_str_eq(containers->keys[0], "name");
    ck_assert_ptr_null(containers->keys[1]);
    ck_assert_str_eq(containers->items->definition, "io.k8s.api.core.v1.Container");
    const struct schema *ports = AT(containers, "ports");
    ck_assert_str_eq(ports->keys[0], "containerPort");
    ck_assert_str_eq(ports->keys[1], "protocol");
    ck_assert_int_eq(AT(pod, "tolerations")->list, SCHEMA_LIST_ATOMIC);
    ck_assert_ptr_null(AT(pod, "tolerations")->patch_strategy);
    ck_assert_str_eq(AT(pod, "volumes")->patch_strategy, "merge,retainKeys");
    ck_assert_str_eq(AT(pod, "hostAliases")->keys[0], "ip");
    const struct schema *meta = builtin_object_meta(types);
    ck_assert_int_eq(AT(meta, "finalizers")->list, SCHEMA_LIST_SET);
    ck_assert_str_eq(AT(meta, "ownerReferences")->keys[0], "uid");
    ck_assert_int_eq(AT(meta, "managedFields")->list, SCHEMA_LIST_ATOMIC);
    ck_assert_str_eq(AT(deployment(), "spec", "strategy")->patch_strategy,
                     "retainKeys");
    ck_assert(AT(deployment(), "spec", "selector")->atomic);
    const struct schema *job = builtin_schema(types, "batch", "v1", "Job");
    ck_assert_str_eq(AT(job, "status", "conditions")->merge_key, "type");
    ck_assert_int_eq(AT(job, "status", "conditions")->list, SCHEMA_LIST_ATOMIC);
}
END_TEST

START_TEST(types_refer_to_themselves)
{
    const struct schema *crd =
        builtin_schema(types, "apiextensions.k8s.io", "v1", "CustomResourceDefinition");
    const struct schema *props =
        AT(crd, "spec", "versions", "schema", "openAPIV3Schema");
    ck_assert_ptr_eq(AT(props, "properties")->values, AT(props, "not"));
    ck_assert_ptr_eq(AT(props, "allOf")->items, AT(props, "not"));
    ck_assert_int_eq(AT(props, "default")->type, SCHEMA_ANY);
}
END_TEST

START_TEST(a_default_does_not_leak_into_its_type)
{
    const struct schema *container =
        AT(deployment(), "spec", "template", "spec", "containers");
    const struct schema *resources = AT(container, "resources");
    ck_assert_ptr_nonnull(resources->fallback);
    ck_assert_str_eq(resources->definition, "io.k8s.api.core.v1.ResourceRequirements");
    ck_assert_ptr_nonnull(AT(resources, "limits"));
    const struct schema *pod = builtin_schema(types, "", "v1", "Pod");
    ck_assert_ptr_null(AT(pod, "spec", "resources")->fallback);
}
END_TEST

CHECK_MAIN("builtin", setup, teardown, every_resource_has_a_schema,
           lists_merge_as_the_real_server_says, types_refer_to_themselves,
           a_default_does_not_leak_into_its_type)
