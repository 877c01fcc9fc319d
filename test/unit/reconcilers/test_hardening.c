#include "kubeclient/api/intent.h"
#include "kubeclient/base/yaml.h"
#include "reconcilers/shared/hardening.h"
#include "reconcilers/shared/pod_security.h"
#include "test/support/check_main.h"

static struct arena *arena;

static const char *const AGENT[] = {"agent", NULL};
static const struct hardening RESTRICTED = {
    .profile = HARDENING_RESTRICTED,
    .run_as_user = HARDENING_UNSET,
    .run_as_group = HARDENING_UNSET,
    .fs_group = HARDENING_UNSET,
    .image_user = HARDENING_UNSET,
    .containers = AGENT,
};

static void setup(void)
{
    arena = arena_new();
}

static void teardown(void)
{
    arena_free(&arena);
}

static cJSON *parse(const char *text)
{
    struct err err = {0};
    struct yaml_doc *doc = yaml_parse("spec", text, strlen(text), &err);
    ck_assert_msg(doc && yaml_count(doc) == 1, "%s: %s", text, err.msg);
    cJSON *root = json_adopt(arena, yaml_detach(doc, 0));
    yaml_close(&doc);
    return root;
}

static const char *print(const cJSON *value)
{
    struct strbuf text;
    strbuf_init(&text, 16 * 1024);
    json_canonical(&text, value);
    const char *copy = arena_strdup(arena, text.text);
    strbuf_fini(&text);
    return copy;
}

/* The additions to `spec` are `wanted`; and once made, nothing is left to add. */
static void check(const struct hardening *hardening, const char *spec,
                  const char *wanted)
{
    const cJSON *pod = parse(spec);
    cJSON *additions = json_adopt(arena, hardening_additions(hardening, pod));
    ck_assert_msg(json_equal(additions, parse(wanted)), "%s:\n%s\ninstead of\n%s", spec,
                  print(additions), print(parse(wanted)));
    const cJSON *filled = json_adopt(arena, intent_merge(additions, pod));
    cJSON *again = json_adopt(arena, hardening_additions(hardening, filled));
    ck_assert_msg(!again->child, "%s: not at rest: %s", spec, print(again));
}

#define DROP "allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}"
#define SECCOMP "seccompProfile: {type: RuntimeDefault}"
#define CONTAINER DROP ", runAsNonRoot: true, " SECCOMP

START_TEST(none_adds_nothing)
{
    struct hardening none = RESTRICTED;
    none.profile = HARDENING_NONE;
    check(&none, "{containers: [{name: agent}]}", "{}");
}
END_TEST

START_TEST(restricted_fills_what_is_missing)
{
    static const char WANTED[] =
        "{securityContext: {runAsNonRoot: true, " SECCOMP "}, containers: [{name: "
        "agent, securityContext: {" CONTAINER "}}]}";
    check(&RESTRICTED, "{containers: [{name: agent}]}", WANTED);
    check(&RESTRICTED, /* R23 */
          "{securityContext: {}, containers: [{name: agent, securityContext: {}}]}",
          WANTED);
}
END_TEST

START_TEST(R17_what_is_complete_stays)
{
    check(&RESTRICTED,
          "{securityContext: {runAsNonRoot: true, " SECCOMP "}, containers: [{name: "
          "agent, securityContext: {runAsUser: 1000, allowPrivilegeEscalation: false, "
          "capabilities: {drop: [ALL], add: [NET_BIND_SERVICE]}, "
          "readOnlyRootFilesystem: false}}]}",
          "{}");
}
END_TEST

START_TEST(R18_a_container_does_not_shadow_the_pod)
{
    struct hardening known = RESTRICTED;
    known.image_user = 1001;
    check(&known,
          "{securityContext: {runAsUser: 2000, runAsNonRoot: true, seccompProfile: "
          "{type: Localhost, localhostProfile: p}}, containers: [{name: agent}]}",
          "{containers: [{name: agent, securityContext: {" DROP "}}]}");
}
END_TEST

START_TEST(R19_a_users_user_stays)
{
    struct hardening known = RESTRICTED;
    known.image_user = 1001;
    check(&known, "{containers: [{name: agent, securityContext: {runAsUser: 3000}}]}",
          "{securityContext: {runAsNonRoot: true, " SECCOMP "}, containers: [{name: "
          "agent, securityContext: {" CONTAINER "}}]}");
}
END_TEST

