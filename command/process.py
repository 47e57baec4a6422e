"""Running one process of the deployment, and finding what runs here."""

import json
import logging
import time
from collections.abc import Coroutine
from dataclasses import replace
from datetime import UTC, datetime

import uvloop

from engines.pair import addresses
from jobs.settings import Settings


def serve(process: Coroutine[object, object, None]) -> int:
    """Runs the process until it ends, with the log on standard error; 0."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines() if Settings.from_environment().log_format == "json" else _text())
    logging.basicConfig(level=logging.INFO, handlers=[handler])
    uvloop.run(process)
    return 0


class JsonLines(logging.Formatter):
    """A record as one JSON object on one line, its traceback included."""

    def format(self, record: logging.LogRecord) -> str:
        """See logging.Formatter.format."""
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)


def _text() -> logging.Formatter:
    formatter = logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s")
    # UTC, as the database's log: lines of several processes are read side by side.
    formatter.converter = time.gmtime
    return formatter


def of_what_runs(settings: Settings) -> Settings:
    """The settings, with the addresses of the engines that `make up` runs here where the environment names none."""
    if settings.database_url or settings.redis_url or settings.uses_supabase:
        return settings
    database_url, redis_url = addresses(settings.data) or (None, None)
    return replace(settings, database_url=database_url, redis_url=redis_url)
