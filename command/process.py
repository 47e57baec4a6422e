"""Running one process of the deployment."""

import logging
import time
from collections.abc import Coroutine

import uvloop


def serve(process: Coroutine[object, object, None]) -> int:
    """Runs the process until it ends, with the log on standard error; 0."""
    # UTC, as the database's log: lines of several processes are read side by side.
    logging.Formatter.converter = time.gmtime
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    uvloop.run(process)
    return 0
