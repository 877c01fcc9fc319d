#include "test/apiserver/front/fault_rule.h"

#include <stddef.h>
#include <string.h>

enum member_type { MEMBER_TEXT, MEMBER_COUNT, MEMBER_FLAG, MEMBER_STATUS };

struct member {
    const char *name;
    enum member_type type;
    size_t offset; /* in struct fault_rule */
};

#define IN_RULE(field) offsetof(struct fault_rule, field)
#define IN_EFFECTS(field) offsetof(struct fault_rule, effects.field)

static const struct member MATCH[] = {
    {"user", MEMBER_TEXT, IN_RULE(user)},
    {"method", MEMBER_TEXT, IN_RULE(method)},
    {"path", MEMBER_TEXT, IN_RULE(path)},
    {"notPath", MEMBER_TEXT, IN_RULE(not_path)},
    {"verb", MEMBER_TEXT, IN_RULE(verb)},
    {"nth", MEMBER_COUNT, IN_RULE(nth)},
    {"times", MEMBER_COUNT, IN_RULE(times)},
    {0},
};

static const struct member ACTION[] = {
    {"status", MEMBER_STATUS, IN_EFFECTS(status)},
    {"retryAfter", MEMBER_STATUS, IN_EFFECTS(retry_after_s)},
    {"unanswered", MEMBER_FLAG, IN_EFFECTS(unanswered)},
    {"rst", MEMBER_FLAG, IN_EFFECTS(rst)},
    {"cut", MEMBER_COUNT, IN_EFFECTS(cut_after)},
    {"slow", MEMBER_COUNT, IN_EFFECTS(slow)},
    {"split", MEMBER_FLAG, IN_EFFECTS(split)},
    {"goaway", MEMBER_FLAG, IN_EFFECTS(goaway)},
    {"compact", MEMBER_FLAG, IN_EFFECTS(compact)},
    {"drop", MEMBER_FLAG, IN_EFFECTS(drop)},
    {0},
};

struct fault_effects fault_none(void)
{
    return (struct fault_effects){.cut_after = FAULT_NEVER, .stall_after = FAULT_NEVER};
}

/* -1: not a whole number from 0 on. */
static int64_t count_of(const cJSON *value)
{
    int64_t number = json_int_path(value, -1, (const char *const[]){NULL});
    return number < 0 ? -1 : number;
}

static bool set_member(struct fault_rule *rule, const struct member *member,
                       const cJSON *value, struct err *err)
{
    void *field = (char *)rule + member->offset;
    int64_t number = count_of(value);
    bool good = false;
    switch (member->type) {
    case MEMBER_TEXT:
        good = cJSON_IsString(value);
        *(const char **)field = value->valuestring;
        break;
    case MEMBER_COUNT:
        good = number >= 0;
        *(int64_t *)field = number;
        break;
    case MEMBER_STATUS:
        good = number >= 0 && number < 600;
        *(int *)field = (int)number;
        break;
    case MEMBER_FLAG:
        good = cJSON_IsBool(value);
        *(bool *)field = cJSON_IsTrue(value);
        break;
    }
    return good || err_set(err, ERR_INVALID, "%s has a value that it cannot have",
                           member->name);
}

static bool set_known(struct fault_rule *rule, const struct member *members,
                      const cJSON *value, struct err *err)
{
    for (const struct member *member = members; member->name; member++) {
        if (strcmp(member->name, value->string) == 0)
            return set_member(rule, member, value, err);
    }
    return err_set(err, ERR_INVALID, "%s is not known", value->string);
}

static bool parse_match(struct fault_rule *rule, const cJSON *match, struct err *err)
{
    if (match && !cJSON_IsObject(match))
        return err_set(err, ERR_INVALID, "match is not an object");
    json_each (value, match) {
        if (!set_known(rule, MATCH, value, err))
            return err_wrap(err, "match");
    }
    return rule->nth > 0 || err_set(err, ERR_INVALID, "match: nth counts from 1");
}

