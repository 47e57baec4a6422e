"""Running one process of the deployment, and finding what runs here."""

import json
import logging
import time
from collections.abc import Coroutine
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime

import uvloop
from prometheus_client import start_http_server

from engines.pair import addresses
from jobs.errors import ConfigurationError
from jobs.settings import Settings


def serve(process: Coroutine[object, object, None], *, shows_metrics: bool = False) -> int:
    """Runs the process until it ends, with the log on standard error; 0.

    With `shows_metrics` it opens NF_METRICS_PORT, where that is set. Raises ConfigurationError when it is taken.
    """
    settings = Settings.from_environment()
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines() if settings.log_format == "json" else _text())
    logging.basicConfig(level=logging.INFO, handlers=[handler])
    with closing(process):  # where it does not come to run, nobody else ends it
        if shows_metrics and settings.metrics_port:
            _show_metrics(settings.metrics_port)
        uvloop.run(process)
    return 0


def _show_metrics(port: int) -> None:
    from jobs.processes.counts import REGISTRY

    try:
        # A thread of its own; Prometheus comes from elsewhere, so it listens on every address.
        start_http_server(port, registry=REGISTRY)
    except OSError as error:
        raise ConfigurationError(f"NF_METRICS_PORT: cannot listen on port {port}: {error.strerror}.") from error


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
