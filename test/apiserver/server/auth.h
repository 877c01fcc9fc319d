/* auth.h - who is it that asks? Tokens and the users behind them.
 *
 * Tokens come from api_server_add_token() and from TokenRequests of service accounts;
 * the latter end with their time or with their ServiceAccount. Owned by the server.
 * Pure.
 */
#ifndef BERTH_APISERVER_AUTH_H
#define BERTH_APISERVER_AUTH_H

#include "test/apiserver/server/call.h"

struct auth *auth_new(uint64_t seed);
void auth_free(struct auth **auth);

/* Copies token and user. */
void auth_add(struct auth *auth, const char *token, const struct api_user *user);

/* A token of a ServiceAccount: valid until then, and while the account has this uid. */
struct account_token {
    const char *ns, *name, *uid;
    int64_t expires_ms; /* wall clock */
};
void auth_add_account(struct auth *auth, const char *token,
                      const struct account_token *account);

/* NULL: no such token, or none that is still valid. Borrowed until the next change. */
const struct api_user *auth_find(struct api_server *server, const char *token,
                                 struct instant now);
/* The uid of the ServiceAccount that the token is of; "" for others. */
const char *auth_uid(const struct auth *auth, const char *token);

/* Sets call->user from the request; false: 401. */
WARN_UNUSED bool auth_identify(struct call *call);

/* May the user do what the call asks? False: 403. */
WARN_UNUSED bool auth_authorize(struct call *call);
/* The same for another verb: an apply of what is not there is a creation too. */
WARN_UNUSED bool auth_authorize_verb(struct call *call, const char *verb);

/* Forgets tokens whose time is over. */
void auth_expire(struct auth *auth, struct instant now);

#endif