static bool parse_action(struct fault_rule *rule, const cJSON *action, struct err *err)
{
    struct fault_effects *effects = &rule->effects;
    if (!cJSON_IsObject(action) || !action->child)
        return err_set(err, ERR_INVALID, "action: nothing is to happen");
    json_each (value, action) {
        if (strcmp(value->string, "refuse") == 0 && cJSON_IsTrue(value)) {
            effects->status = 500;
        } else if (strcmp(value->string, "stall") == 0 && cJSON_IsTrue(value)) {
            effects->stall = true;
        } else if (strcmp(value->string, "stall") == 0 && count_of(value) >= 0) {
            effects->stall_after = count_of(value);
        } else if (!set_known(rule, ACTION, value, err)) {
            return err_wrap(err, "action");
        }
    }
    if (effects->status && effects->status < 400)
        return err_set(err, ERR_INVALID, "action: status is 400 to 599");
    bool alone = json_count(action) == 1 && !rule->user && !rule->method &&
                 !rule->path && !rule->not_path && !rule->verb;
    return !effects->drop || alone ||
           err_set(err, ERR_INVALID,
                   "action: drop knows no request, only nth and times");
}

bool fault_rule_parse(struct fault_rule *rule, const cJSON *source, size_t index,
                      struct err *err)
{
    *rule = (struct fault_rule){
        .source = json_copy(source), .nth = 1, .times = 1, .effects = fault_none()};
    json_each (value, rule->source) {
        const char *name = value->string ? value->string : "";
        if (strcmp(name, "after") == 0) {
            if (count_of(value) < 0 || count_of(value) >= (int64_t)index)
                return err_set(err, ERR_INVALID, "after is not an earlier rule");
        } else if (strcmp(name, "open") == 0) {
            rule->open = rule->fresh = cJSON_IsTrue(value);
        } else if (strcmp(name, "match") != 0 && strcmp(name, "action") != 0) {
            return err_set(err, ERR_INVALID, "\"%s\" is not known", name);
        }
    }
    if (!parse_match(rule, json_at(rule->source, "match"), err) ||
        !parse_action(rule, json_at(rule->source, "action"), err))
        return false;
    const struct fault_effects *effects = &rule->effects;
    bool of_handling = effects->status || effects->compact || effects->drop;
    return !rule->open || !of_handling ||
           err_set(err, ERR_INVALID,
                   "open: an answer that has begun knows no such "
                   "action");
}

/* `pattern` with * for any characters; NULL matches all. */
static bool glob_matches(const char *pattern, const char *text)
{
    const char *star = NULL, *retry = NULL;
    if (!pattern)
        return true;
    while (*text) {
        if (*pattern == '*') {
            star = pattern++;
            retry = text;
        } else if (*pattern == *text) {
            pattern++;
            text++;
        } else if (star) {
            pattern = star + 1;
            text = ++retry;
        } else {
            return false;
        }
    }
    return pattern[strspn(pattern, "*")] == '\0';
}

static bool verb_matches(const char *wanted, const char *verb)
{
    static const char *const WRITES[] = {"create", "update", "patch", "delete",
                                         "deletecollection"};
    if (!wanted || strcmp(wanted, verb) == 0)
        return true;
    if (strcmp(wanted, "write") != 0)
        return false;
    for (size_t i = 0; i < sizeof WRITES / sizeof *WRITES; i++) {
        if (strcmp(verb, WRITES[i]) == 0)
            return true;
    }
    return false;
}

bool fault_rule_matches(const struct fault_rule *rule,
                        const struct fault_request *request)
{
    return !rule->effects.drop && glob_matches(rule->user, request->user) &&
           (!rule->method || strcmp(rule->method, request->method) == 0) &&
           glob_matches(rule->path, request->path) &&
           (!rule->not_path || !glob_matches(rule->not_path, request->path)) &&
           verb_matches(rule->verb, request->verb);
}
