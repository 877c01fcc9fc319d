#include "test/apiserver/server/age.h"
#include "test/apiserver/server/views.h"
#include "test/support/check_main.h"

#include "kubeclient/base/alloc.h"

#include <stdio.h>
#include <string.h>

/* 2026-01-02T03:04:05Z; what is made at MADE is five minutes old. */
static const int64_t NOW_MS = 1767323045000;
#define MADE "'metadata':{'name':'x','creationTimestamp':'2026-01-02T02:59:05Z'}"
#define TEN_MINUTES_AGO "2026-01-02T02:54:05Z"

static struct registry *registry;
static cJSON *table;

static void setup(void)
{
    registry = registry_new();
}

static void teardown(void)
{
    json_free(table);
    table = NULL;
    registry_free(&registry);
}

/* JSON with ' for ", as C strings are easier to read so. */
static cJSON *parse(const char *text)
{
    auto_free char *json = xstrdup(text);
    struct err err;
    for (char *c = json; *c; c++) {
        if (*c == '\'')
            *c = '"';
    }
    cJSON *tree = json_parse(json, strlen(json), &err);
    ck_assert_msg(tree, "%s", json);
    return tree;
}

/* The cells of one object, separated by |, as `kubectl get -o wide` would have them. */
static const char *cells(const char *group, const char *plural, const char *object)
{
    static char text[512];
    struct table_options options = {
        .def = registry_find(registry, group, "v1", plural),
        .headers = true,
        .now_ms = NOW_MS,
    };
    size_t len = 0;
    auto_json cJSON *items = json_array();
    json_push(items, parse(object));
    json_free(table);
    table = table_of(&options, items, NULL);
    const cJSON *row = json_at(table, "rows")->child;
    ck_assert_uint_eq(json_count(json_at(row, "cells")),
                      json_count(json_at(table, "columnDefinitions")));
    text[0] = '\0';
    json_each (cell, json_at(row, "cells")) {
        struct strbuf value;
        strbuf_init(&value, 256);
        if (cJSON_IsString(cell))
            strbuf_adds(&value, cell->valuestring);
        else
            json_print(&value, cell);
        len += (size_t)snprintf(text + len, sizeof text - len, "%s%s", len ? "|" : "",
                                value.text);
        strbuf_fini(&value);
    }
    return text;
}

/* Ready, status and restarts of a pod of two containers, and what `more` has of them.
 */
static const char *pod(const char *spec, const char *status)
{
    static char text[512];
    char object[4096];
    snprintf(object, sizeof object,
             "{" MADE ",'spec':{'containers':[{'name':'a'},{'name':'b'}]%s},"
             "'status':{%s}}",
             spec, status);
    snprintf(text, sizeof text, "%s", cells("", "pods", object) + strlen("x|"));
    char *age = strstr(text, "|5m|");
    ck_assert_ptr_nonnull(age);
    *age = '\0';
    return text;
}

#define RUNNING "'ready':true,'state':{'running':{}}"
#define COMPLETED "'state':{'terminated':{'exitCode':0,'reason':'Completed'}}"

