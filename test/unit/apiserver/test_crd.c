#include "test/unit/apiserver/server_play.h"

#define CRDS "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
#define WIDGETS "/apis/play.dev/v1/namespaces/default/widgets"

/* Two versions of one form; a size with a default, a color that can be selected by. */
#define SCHEMA                                                                         \
    "'schema':{'openAPIV3Schema':{'type':'object','properties':{'spec':{'type':"       \
    "'object','required':['color'],'properties':{'color':{'type':'string','enum':["    \
    "'red','blue']},'size':{'type':'integer','default':3},'parts':{'type':'array',"    \
    "'items':{'type':'string'}}}},'status':{'type':'object','properties':{'replicas':" \
    "{'type':'integer'}}}}}}"
#define SUBRESOURCES                                                                   \
    "'subresources':{'status':{},'scale':{'specReplicasPath':'.spec.size',"            \
    "'statusReplicasPath':'.status.replicas'}},'selectableFields':[{'jsonPath':"       \
    "'.spec.color'}]"
#define WIDGET_CRD                                                                     \
    "{'apiVersion':'apiextensions.k8s.io/v1','kind':'CustomResourceDefinition',"       \
    "'metadata':{'name':'widgets.play.dev'},'spec':{'group':'play.dev','scope':"       \
    "'Namespaced','names':{'plural':'widgets','kind':'Widget'},'versions':[{'name':"   \
    "'v1','served':true,'storage':true," SCHEMA "," SUBRESOURCES                       \
    "},{'name':'v1beta1','served':true,'storage':false," SCHEMA "," SUBRESOURCES       \
    "}]}}"

static void setup_crd(void)
{
    setup();
    ck_assert_int_eq(say("POST", CRDS, WIDGET_CRD), 201);
}

static int make_widget(const char *name, const char *spec)
{
    char body[512];
    snprintf(body, sizeof body,
             "{'apiVersion':'play.dev/v1','kind':'Widget','metadata':{'name':'%s'},"
             "'spec':%s}",
             name, spec);
    return say("POST", WIDGETS, body);
}

START_TEST(a_crd_is_served_at_once)
{
    const cJSON *conditions = json_at(said, "status", "conditions");
    ck_assert_str_eq(json_str(json_find(conditions, "type", "Established"), "status"),
                     "True");
    ck_assert_str_eq(json_str(json_find(conditions, "type", "NamesAccepted"), "status"),
                     "True");
    ck_assert_str_eq(json_str(said, "spec", "names", "singular"), "widget");
    ck_assert_str_eq(json_str(said, "status", "acceptedNames", "listKind"),
                     "WidgetList");
    ck_assert_str_eq(json_at(said, "status", "storedVersions")->child->valuestring,
                     "v1");
    ck_assert_int_eq(say("GET", WIDGETS, NULL), 200);
    ck_assert_str_eq(json_str(said, "kind"), "WidgetList");
}
END_TEST

START_TEST(instances_are_pruned_defaulted_and_validated)
{
    ck_assert_int_eq(make_widget("a", "{'color':'red','odd':1}"), 201);
    ck_assert_ptr_null(json_at(said, "spec", "odd"));
    ck_assert_int_eq(json_int(said, 0, "spec", "size"), 3);
    ck_assert_int_eq(make_widget("b", "{'color':'green'}"), 422);
    ck_assert_ptr_nonnull(strstr(said_message(), "Widget.play.dev \"b\" is invalid: "));
    ck_assert_int_eq(make_widget("b", "{}"), 422);
    ck_assert_int_eq(say("POST", WIDGETS "?fieldValidation=Strict",
                         "{'apiVersion':'play.dev/"
                         "v1','kind':'Widget','metadata':{'name':'b'},'spec':{'color':'"
                         "red','odd':1}}"),
                     400);
    ck_assert_str_eq(said_message(), "Widget in version \"v1\" cannot be handled as a "
                                     "Widget: strict decoding error: unknown field "
                                     "\"spec.odd\"");
}
END_TEST

