/* check_main.h - main() of a Check executable: one suite, one list of tests. */
#ifndef BERTH_TEST_CHECK_MAIN_H
#define BERTH_TEST_CHECK_MAIN_H

#include <check.h>
#include <stdlib.h>
#include <string.h>

static inline int check_main(const char *name, void (*setup)(void),
                             void (*teardown)(void), const TTest *const *tests)
{
    Suite *suite = suite_create(name);
    TCase *tcase = tcase_create(name);
    /* How long a test takes depends on the machine; the runner ends what hangs. */
    tcase_set_timeout(tcase, 0);
    tcase_add_checked_fixture(tcase, setup, teardown);
    for (size_t i = 0; tests[i]; i++)
        tcase_add_test(tcase, tests[i]);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

/* CHECK_MAIN("lines", setup or NULL, teardown or NULL, first_test, second_test, ...) */
#define CHECK_MAIN(name, setup, teardown, ...)                                         \
    int main(void)                                                                     \
    {                                                                                  \
        return check_main(name, setup, teardown,                                       \
                          (const TTest *const[]){__VA_ARGS__, NULL});                  \
    }

#endif
