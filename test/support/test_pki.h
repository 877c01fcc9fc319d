/* test_pki.h - certificates and keys made up for one test. */
#ifndef BERTH_TEST_PKI_H
#define BERTH_TEST_PKI_H

struct test_identity {
    char *cert, *key; /* PEM */
};

/* A new self-signed certificate for 127.0.0.1, localhost and `name`: its own CA. */
struct test_identity test_identity_new(const char *name);
void test_identity_fini(struct test_identity *identity);

#endif
