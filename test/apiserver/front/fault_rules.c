#include "test/apiserver/front/fault_rules.h"

#include "kubeclient/base/alloc.h"
#include "test/apiserver/front/fault_rule.h"

struct fault_rules {
    struct fault_rule *rules; /* in the order that they were given */
    int64_t matches;          /* calls of match(), so that `after` means later ones */
};

struct fault_rules *fault_rules_new(void)
{
    return xcalloc(1, sizeof(struct fault_rules));
}

static void free_rules(struct fault_rule *rule)
{
    while (rule) {
        struct fault_rule *next = rule->next;
        json_free(rule->source);
        free(rule);
        rule = next;
    }
}

void fault_rules_clear(struct fault_rules *faults)
{
    free_rules(faults->rules);
    faults->rules = NULL;
}

void fault_rules_free(struct fault_rules **faults)
{
    if (!*faults)
        return;
    fault_rules_clear(*faults);
    free(*faults);
    *faults = NULL;
}

bool fault_rules_empty(const struct fault_rules *faults)
{
    return !faults->rules;
}

static struct fault_rule **end_of(struct fault_rule **rules)
{
    while (*rules)
        rules = &(*rules)->next;
    return rules;
}

bool fault_rules_add(struct fault_rules *faults, const cJSON *rules, struct err *err)
{
    struct fault_rule *added = NULL, **end = &added;
    size_t index = 0;
    if (!cJSON_IsArray(rules))
        return err_set(err, ERR_INVALID, "a list of rules is wanted");
    json_each (source, rules) {
        struct fault_rule *rule = xcalloc(1, sizeof *rule);
        *end = rule;
        end = &rule->next;
        if (!fault_rule_parse(rule, source, index, err)) {
            free_rules(added);
            return err_wrap(err, "rule %zu", index);
        }
        int64_t after = json_int(source, -1, "after");
        for (struct fault_rule *at = added; after >= 0; at = at->next, after--)
            rule->after = at;
        index++;
    }
    for (struct fault_rule *rule = faults->rules; rule; rule = rule->next)
        rule->fresh = false;
    *end_of(&faults->rules) = added;
    return true;
}

cJSON *fault_rules_report(const struct fault_rules *faults)
{
    cJSON *report = json_object();
    cJSON *rules = json_set(report, json_array(), "rules");
    for (const struct fault_rule *rule = faults->rules; rule; rule = rule->next) {
        cJSON *told = json_push(rules, json_copy(rule->source));
        json_set(told, json_number(rule->seen), "seen");
        json_set(told, json_number(rule->fired), "fired");
    }
    return report;
}

/* Counts; true: the rule is due. */
static bool count(struct fault_rule *rule, int64_t now)
{
    const struct fault_rule *after = rule->after;
    if (after && (after->first == 0 || after->first == now))
        return false;
    rule->seen++;
    if (rule->seen < rule->nth || (rule->times && rule->fired >= rule->times))
        return false;
    if (rule->fired++ == 0)
        rule->first = now;
    return true;
}

static void join_bytes(int64_t *bytes, int64_t more)
{
    if (more != FAULT_NEVER && (*bytes == FAULT_NEVER || more < *bytes))
        *bytes = more;
}

static void join(struct fault_effects *effects, const struct fault_effects *more)
{
    if (!effects->status) {
        effects->status = more->status;
        effects->retry_after_s = more->retry_after_s;
    }
    effects->unanswered |= more->unanswered;
    effects->rst |= more->rst;
    effects->split |= more->split;
    effects->stall |= more->stall;
    effects->goaway |= more->goaway;
    effects->compact |= more->compact;
    join_bytes(&effects->cut_after, more->cut_after);
    join_bytes(&effects->stall_after, more->stall_after);
    if (more->slow && (!effects->slow || more->slow < effects->slow))
        effects->slow = more->slow;
}

static bool match(struct fault_rules *faults, const struct fault_request *request,
                  bool fresh_only, struct fault_effects *effects)
{
    bool fired = false;
    faults->matches++;
    for (struct fault_rule *rule = faults->rules; rule; rule = rule->next) {
        if ((fresh_only && !rule->fresh) || !fault_rule_matches(rule, request) ||
            !count(rule, faults->matches))
            continue;
        join(effects, &rule->effects);
        fired = true;
    }
    return fired;
}

bool fault_rules_match(struct fault_rules *faults, const struct fault_request *request,
                       struct fault_effects *effects)
{
    return match(faults, request, false, effects);
}

bool fault_rules_match_open(struct fault_rules *faults,
                            const struct fault_request *request,
                            struct fault_effects *effects)
{
    return match(faults, request, true, effects);
}

bool fault_rules_drop_connection(struct fault_rules *faults)
{
    bool drop = false;
    faults->matches++;
    for (struct fault_rule *rule = faults->rules; rule; rule = rule->next)
        drop |= rule->effects.drop && count(rule, faults->matches);
    return drop;
}
