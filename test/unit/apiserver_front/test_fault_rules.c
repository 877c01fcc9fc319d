#include "test/apiserver/front/fault_rules.h"
#include "test/support/check_main.h"

#include <stdio.h>

static struct fault_rules *faults;
static const struct fault_request PATCH_POD = {
    .user = "system:serviceaccount:berth-system:berth",
    .method = "PATCH",
    .path = "/api/v1/namespaces/x/pods/y",
    .verb = "patch",
};

static void set_up(void)
{
    faults = fault_rules_new();
}

static void tear_down(void)
{
    fault_rules_free(&faults);
}

static void set(const char *rules)
{
    struct err err;
    auto_json cJSON *tree = json_parse(rules, strlen(rules), &err);
    ck_assert_msg(tree && fault_rules_add(faults, tree, &err), "%s: %s", rules,
                  err.msg);
}

static void check_bad(const char *rules, const char *why)
{
    struct err err = {0};
    auto_json cJSON *tree = json_parse(rules, strlen(rules), &err);
    ck_assert_msg(tree && !fault_rules_add(faults, tree, &err), "%s", rules);
    ck_assert_int_eq(err.kind, ERR_INVALID);
    ck_assert_str_eq(err.msg, why);
    ck_assert(fault_rules_empty(faults));
}

static struct fault_effects match(const struct fault_request *request)
{
    struct fault_effects effects = fault_none();
    fault_rules_match(faults, request, &effects);
    return effects;
}

static bool fires(const char *matcher)
{
    char rule[256];
    snprintf(rule, sizeof rule, "[{\"match\": %s, \"action\": {\"refuse\": true}}]",
             matcher);
    fault_rules_clear(faults);
    set(rule);
    return match(&PATCH_POD).status == 500;
}

START_TEST(what_is_matched)
{
    ck_assert(fires("{}"));
    ck_assert(fires("{\"user\": \"system:serviceaccount:*:berth\"}"));
    ck_assert(!fires("{\"user\": \"system:serviceaccount\"}"));
    ck_assert(fires("{\"method\": \"PATCH\", \"verb\": \"patch\"}"));
    ck_assert(!fires("{\"method\": \"PUT\"}"));
    ck_assert(!fires("{\"verb\": \"list\"}"));
    ck_assert(fires("{\"verb\": \"write\"}"));
    ck_assert(fires("{\"path\": \"*/pods/*\"}"));
    ck_assert(fires("{\"path\": \"/api/*/y*\"}"));
    ck_assert(!fires("{\"path\": \"/api/*/z*\"}"));
    ck_assert(!fires("{\"path\": \"/api/v1/namespaces/x/pods\"}"));
    ck_assert(!fires("{\"path\": \"*\", \"notPath\": \"*/pods/*\"}"));
    ck_assert(fires("{\"notPath\": \"*/leases/*\"}"));
}
END_TEST

START_TEST(the_nth_and_so_many)
{
    set("[{\"match\": {\"nth\": 2, \"times\": 2}, \"action\": {\"status\": 429,"
        " \"retryAfter\": 3}}]");
    static const int STATUSES[] = {0, 429, 429, 0, 0};
    for (size_t i = 0; i < 5; i++)
        ck_assert_int_eq(match(&PATCH_POD).status, STATUSES[i]);
    auto_json cJSON *report = fault_rules_report(faults);
    const cJSON *rule = json_at(report, "rules")->child;
    ck_assert_int_eq(json_int(rule, -1, "seen"), 5);
    ck_assert_int_eq(json_int(rule, -1, "fired"), 2);
}
END_TEST

START_TEST(times_zero_is_always)
{
    set("[{\"match\": {\"nth\": 2, \"times\": 0}, \"action\": {\"status\": 503}}]");
    ck_assert_int_eq(match(&PATCH_POD).status, 0);
    for (size_t i = 0; i < 5; i++)
        ck_assert_int_eq(match(&PATCH_POD).status, 503);
}
END_TEST

START_TEST(a_rule_after_another)
{
    set("[{\"match\": {\"nth\": 2}, \"action\": {\"unanswered\": true}},"
        " {\"match\": {\"times\": 0}, \"after\": 0, \"action\": {\"status\": 503}}]");
    ck_assert_int_eq(match(&PATCH_POD).status, 0);
    struct fault_effects second = match(&PATCH_POD);
    ck_assert(second.unanswered);
    ck_assert_int_eq(second.status, 0);
    ck_assert_int_eq(match(&PATCH_POD).status, 503);
}
END_TEST