START_TEST(R20_fields_are_filled_one_by_one)
{
    check(&RESTRICTED,
          "{containers: [{name: agent, securityContext: {readOnlyRootFilesystem: true, "
          "capabilities: {add: [CHOWN]}}}]}",
          "{securityContext: {runAsNonRoot: true, " SECCOMP "}, containers: [{name: "
          "agent, securityContext: {" CONTAINER "}}]}");
}
END_TEST

START_TEST(R21_nothing_that_would_be_refused)
{
    check(&RESTRICTED, "{containers: [{name: agent, securityContext: {runAsUser: 0}}]}",
          "{securityContext: {" SECCOMP "}, containers: [{name: agent, "
          "securityContext: {" DROP ", " SECCOMP "}}]}");
    check(&RESTRICTED,
          "{containers: [{name: agent, securityContext: {runAsNonRoot: false}}]}",
          "{securityContext: {" SECCOMP "}, containers: [{name: agent, "
          "securityContext: {" DROP ", " SECCOMP "}}]}");
    check(&RESTRICTED, "{securityContext: {runAsUser: 0}, containers: [{name: agent}]}",
          "{securityContext: {" SECCOMP "}, containers: [{name: agent, "
          "securityContext: {" DROP ", " SECCOMP "}}]}");
    check(&RESTRICTED,
          "{containers: [{name: agent, securityContext: {privileged: true}}]}",
          "{securityContext: {runAsNonRoot: true, " SECCOMP "}, containers: [{name: "
          "agent, securityContext: {capabilities: {drop: [ALL]}, runAsNonRoot: "
          "true, " SECCOMP "}}]}");
    check(&RESTRICTED,
          "{containers: [{name: agent, securityContext: {capabilities: {add: "
          "[CAP_SYS_ADMIN]}}}]}",
          "{securityContext: {runAsNonRoot: true, " SECCOMP "}, containers: [{name: "
          "agent, securityContext: {capabilities: {drop: [ALL]}, runAsNonRoot: "
          "true, " SECCOMP "}}]}");
}
END_TEST

START_TEST(R10_a_sidecar_keeps_its_user)
{
    struct hardening known = RESTRICTED;
    known.image_user = 1001;
    check(&known, "{containers: [{name: agent}, {name: proxy}]}",
          "{securityContext: {" SECCOMP "}, containers: [{name: agent, "
          "securityContext: {runAsUser: 1001, " CONTAINER "}}]}");
    check(&known,
          "{containers: [{name: agent}], initContainers: [{name: proxy, "
          "securityContext: {runAsUser: 101, runAsGroup: 101, runAsNonRoot: true}}]}",
          "{securityContext: {runAsNonRoot: true, " SECCOMP "}, containers: [{name: "
          "agent, securityContext: {runAsUser: 1001, " CONTAINER "}}]}");
}
END_TEST

START_TEST(R29_windows_knows_only_one_of_them)
{
    check(&RESTRICTED, "{os: {name: windows}, containers: [{name: agent}]}",
          "{securityContext: {runAsNonRoot: true}}");
}
END_TEST

START_TEST(R30_openshift_gives_users_itself)
{
    struct hardening openshift = RESTRICTED;
    openshift.openshift = true;
    openshift.profile = HARDENING_HARDENED;
    openshift.image_user = 1001;
    openshift.framework = FRAMEWORK_GO;
    const cJSON *pod = parse("{containers: [{name: agent}]}");
    cJSON *additions = json_adopt(arena, hardening_additions(&openshift, pod));
    ck_assert_str_eq(print(json_at(additions, "securityContext")),
                     "{\"runAsNonRoot\":true,\"seccompProfile\":{\"type\":"
                     "\"RuntimeDefault\"}}");
    ck_assert_ptr_null(json_at(json_at(additions, "containers")->child,
                               "securityContext", "runAsUser"));
}
END_TEST

