#include "test/apiserver/server/rbac.h"

#include "kubeclient/api/object.h"
#include "kubeclient/base/alloc.h"
#include "kubeclient/base/ascii.h"
#include "test/apiserver/server/rbac_rules.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* Aggregated ClusterRoles are taken as they are stored: nobody fills their rules in. */

#define MASTERS "system:masters"
#define ACCOUNT "system:serviceaccount:"

static bool in_group(const struct api_user *user, const char *group)
{
    for (const char *const *one = user->groups; one && *one; one++) {
        if (strcmp(*one, group) == 0)
            return true;
    }
    return false;
}

static bool is_account(const struct api_user *user, const char *ns, const char *name)
{
    size_t len = strlen(ns);
    if (!ascii_has_prefix(user->name, ACCOUNT))
        return false;
    const char *rest = user->name + strlen(ACCOUNT);
    return strncmp(rest, ns, len) == 0 && rest[len] == ':' &&
           strcmp(rest + len + 1, name) == 0;
}

static bool is_subject(const cJSON *subject, const struct api_user *user,
                       const char *binding_ns)
{
    const char *kind = json_str_or(subject, "", "kind");
    const char *name = json_str_or(subject, "", "name");
    if (strcmp(kind, "User") == 0)
        return strcmp(name, user->name) == 0 || strcmp(name, "*") == 0;
    if (strcmp(kind, "Group") == 0)
        return in_group(user, name);
    return strcmp(kind, "ServiceAccount") == 0 &&
           is_account(user, json_str_or(subject, binding_ns, "namespace"), name);
}

/* ---- the rules of a user in a namespace */

/* Is given each rule that a user has, until it returns false. */
typedef bool rule_fn(void *ctx, const cJSON *rule);

struct search {
    const struct rbac_source *source;
    const struct api_user *user;
    rule_fn *each;
    void *ctx;
    const char *ns;
    cJSON *roles; /* roleRefs of bindings that name the user */
};

static bool note_binding(void *ctx, const cJSON *binding)
{
    struct search *search = ctx;
    const cJSON *subjects = json_at(binding, "subjects");
    json_each (subject, subjects) {
        if (is_subject(subject, search->user, kube_namespace(binding))) {
            json_push(search->roles, json_copy(json_at(binding, "roleRef")));
            break;
        }
    }
    return true;
}

static bool walk_roles(struct search *search, const char *ns)
{
    json_each (reference, search->roles) {
        bool cluster = strcmp(json_str_or(reference, "", "kind"), "ClusterRole") == 0;
        const cJSON *role =
            search->source->get(search->source->ctx, cluster ? "clusterroles" : "roles",
                                cluster ? "" : ns, json_str_or(reference, "", "name"));
        const cJSON *rules = json_at(role, "rules");
        json_each (rule, rules) {
            if (!search->each(search->ctx, rule))
                return false;
        }
    }
    return true;
}

static bool walk_bindings(struct search *search, const char *plural, const char *ns)
{
    search->roles = json_array();
    search->source->walk(search->source->ctx, plural, ns, note_binding, search);
    bool more = walk_roles(search, ns);
    json_free(search->roles);
    return more;
}

static void walk_rules(const struct rbac_source *source, const struct api_user *user,
                       const char *ns, rule_fn *each, void *ctx)
{
    struct search search = {
        .source = source, .user = user, .each = each, .ctx = ctx, .ns = ns};
    if (walk_bindings(&search, "clusterrolebindings", "") && *ns)
        walk_bindings(&search, "rolebindings", ns);
}

/* ---- may they? */

struct verdict {
    const struct rbac_question *question;
    bool allowed;
};

static bool try_rule(void *ctx, const cJSON *rule)
{
    struct verdict *verdict = ctx;
    verdict->allowed = rbac_rule_allows(rule, verdict->question);
    return !verdict->allowed;
}

bool rbac_allows(const struct rbac_source *source, const struct api_user *user,
                 const struct rbac_question *question)
{
    struct verdict verdict = {.question = question};
    if (in_group(user, MASTERS))
        return true;
    walk_rules(source, user, question->ns, try_rule, &verdict);
    return verdict.allowed;
}

/* ---- may they hand it on? */

static bool collect(void *ctx, const cJSON *rule)
{
    json_push(ctx, json_copy(rule));
    return true;
}

static bool is_covered(const cJSON *held, const cJSON *piece)
{
    json_each (rule, held) {
        if (rbac_rule_covers(rule, piece))
            return true;
    }
    return false;
}

static void print_words(struct strbuf *out, const char *title, const cJSON *list)
{
    if (!list)
        return;
    strbuf_addf(out, "%s%s:[", out->text[out->len - 1] == '{' ? "" : ", ", title);
    json_each (item, list) {
        strbuf_addf(out, "%s\"%s\"", item == list->child ? "" : " ",
                    cJSON_GetStringValue(item));
    }
    strbuf_addc(out, ']');
}

static char *piece_text(const cJSON *piece)
{
    enum { PIECE_MAX = 4 * 1024 };
    struct strbuf out;
    strbuf_init(&out, PIECE_MAX);
    strbuf_addc(&out, '{');
    print_words(&out, "APIGroups", json_at(piece, "apiGroups"));
    print_words(&out, "Resources", json_at(piece, "resources"));
    print_words(&out, "ResourceNames", json_at(piece, "resourceNames"));
    print_words(&out, "NonResourceURLs", json_at(piece, "nonResourceURLs"));
    print_words(&out, "Verbs", json_at(piece, "verbs"));
    strbuf_addc(&out, '}');
    return strbuf_detach(&out);
}

