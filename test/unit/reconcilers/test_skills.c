#include "kubeclient/base/yaml.h"
#include "reconcilers/shared/skills.h"
#include "test/support/check_json.h"
#include "test/support/check_main.h"

static struct arena *arena;

static void setup(void)
{
    arena = arena_new();
}

static void teardown(void)
{
    arena_free(&arena);
}

static struct skills read_skills(const char *text)
{
    struct err err = {0};
    struct yaml_doc *doc = yaml_parse("skills", text, strlen(text), &err);
    ck_assert_msg(doc && yaml_count(doc) == 1, "%s", err.msg);
    const cJSON *list = json_adopt(arena, yaml_detach(doc, 0));
    yaml_close(&doc);
    return skills_read(arena, list);
}

static void check_problems(const char *text, const char *wanted)
{
    struct skills skills = read_skills(text);
    struct strbuf problems;
    strbuf_init(&problems, 16384);
    skills_check(arena, &skills, &problems);
    ck_assert_str_eq(problems.len ? problems.text : "", wanted);
    strbuf_fini(&problems);
}

START_TEST(volumes_go_by_name_and_people_by_the_list)
{
    struct skills skills = read_skills("[{name: b, image: i/b, mountPath: /s/b},"
                                       " {name: a, image: i/a, mountPath: /s/a}]");
    ck_assert_uint_eq(skills.len, 2);
    ck_assert_str_eq(skills.items[0].name, "b");
    ck_assert_str_eq(skills.by_name[0]->name, "a");
    ck_assert_str_eq(skills_folders(arena, &skills), "/s/a,/s/b");
    ck_assert_str_eq(skills_annotation(arena, &skills), "[\"b\",\"a\"]");
    ck_assert_ptr_eq(skills_find(&skills, "a"), skills.by_name[0]);
    ck_assert_ptr_null(skills_find(&skills, "c"));
}
END_TEST

START_TEST(none_are_none)
{
    struct skills skills = skills_read(arena, NULL);
    ck_assert_uint_eq(skills.len, 0);
    ck_assert_str_eq(skills_folders(arena, &skills), "");
    ck_assert_str_eq(skills_annotation(arena, &skills), "[]");
    ck_assert_uint_eq(read_skills("{name: a}").len, 0);
}
END_TEST

START_TEST(a_skill_is_an_image_volume_mounted_read_only)
{
    struct skills skills = read_skills("[{name: a, image: 'i/a:1', mountPath: /s/a}]");
    check_json(skill_volume(arena, skills.items, NULL),
               "{\"name\":\"skill-a\",\"image\":{\"reference\":\"i/a:1\"}}");
    check_json(skill_volume(arena, skills.items, "Never"),
               "{\"name\":\"skill-a\",\"image\":{\"reference\":\"i/a:1\","
               "\"pullPolicy\":\"Never\"}}");
    check_json(skill_mount(arena, skills.items),
               "{\"name\":\"skill-a\",\"mountPath\":\"/s/a\",\"readOnly\":true}");
}
END_TEST

START_TEST(problems_name_field_and_value)
{
    static const struct {
        const char *text, *problems;
    } cases[] = {
        {"[{name: a-1, image: 'i/a:1', mountPath: /s/a, pullPolicy: Never}]", ""},
        {"[{}]", "spec.skills[0].name: \"\" must be set; "
                 "spec.skills[0].image: \"\" must be set; "
                 "spec.skills[0].mountPath: \"\" must be set"},
        {"[text]", "spec.skills[0].name: \"\" must be set; "
                   "spec.skills[0].image: \"\" must be set; "
                   "spec.skills[0].mountPath: \"\" must be set"},
        {"[{name: a-, image: i, mountPath: /s}]",
         "spec.skills[0].name: \"a-\" must be lower case letters, digits and inner "
         "'-'"},
        {"[{name: a, image: I, mountPath: /s, pullPolicy: Often}]",
         "spec.skills[0].image: \"I\" is no valid OCI image reference; "
         "spec.skills[0].pullPolicy: \"Often\" must be Always, IfNotPresent or Never"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        check_problems(cases[i].text, cases[i].problems);
}
END_TEST

START_TEST(skills_do_not_get_in_each_others_way)
{
    check_problems("[{name: a, image: i, mountPath: /a}, "
                   "{name: a, image: i, mountPath: /b}]",
                   "spec.skills[1].name: duplicate skill name \"a\"");
    check_problems("[{name: a, image: i, mountPath: /s}, "
                   "{name: b, image: i, mountPath: /s}]",
                   "spec.skills[1].mountPath: duplicate mountPath \"/s\" of skills "
                   "\"a\" and \"b\"");
    check_problems("[{name: a, image: i, mountPath: /s/a}, "
                   "{name: b, image: i, mountPath: /s}]",
                   "spec.skills[1].mountPath: paths \"/s/a\" of skill \"a\" and \"/s\" "
                   "of skill \"b\" lie one inside the other");
    check_problems("[{name: a, image: i, mountPath: /s/a}, "
                   "{name: b, image: i, mountPath: /s/ab}]",
                   "");
}
END_TEST

START_TEST(there_are_at_most_twenty)
{
    check_problems("[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21]",
                   "spec.skills: 21 skills, at most 20 are allowed");
}
END_TEST

CHECK_MAIN("skills", setup, teardown, volumes_go_by_name_and_people_by_the_list,
           none_are_none, a_skill_is_an_image_volume_mounted_read_only,
           problems_name_field_and_value, skills_do_not_get_in_each_others_way,
           there_are_at_most_twenty)
