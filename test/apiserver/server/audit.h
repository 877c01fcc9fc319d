/* audit.h - one line for each write: who did what, and how it was answered. Pure. */
#ifndef BERTH_APISERVER_AUDIT_H
#define BERTH_APISERVER_AUDIT_H

#include "test/apiserver/server/call.h"

/* Writes the line of an answered call, if it is one of those that are logged. */
void audit_write(struct call *call);

#endif