static bool same_place(const cJSON *a, const cJSON *b)
{
    return json_equal(json_at(a, "apiGroups"), json_at(b, "apiGroups")) &&
           json_equal(json_at(a, "resources"), json_at(b, "resources")) &&
           json_equal(json_at(a, "resourceNames"), json_at(b, "resourceNames"));
}

/* Pieces that differ only in their verb become one; those of paths stay apart. */
static void add_missing(cJSON *list, const cJSON *piece)
{
    cJSON *other;
    cJSON_ArrayForEach (other, list) {
        if (json_at(piece, "resources") && same_place(other, piece)) {
            json_push(json_member(other, "verbs"),
                      json_copy(json_at(piece, "verbs")->child));
            return;
        }
    }
    json_push(list, json_copy(piece));
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void print_missing(struct strbuf *out, const cJSON *list)
{
    size_t count = 0;
    char **texts = xcalloc(json_count(list), sizeof *texts);
    json_each (piece, list)
        texts[count++] = piece_text(piece);
    qsort((void *)texts, count, sizeof *texts, by_text);
    for (size_t i = 0; i < count; i++) {
        strbuf_addf(out, "\n%s", texts[i]);
        free(texts[i]);
    }
    free((void *)texts);
}

static void print_user(struct strbuf *out, const struct api_user *user)
{
    strbuf_addf(out, "user \"%s\" (groups=[", user->name);
    for (const char *const *group = user->groups; group && *group; group++)
        strbuf_addf(out, "%s\"%s\"", group == user->groups ? "" : " ", *group);
    strbuf_adds(out, "]) is attempting to grant RBAC permissions not currently held:");
}

static bool holds_all(const cJSON *held, const cJSON *rules,
                      const struct api_user *user, char **missing)
{
    enum { MESSAGE_MAX = 16 * 1024 };
    auto_json cJSON *pieces = json_array();
    auto_json cJSON *lacked = json_array();
    struct strbuf text;
    json_each (rule, rules)
        rbac_rule_split(rule, pieces);
    json_each (piece, pieces) {
        if (!is_covered(held, piece))
            add_missing(lacked, piece);
    }
    if (!lacked->child)
        return true;
    strbuf_init(&text, MESSAGE_MAX);
    print_user(&text, user);
    print_missing(&text, lacked);
    *missing = strbuf_detach(&text);
    return false;
}

/* What takes effect by the object: itself, or the role that a binding names; NULL:
 * there is none. */
static const cJSON *granted_role(const struct rbac_source *source, const cJSON *object)
{
    const cJSON *reference = json_at(object, "roleRef");
    if (!reference)
        return object;
    bool cluster = strcmp(json_str_or(reference, "", "kind"), "ClusterRole") == 0;
    return source->get(source->ctx, cluster ? "clusterroles" : "roles",
                       cluster ? "" : kube_namespace(object),
                       json_str_or(reference, "", "name"));
}

static bool may_skip(const struct rbac_source *source, const struct api_user *user,
                     const cJSON *object)
{
    const cJSON *reference = json_at(object, "roleRef");
    const char *kind = json_str_or(reference ? reference : object, "", "kind");
    bool cluster = strcmp(kind, "ClusterRole") == 0;
    const struct rbac_question question = {
        .verb = reference ? "bind" : "escalate",
        .group = "rbac.authorization.k8s.io",
        .resource = cluster ? "clusterroles" : "roles",
        .subresource = "",
        .ns = kube_namespace(object),
        .name = reference ? json_str_or(reference, "", "name") : kube_name(object),
    };
    return rbac_allows(source, user, &question);
}

bool rbac_may_grant(const struct rbac_source *source, const struct api_user *user,
                    const cJSON *object, char **missing)
{
    if (in_group(user, MASTERS) || may_skip(source, user, object))
        return true;
    const cJSON *role = granted_role(source, object);
    *missing = NULL;
    if (!role)
        return false;
    auto_json cJSON *rules = json_copy(json_at(role, "rules"));
    auto_json cJSON *held = json_array();
    walk_rules(source, user, kube_namespace(object), collect, held);
    return holds_all(held, rules, user, missing);
}

/* ---- what may they? */

cJSON *rbac_rules_of(const struct rbac_source *source, const struct api_user *user,
                     const char *ns)
{
    auto_json cJSON *held = json_array();
    if (in_group(user, MASTERS)) {
        static const char ALL[] =
            "[{\"verbs\":[\"*\"],\"apiGroups\":[\"*\"],\"resources\":[\"*\"]},"
            "{\"verbs\":[\"*\"],\"nonResourceURLs\":[\"*\"]}]";
        struct err err;
        json_free(held);
        held = json_parse(ALL, strlen(ALL), &err);
        assert(held);
    } else
        walk_rules(source, user, ns, collect, held);
    cJSON *status = json_object();
    cJSON *resources = json_set(status, json_array(), "resourceRules");
    cJSON *paths = json_set(status, json_array(), "nonResourceRules");
    json_each (rule, held)
        json_push(json_at(rule, "nonResourceURLs") ? paths : resources,
                  json_copy(rule));
    json_set(status, json_boolean(false), "incomplete");
    return status;
}
