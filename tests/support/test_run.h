/* SPDX-License-Identifier: MIT */
/* How every check program ends: run the suite, say what failed, exit accordingly. */
#ifndef TEST_RUN_H
#define TEST_RUN_H

#include <check.h>
#include <stdlib.h>

static inline int test_run(Suite *s)
{
	SRunner *runner = srunner_create(s);
	int failed;

	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

#endif
