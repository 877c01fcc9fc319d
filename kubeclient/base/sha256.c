#include "kubeclient/base/sha256.h"

#include <assert.h>
#include <openssl/evp.h>

void sha256_hex(const void *bytes, size_t len, char hex[SHA256_HEX_SIZE])
{
    static const char DIGITS[] = "0123456789abcdef";
    unsigned char digest[EVP_MAX_MD_SIZE];
    int ok = EVP_Digest(bytes, len, digest, NULL, EVP_sha256(), NULL);
    assert(ok == 1);
    for (size_t i = 0; i < (SHA256_HEX_SIZE - 1) / 2; i++) {
        hex[2 * i] = DIGITS[digest[i] >> 4];
        hex[2 * i + 1] = DIGITS[digest[i] & 15];
    }
    hex[SHA256_HEX_SIZE - 1] = '\0';
}
