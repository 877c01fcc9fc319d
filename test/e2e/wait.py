"""Polling, the only way in which the tests wait."""

import os
import time

# A slow machine (valgrind, a loaded CI) multiplies every deadline.
PATIENCE = float(os.environ.get("BERTH_E2E_PATIENCE", "1"))


class Failed(Exception):
    """An expectation that did not come true, told for a person."""


def until(check, seconds, retry=Failed):
    """Calls check() until it does not raise `retry`; its last failure is raised when the
    deadline passes."""
    deadline = time.monotonic() + seconds * PATIENCE
    pause = 0.02
    while True:
        try:
            return check()
        except retry:
            if time.monotonic() > deadline:
                raise
        time.sleep(pause)
        pause = min(pause * 1.5, 0.25)