START_TEST(versions_differ_in_name_only)
{
    make_widget("a", "{'color':'red'}");
    ck_assert_int_eq(
        say("GET", "/apis/play.dev/v1beta1/namespaces/default/widgets/a", NULL), 200);
    ck_assert_str_eq(json_str(said, "apiVersion"), "play.dev/v1beta1");
    ck_assert_int_eq(
        say("GET", "/apis/play.dev/v1beta1/namespaces/default/widgets", NULL), 200);
    ck_assert_str_eq(json_str(json_at(said, "items")->child, "apiVersion"),
                     "play.dev/v1beta1");
    ck_assert_int_eq(say_merge("/apis/play.dev/v1beta1/namespaces/default/widgets/a",
                               "{'spec':{'color':'blue'}}"),
                     200);
    say("GET", WIDGETS "/a", NULL);
    ck_assert_str_eq(json_str(said, "apiVersion"), "play.dev/v1");
    ck_assert_str_eq(json_str(said, "spec", "color"), "blue");
}
END_TEST

START_TEST(status_is_apart)
{
    make_widget("a", "{'color':'red'}");
    ck_assert_int_eq(say_merge(WIDGETS "/a", "{'status':{'replicas':5}}"), 200);
    ck_assert_ptr_null(json_at(said, "status"));
    ck_assert_int_eq(json_int(said, 0, "metadata", "generation"), 1);
    ck_assert_int_eq(say_merge(WIDGETS "/a/status",
                               "{'status':{'replicas':5},'spec':{'color':'blue'}}"),
                     200);
    ck_assert_int_eq(json_int(said, 0, "status", "replicas"), 5);
    ck_assert_str_eq(json_str(said, "spec", "color"), "red");
    ck_assert_int_eq(json_int(said, 0, "metadata", "generation"), 1);
    say_merge(WIDGETS "/a", "{'spec':{'color':'blue'}}");
    ck_assert_int_eq(json_int(said, 0, "metadata", "generation"), 2);
    ck_assert_int_eq(json_int(said, 0, "status", "replicas"), 5);
    say_merge(WIDGETS "/a", "{'metadata':{'labels':{'a':'b'}}}");
    ck_assert_int_eq(json_int(said, 0, "metadata", "generation"), 2);
}
END_TEST

START_TEST(scale_reads_and_writes_the_paths)
{
    make_widget("a", "{'color':'red','size':2}");
    ck_assert_int_eq(say("GET", WIDGETS "/a/scale", NULL), 200);
    ck_assert_str_eq(json_str(said, "kind"), "Scale");
    ck_assert_int_eq(json_int(said, 0, "spec", "replicas"), 2);
    ck_assert_int_eq(say_merge(WIDGETS "/a/scale", "{'spec':{'replicas':7}}"), 200);
    ck_assert_int_eq(json_int(said, 0, "spec", "replicas"), 7);
    ck_assert_int_eq(say_merge(WIDGETS "/a/scale", "{'spec':{'replicas':-1}}"), 422);
    say("GET", WIDGETS "/a", NULL);
    ck_assert_int_eq(json_int(said, 0, "spec", "size"), 7);
}
END_TEST

START_TEST(declared_fields_select)
{
    make_widget("a", "{'color':'red'}");
    make_widget("b", "{'color':'blue'}");
    ck_assert_int_eq(say("GET", WIDGETS "?fieldSelector=spec.color%3Dblue", NULL), 200);
    ck_assert_uint_eq(json_count(json_at(said, "items")), 1);
    ck_assert_int_eq(say("GET", WIDGETS "?fieldSelector=spec.size%3D3", NULL), 400);
    ck_assert_str_eq(said_message(), "field label not supported: spec.size");
}
END_TEST