START_TEST(ages_have_two_units_at_most)
{
    static const struct {
        int64_t seconds;
        const char *text;
    } rows[] = {
        {-2, "<invalid>"},
        {-1, "0s"},
        {0, "0s"},
        {119, "119s"},
        {120, "2m"},
        {123, "2m3s"},
        {599, "9m59s"},
        {600, "10m"},
        {3 * 3600 - 1, "179m"},
        {3 * 3600, "3h"},
        {11100, "3h5m"},
        {8 * 3600, "8h"},
        {47 * 3600, "47h"},
        {48 * 3600, "2d"},
        {49 * 3600, "2d1h"},
        {8 * 86400, "8d"},
        {400 * 86400, "400d"},
        {730 * 86400, "2y"},
        {760 * 86400, "2y30d"},
        {8LL * 365 * 86400, "8y"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct strbuf out;
        strbuf_init(&out, 32);
        age_print(&out, rows[i].seconds * 1000);
        ck_assert_str_eq(out.text, rows[i].text);
        strbuf_fini(&out);
    }
}
END_TEST

START_TEST(running_pods_tell_so)
{
    ck_assert_str_eq(pod("", "'phase':'Pending'"), "0/2|Pending|0");
    ck_assert_str_eq(pod("", "'phase':'Running','containerStatuses':[{" RUNNING
                             "},{" RUNNING ",'restartCount':2}]"),
                     "2/2|Running|2");
}
END_TEST

START_TEST(the_first_container_that_waits_or_ended_is_the_status)
{
    ck_assert_str_eq(pod("", "'phase':'Pending','containerStatuses':["
                             "{'state':{'waiting':{'reason':'ErrImagePull'}}},"
                             "{'state':{'waiting':{'reason':'ContainerCreating'}}}]"),
                     "0/2|ErrImagePull|0");
    ck_assert_str_eq(pod("",
                         "'phase':'Failed','containerStatuses':["
                         "{'state':{'terminated':{'exitCode':3}}},{" COMPLETED "}]"),
                     "0/2|ExitCode:3|0");
    ck_assert_str_eq(pod("", "'phase':'Failed','containerStatuses':["
                             "{'state':{'terminated':{'exitCode':137,'signal':9}}}]"),
                     "0/2|Signal:9|0");
}
END_TEST

START_TEST(a_pod_of_which_a_part_is_complete_tells_of_the_rest)
{
    ck_assert_str_eq(pod("", "'phase':'Running','containerStatuses':[{" COMPLETED
                             "},{" RUNNING "}],'conditions':[{'type':'Ready','status':"
                             "'True'}]"),
                     "1/2|Running|0");
    ck_assert_str_eq(pod("", "'phase':'Running','containerStatuses':[{" COMPLETED
                             "},{" RUNNING "}]"),
                     "1/2|NotReady|0");
    ck_assert_str_eq(pod("",
                         "'phase':'Failed','containerStatuses':[{" COMPLETED
                         "},{'state':{'terminated':{'exitCode':1,'reason':'Error'}}}]"),
                     "0/2|Error|0");
    ck_assert_str_eq(pod("", "'phase':'Succeeded','containerStatuses':[{" COMPLETED
                             "},{" COMPLETED "}]"),
                     "0/2|Completed|0");
}
END_TEST

START_TEST(restarts_tell_when_the_last_was)
{
    ck_assert_str_eq(
        pod("", "'phase':'Running','containerStatuses':[{'restartCount':3,'state':{"
                "'waiting':{'reason':'CrashLoopBackOff'}},'lastState':{'terminated':{"
                "'finishedAt':'" TEN_MINUTES_AGO "'}}}]"),
        "0/2|CrashLoopBackOff|3 (10m ago)");
}
END_TEST

START_TEST(init_containers_come_first)
{
    static const char spec[] = ",'initContainers':[{'name':'i'},{'name':'j'}]";
    ck_assert_str_eq(
        pod(spec, "'phase':'Pending','initContainerStatuses':[{'name':'i'," COMPLETED
                  "},{'name':'j','restartCount':4,'state':{'waiting':{'reason':"
                  "'PodInitializing'}}}]"),
        "0/2|Init:1/2|4");
    ck_assert_str_eq(pod(spec, "'phase':'Pending','initContainerStatuses':[{'name':'i',"
                               "'state':{'terminated':{'exitCode':2}}}]"),
                     "0/2|Init:ExitCode:2|0");
    ck_assert_str_eq(pod(spec, "'phase':'Pending','initContainerStatuses':[{'name':'i',"
                               "'state':{'waiting':{'reason':'CrashLoopBackOff'}}}]"),
                     "0/2|Init:CrashLoopBackOff|0");
}
END_TEST

START_TEST(sidecars_count_among_the_containers)
{
    static const char spec[] =
        ",'initContainers':[{'name':'s','restartPolicy':'Always'}]";
    ck_assert_str_eq(
        pod(spec,
            "'phase':'Running','initContainerStatuses':[{'name':'s','started':"
            "true,'restartCount':2," RUNNING "}],'containerStatuses':[{" RUNNING "}]"),
        "2/3|Running|2");
}
END_TEST

START_TEST(pods_that_are_deleted_terminate_unless_they_are_over)
{
    static const char object[] =
        "{'metadata':{'name':'x','deletionTimestamp':'" TEN_MINUTES_AGO
        "'},'spec':{'containers':[]},'status':{'phase':'%s','reason':'%s'}}";
    static const struct {
        const char *phase, *reason, *status;
    } rows[] = {
        {"Running", "", "x|0/0|Terminating|0|"},
        {"Running", "NodeLost", "x|0/0|Unknown|0|"},
        {"Succeeded", "", "x|0/0|Succeeded|0|"},
        {"Failed", "Evicted", "x|0/0|Evicted|0|"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char text[512];
        snprintf(text, sizeof text, object, rows[i].phase, rows[i].reason);
        const char *seen = cells("", "pods", text);
        ck_assert_msg(strncmp(seen, rows[i].status, strlen(rows[i].status)) == 0, "%s",
                      seen);
    }
}
END_TEST

START_TEST(wide_columns_of_pods_say_where)
{
    ck_assert_str_eq(
        cells("", "pods",
              "{" MADE ",'spec':{'nodeName':'n','readinessGates':[{'conditionType':"
              "'a/b'},{'conditionType':'c/d'}]},'status':{'podIPs':[{'ip':'10.0.0.1'}],"
              "'conditions':[{'type':'a/b','status':'True'}]}}"),
        "x|0/0||0|5m|10.0.0.1|n|<none>|1/2");
}
END_TEST

#define TEMPLATE                                                                       \
    "'template':{'spec':{'containers':[{'name':'a','image':'i'},{'name':'b','image':"  \
    "'j'}]}}"

START_TEST(workloads_tell_what_is_ready)
{
    ck_assert_str_eq(
        cells("apps", "deployments",
              "{" MADE ",'spec':{'replicas':3,'selector':{'matchLabels':{'k':'v'},"
              "'matchExpressions':[{'key':'a','operator':'In','values':['z','y']},{"
              "'key':'z','operator':'DoesNotExist'}]}," TEMPLATE
              "},'status':{'readyReplicas':1,'updatedReplicas':2}}"),
        "x|1/3|2|0|5m|a,b|i,j|a in (y,z),k=v,!z");
    ck_assert_str_eq(
        cells("apps", "replicasets", "{" MADE ",'spec':{'replicas':2," TEMPLATE "}}"),
        "x|2|0|0|5m|a,b|i,j|<none>");
}
END_TEST

START_TEST(jobs_tell_how_far_they_are)
{
    ck_assert_str_eq(cells("batch", "jobs",
                           "{" MADE ",'spec':{'completions':2," TEMPLATE
                           "},'status':{'succeeded':1,'startTime':'" TEN_MINUTES_AGO
                           "'}}"),
                     "x|Running|1/2|10m|5m|a,b|i,j|<none>");
    ck_assert_str_eq(cells("batch", "jobs",
                           "{" MADE ",'spec':{'parallelism':3," TEMPLATE
                           "},'status':{'conditions':[{'type':'Failed','status':"
                           "'True'}]}}"),
                     "x|Failed|0/1 of 3||5m|a,b|i,j|<none>");
}
END_TEST

START_TEST(services_tell_addresses_and_ports)
{
    ck_assert_str_eq(
        cells("", "services",
              "{" MADE ",'spec':{'type':'LoadBalancer','clusterIP':'10.0.0.7',"
              "'selector':{'a':'b'},'ports':[{'port':80,'nodePort':31777},{'port':53,"
              "'protocol':'UDP'}]}}"),
        "x|LoadBalancer|10.0.0.7|<pending>|80:31777/TCP,53/UDP|5m|a=b");
    ck_assert_str_eq(
        cells("", "services",
              "{" MADE ",'spec':{'type':'ExternalName','externalName':'a.example'}}"),
        "x|ExternalName|<none>|a.example|<none>|5m|<none>");
}
END_TEST

START_TEST(events_of_both_groups_read_alike)
{
    ck_assert_str_eq(
        cells("", "events",
              "{" MADE ",'involvedObject':{'kind':'Pod','name':'p','fieldPath':'spec'},"
              "'reason':'R','type':'Normal','message':' m ','source':{'component':'c',"
              "'host':'h'},'count':3,'lastTimestamp':'" TEN_MINUTES_AGO "'}"),
        "10m|Normal|R|pod/p|spec|c, h|m|<unknown>|3|x");
    ck_assert_str_eq(
        cells("events.k8s.io", "events",
              "{" MADE ",'regarding':{'kind':'Pod','name':'p'},'reason':'R','type':"
              "'Normal','note':'m','reportingController':'c','reportingInstance':'i',"
              "'eventTime':'" TEN_MINUTES_AGO "'}"),
        "10m|Normal|R|pod/p||c, i|m|10m|1|x");
}
END_TEST

START_TEST(bindings_tell_whom_they_bind)
{
    ck_assert_str_eq(cells("rbac.authorization.k8s.io", "rolebindings",
                           "{" MADE
                           ",'roleRef':{'kind':'Role','name':'r'},'subjects':[{'kind':"
                           "'User','name':'jane'},{'kind':'User','name':'joe'},{'kind':"
                           "'ServiceAccount','namespace':'n','name':'s'}]}"),
                     "x|Role/r|5m|jane, joe||n/s");
}
END_TEST

START_TEST(crds_tell_the_versions_that_are_served)
{
    ck_assert_str_eq(
        cells("apiextensions.k8s.io", "customresourcedefinitions",
              "{" MADE ",'spec':{'scope':'Namespaced','group':'g','names':{'kind':'K'},"
              "'versions':[{'name':'v1','served':true,'storage':true},{'name':'v2'}]},"
              "'status':{'conditions':[{'type':'Established','status':'True'}]}}"),
        "x|Namespaced|v1(storage)|2026-01-02T02:59:05Z|g|K||true");
}
END_TEST

START_TEST(rows_carry_what_is_asked_for)
{
    auto_json cJSON *items = json_array();
    json_push(items, parse("{'kind':'Secret','apiVersion':'v1'," MADE ",'data':{}}"));
    struct table_options options = {
        .def = registry_find(registry, "", "v1", "secrets"),
        .include = TABLE_OBJECT_METADATA,
        .now_ms = NOW_MS,
    };
    table = table_of(&options, items, NULL);
    const cJSON *row = json_at(table, "rows")->child;
    ck_assert_uint_eq(json_count(json_at(table, "columnDefinitions")), 0);
    ck_assert_str_eq(json_str(row, "object", "kind"), "PartialObjectMetadata");
    ck_assert_ptr_null(json_at(row, "object", "data"));
    json_free(table);
    options.include = TABLE_OBJECT_FULL;
    table = table_of(&options, items, NULL);
    ck_assert_ptr_nonnull(json_at(json_at(table, "rows")->child, "object", "data"));
    json_free(table);
    options.include = TABLE_OBJECT_NONE;
    table = table_of(&options, items, NULL);
    ck_assert_ptr_null(json_at(json_at(table, "rows")->child, "object"));
}
END_TEST

START_TEST(every_column_of_every_resource_has_its_cell)
{
    for (size_t i = 0; i < registry_count(registry); i++) {
        const struct resource_def *def = registry_at(registry, i);
        if (def->verbs == BUILTIN_STORED && strcmp(def->version, "v1") == 0)
            ck_assert(*cells(def->group, def->plural, "{" MADE "}"));
    }
}
END_TEST

CHECK_MAIN("table", setup, teardown, ages_have_two_units_at_most, running_pods_tell_so,
           the_first_container_that_waits_or_ended_is_the_status,
           a_pod_of_which_a_part_is_complete_tells_of_the_rest,
           restarts_tell_when_the_last_was, init_containers_come_first,
           sidecars_count_among_the_containers,
           pods_that_are_deleted_terminate_unless_they_are_over,
           wide_columns_of_pods_say_where, workloads_tell_what_is_ready,
           jobs_tell_how_far_they_are, services_tell_addresses_and_ports,
           events_of_both_groups_read_alike, bindings_tell_whom_they_bind,
           crds_tell_the_versions_that_are_served, rows_carry_what_is_asked_for,
           every_column_of_every_resource_has_its_cell)