START_TEST(hardened_runs_as_nobody_with_writable_paths)
{
    struct hardening hardened = RESTRICTED;
    hardened.profile = HARDENING_HARDENED;
    hardened.framework = FRAMEWORK_GO;
    check(&hardened, "{containers: [{name: agent}]}",
          "{securityContext: {runAsNonRoot: true, runAsUser: 65534, fsGroup: "
          "65534, " SECCOMP "}, containers: [{name: agent, securityContext: {" CONTAINER
          ", readOnlyRootFilesystem: true}, volumeMounts: [{name: tmp, mountPath: "
          "/tmp}, {name: agent-workspace, mountPath: /data}, {name: pip-cache, "
          "mountPath: /home/nobody/.cache}], env: [{name: HOME, value: "
          "/home/nobody}]}], volumes: [{name: tmp, emptyDir: {sizeLimit: 1Gi}}, {name: "
          "agent-workspace, emptyDir: {sizeLimit: 5Gi}}, {name: pip-cache, emptyDir: "
          "{sizeLimit: 2Gi}}]}");
}
END_TEST

START_TEST(hardened_beside_a_sidecar_sets_the_agent_alone)
{
    struct hardening hardened = RESTRICTED;
    hardened.profile = HARDENING_HARDENED;
    const cJSON *pod = parse("{containers: [{name: agent}, {name: proxy}]}");
    cJSON *additions = json_adopt(arena, hardening_additions(&hardened, pod));
    ck_assert_str_eq(print(json_at(additions, "securityContext")),
                     "{\"fsGroup\":65534,\"seccompProfile\":{\"type\":"
                     "\"RuntimeDefault\"}}");
    const cJSON *agent = json_at(additions, "containers")->child;
    ck_assert_int_eq(json_int(agent, 0, "securityContext", "runAsUser"), 65534);
    ck_assert(json_bool(agent, false, "securityContext", "runAsNonRoot"));
    ck_assert_ptr_null(agent->next);
}
END_TEST

static const char *names_of(const cJSON *list)
{
    struct strbuf text;
    strbuf_init(&text, 1024);
    json_each (item, list)
        strbuf_addf(&text, "%s ", json_str(item, "name"));
    const char *copy = arena_strdup(arena, text.len ? text.text : "");
    strbuf_fini(&text);
    return copy;
}

START_TEST(R13b_frameworks_add_their_paths_and_variables)
{
    static const struct {
        const char *framework, *volumes, *variables;
    } ROWS[] = {
        {"python", "tmp agent-workspace pip-cache ",
         "HOME PYTHONDONTWRITEBYTECODE PIP_CACHE_DIR "},
        {"python-openllmetry", "tmp agent-workspace pip-cache home-local ",
         "HOME PYTHONDONTWRITEBYTECODE PIP_CACHE_DIR "},
        {"nodejs", "tmp agent-workspace pip-cache npm-cache ",
         "HOME npm_config_cache "},
        {"java", "tmp agent-workspace pip-cache ", "HOME "},
        {"go", "tmp agent-workspace pip-cache ", "HOME "},
    };
    struct hardening hardened = RESTRICTED;
    hardened.profile = HARDENING_HARDENED;
    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
        ck_assert(hardening_parse_framework(ROWS[i].framework, &hardened.framework));
        const cJSON *pod = parse("{containers: [{name: agent}]}");
        cJSON *additions = json_adopt(arena, hardening_additions(&hardened, pod));
        const cJSON *agent = json_at(additions, "containers")->child;
        ck_assert_str_eq(names_of(json_at(additions, "volumes")), ROWS[i].volumes);
        ck_assert_str_eq(names_of(json_at(agent, "env")), ROWS[i].variables);
    }
}
END_TEST

START_TEST(what_users_mount_and_set_is_theirs)
{
    struct hardening hardened = RESTRICTED;
    hardened.profile = HARDENING_HARDENED;
    hardened.framework = FRAMEWORK_GO;
    hardened.size_limits = parse("{agent-workspace: 9Gi}");
    const cJSON *pod = parse(
        "{volumes: [{name: tmp, emptyDir: {medium: Memory}}, {name: agent-workspace, "
        "emptyDir: {}}], containers: [{name: agent, env: [{name: HOME, value: /root}], "
        "volumeMounts: [{name: tmp, mountPath: /tmp/}, {name: tmp, mountPath: /home}, "
        "{name: agent-workspace, mountPath: /data/in}]}]}");
    cJSON *additions = json_adopt(arena, hardening_additions(&hardened, pod));
    ck_assert_str_eq(print(json_at(additions, "volumes")),
                     "[{\"emptyDir\":{\"sizeLimit\":\"9Gi\"},\"name\":\"berth-agent-"
                     "workspace\"}]");
    const cJSON *agent = json_at(additions, "containers")->child;
    ck_assert_str_eq(print(json_at(agent, "volumeMounts")),
                     "[{\"mountPath\":\"/data\",\"name\":\"berth-agent-workspace\"}]");
    ck_assert_ptr_null(json_at(agent, "env"));
}
END_TEST