START_TEST(updates_of_instances_must_name_their_version)
{
    make_widget("a", "{'color':'red'}");
    ck_assert_int_eq(
        say("PUT", WIDGETS "/a",
            "{'apiVersion':'play.dev/"
            "v1','kind':'Widget','metadata':{'name':'a'},'spec':{'color':'red'}}"),
        422);
    ck_assert_ptr_nonnull(strstr(said_message(), "must be specified for an update"));
    ck_assert_int_eq(say_typed("PATCH", WIDGETS "/a",
                               "application/strategic-merge-patch+json", "{}"),
                     415);
}
END_TEST

START_TEST(a_changed_schema_is_read_by)
{
    make_widget("a", "{'color':'red'}");
    uint64_t version = said_version_number();
    ck_assert_int_eq(
        say_typed(
            "PATCH", CRDS "/widgets.play.dev", "application/json-patch+json",
            "[{'op':'add','path':'/spec/versions/0/schema/openAPIV3Schema/"
            "properties/spec/properties/shape','value':{'type':'string','default':"
            "'round'}}]"),
        200);
    ck_assert_int_eq(say("GET", WIDGETS "/a", NULL), 200);
    ck_assert_str_eq(json_str(said, "spec", "shape"), "round");
    ck_assert_uint_eq(said_version_number(), version);
}
END_TEST

START_TEST(bad_crds_are_refused)
{
    ck_assert_int_eq(
        say("POST", CRDS,
            "{'metadata':{'name':'odd.play.dev'},'spec':{'group':'play.dev','scope':"
            "'Namespaced','names':{'plural':'odds','kind':'Odd'},'versions':[{'name':"
            "'v1','served':true,'storage':true," SCHEMA "}]}}"),
        422);
    ck_assert_int_eq(
        say("POST", CRDS,
            "{'metadata':{'name':'odds.play.dev'},'spec':{'group':'play.dev','scope':"
            "'Namespaced','names':{'plural':'odds','kind':'Odd'},'versions':[{'name':"
            "'v1','served':true,'storage':true}]}}"),
        422);
    ck_assert_int_eq(
        say("POST", CRDS,
            "{'metadata':{'name':'odds.play.dev'},'spec':{'group':'play.dev','scope':"
            "'Namespaced','conversion':{'strategy':'Webhook'},'names':{'plural':'odds',"
            "'kind':'Odd'},'versions':[{'name':'v1','served':true,'storage':"
            "true," SCHEMA "}]}}"),
        422);
}
END_TEST

START_TEST(a_crd_takes_its_instances_along)
{
    make_widget("a", "{'color':'red'}");
    say_merge(WIDGETS "/a", "{'metadata':{'finalizers':['x.y/z']}}");
    make_widget("b", "{'color':'red'}");
    say("GET", WIDGETS "?watch=1", NULL);
    ck_assert_int_eq(say("DELETE", CRDS "/widgets.play.dev", NULL), 200);
    settle();
    ck_assert_int_eq(say("GET", WIDGETS "/b", NULL), 404);
    ck_assert_int_eq(say("GET", CRDS "/widgets.play.dev", NULL), 200);
    ck_assert(!api_watch_ended(watch, now));
    say_merge(WIDGETS "/a", "{'metadata':{'finalizers':null}}");
    settle();
    ck_assert_int_eq(say("GET", CRDS "/widgets.play.dev", NULL), 404);
    ck_assert_int_eq(say("GET", WIDGETS, NULL), 404);
    ck_assert(api_watch_ended(watch, now));
    ck_assert_int_eq(say("POST", CRDS, WIDGET_CRD), 201);
    ck_assert_int_eq(say("GET", WIDGETS, NULL), 200);
    ck_assert(api_watch_ended(watch, now));
}
END_TEST

CHECK_MAIN("crd", setup_crd, teardown, a_crd_is_served_at_once,
           instances_are_pruned_defaulted_and_validated, versions_differ_in_name_only,
           status_is_apart, scale_reads_and_writes_the_paths, declared_fields_select,
           updates_of_instances_must_name_their_version, a_changed_schema_is_read_by,
           bad_crds_are_refused, a_crd_takes_its_instances_along)
