/* session.h - the reconciler of AgenticSessions. */
#ifndef BERTH_RECONCILERS_SESSION_SESSION_H
#define BERTH_RECONCILERS_SESSION_SESSION_H

#include "reconcilers/reconciler.h"

extern const struct reconciler session_reconciler;

#endif