START_TEST(several_agents_share_volumes)
{
    static const char *const BOTH[] = {"agent", "mcp", NULL};
    struct hardening hardened = RESTRICTED;
    hardened.profile = HARDENING_HARDENED;
    hardened.containers = BOTH;
    const cJSON *pod = parse(
        "{initContainers: [{name: mcp, restartPolicy: Always}], containers: [{name: "
        "agent}]}");
    cJSON *additions = json_adopt(arena, hardening_additions(&hardened, pod));
    ck_assert_str_eq(names_of(json_at(additions, "volumes")),
                     "tmp agent-workspace pip-cache ");
    ck_assert_uint_eq(json_count(json_at(additions, "initContainers")), 1);
    ck_assert_int_eq(json_int(additions, 0, "securityContext", "runAsUser"), 65534);
}
END_TEST

START_TEST(users_and_groups_of_the_spec_win)
{
    struct hardening chosen = RESTRICTED;
    chosen.run_as_user = 1234;
    chosen.run_as_group = 5678;
    chosen.fs_group = 9;
    check(&chosen, "{containers: [{name: agent}]}",
          "{securityContext: {runAsNonRoot: true, runAsUser: 1234, runAsGroup: 5678, "
          "fsGroup: 9, " SECCOMP
          "}, containers: [{name: agent, securityContext: {" CONTAINER "}}]}");
}
END_TEST

START_TEST(whatever_is_unset_meets_restricted_once_filled)
{
    static const char *const PODS[] = {
        "{containers: [{name: agent}]}",
        "{containers: [{name: agent, securityContext: {runAsUser: 7}}]}",
        "{securityContext: {fsGroup: 1}, containers: [{name: agent}]}",
    };
    for (size_t i = 0; i < sizeof PODS / sizeof *PODS; i++) {
        const cJSON *pod = parse(PODS[i]);
        cJSON *additions = json_adopt(arena, hardening_additions(&RESTRICTED, pod));
        cJSON *whole = json_adopt(arena, json_object());
        json_set(whole, intent_merge(additions, pod), "spec");
        struct pod_verdict verdict =
            pod_security_check(arena, whole, POD_SECURITY_LATEST);
        ck_assert_msg(verdict.level == POD_RESTRICTED, "%s: %s", PODS[i],
                      pod_security_text(arena, &verdict, POD_RESTRICTED));
    }
}
END_TEST

START_TEST(root_is_met_in_pod_and_agent_only)
{
    ck_assert(hardening_meets_root(
        &RESTRICTED, parse("{securityContext: {runAsUser: 0}, containers: []}")));
    ck_assert(hardening_meets_root(
        &RESTRICTED,
        parse("{containers: [{name: agent, securityContext: {runAsUser: 0}}]}")));
    ck_assert(!hardening_meets_root(
        &RESTRICTED,
        parse("{containers: [{name: proxy, securityContext: {runAsUser: 0}}]}")));
}
END_TEST

START_TEST(words_are_known)
{
    enum hardening_profile profile;
    enum hardening_framework framework;
    ck_assert(hardening_parse_profile("hardened", &profile));
    ck_assert_int_eq(profile, HARDENING_HARDENED);
    ck_assert(!hardening_parse_profile("Hardened", &profile));
    ck_assert(!hardening_parse_framework("", &framework));
}
END_TEST

CHECK_MAIN("hardening", setup, teardown, none_adds_nothing,
           restricted_fills_what_is_missing, R17_what_is_complete_stays,
           R18_a_container_does_not_shadow_the_pod, R19_a_users_user_stays,
           R20_fields_are_filled_one_by_one, R21_nothing_that_would_be_refused,
           R10_a_sidecar_keeps_its_user, R29_windows_knows_only_one_of_them,
           R30_openshift_gives_users_itself,
           hardened_runs_as_nobody_with_writable_paths,
           hardened_beside_a_sidecar_sets_the_agent_alone,
           R13b_frameworks_add_their_paths_and_variables,
           what_users_mount_and_set_is_theirs, several_agents_share_volumes,
           users_and_groups_of_the_spec_win,
           whatever_is_unset_meets_restricted_once_filled,
           root_is_met_in_pod_and_agent_only, words_are_known)