START_TEST(effects_are_joined)
{
    set("[{\"action\": {\"cut\": 100, \"slow\": 10}},"
        " {\"action\": {\"cut\": 50, \"slow\": 20, \"split\": true}},"
        " {\"action\": {\"stall\": 7, \"goaway\": true}}]");
    struct fault_effects effects = match(&PATCH_POD);
    ck_assert_int_eq(effects.cut_after, 50);
    ck_assert_int_eq(effects.slow, 10);
    ck_assert_int_eq(effects.stall_after, 7);
    ck_assert(effects.split && effects.goaway && !effects.stall && !effects.rst);
    effects = match(&PATCH_POD);
    ck_assert_int_eq(effects.cut_after, FAULT_NEVER);
    ck_assert_int_eq(effects.stall_after, FAULT_NEVER);
}
END_TEST

START_TEST(only_the_newest_open_rules_reach_what_is_open)
{
    struct fault_effects effects = fault_none();
    set("[{\"open\": true, \"action\": {\"cut\": 0}}]");
    set("[{\"action\": {\"cut\": 0}}]");
    ck_assert(!fault_rules_match_open(faults, &PATCH_POD, &effects));
    set("[{\"open\": true, \"action\": {\"stall\": true}}]");
    ck_assert(fault_rules_match_open(faults, &PATCH_POD, &effects));
    ck_assert(effects.stall);
    ck_assert_int_eq(effects.cut_after, FAULT_NEVER);
}
END_TEST

START_TEST(connections_are_counted_apart)
{
    set("[{\"match\": {\"nth\": 2}, \"action\": {\"drop\": true}}]");
    ck_assert(!match(&PATCH_POD).drop);
    ck_assert(!fault_rules_drop_connection(faults));
    ck_assert(fault_rules_drop_connection(faults));
    ck_assert(!fault_rules_drop_connection(faults));
}
END_TEST

START_TEST(bad_rules_are_refused_whole)
{
    check_bad("{}", "a list of rules is wanted");
    check_bad("[1]", "rule 0: action: nothing is to happen");
    check_bad("[{\"action\": {\"rst\": true}}, {\"action\": {}}]",
              "rule 1: action: nothing is to happen");
    check_bad("[{\"action\": []}]", "rule 0: action: nothing is to happen");
    check_bad("[[{}]]", "rule 0: \"\" is not known");
    check_bad("[{\"actions\": {}}]", "rule 0: \"actions\" is not known");
    check_bad("[{\"action\": {\"explode\": true}}]",
              "rule 0: action: explode is not known");
    check_bad("[{\"action\": {\"cut\": true}}]",
              "rule 0: action: cut has a value that it cannot have");
    check_bad("[{\"action\": {\"status\": 200}}]",
              "rule 0: action: status is 400 to 599");
    check_bad("[{\"match\": [1], \"action\": {\"rst\": true}}]",
              "rule 0: match is not an object");
    check_bad("[{\"match\": {\"nth\": 0}, \"action\": {\"rst\": true}}]",
              "rule 0: match: nth counts from 1");
    check_bad("[{\"match\": {\"path\": 1}, \"action\": {\"rst\": true}}]",
              "rule 0: match: path has a value that it cannot have");
    check_bad("[{\"open\": true, \"action\": {\"status\": 410}}]",
              "rule 0: open: an answer that has begun knows no such action");
    check_bad("[{\"after\": 0, \"action\": {\"rst\": true}}]",
              "rule 0: after is not an earlier rule");
    check_bad("[{\"match\": {\"path\": \"*\"}, \"action\": {\"drop\": true}}]",
              "rule 0: action: drop knows no request, only nth and times");
}
END_TEST

CHECK_MAIN("fault_rules", set_up, tear_down, what_is_matched, the_nth_and_so_many,
           times_zero_is_always, a_rule_after_another, effects_are_joined,
           only_the_newest_open_rules_reach_what_is_open, connections_are_counted_apart,
           bad_rules_are_refused_whole)
