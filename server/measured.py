"""What one GraphQL operation counts for: that it was asked, how long its answer took, and what went wrong in it."""

import time
from collections.abc import Iterable, Mapping
from typing import Any

from server.metrics import Metrics


class Measured:
    """One operation, from its request on. `field` is the first of its fields, of which the schema has few."""

    def __init__(self, metrics: Metrics, transport: str, field: str) -> None:
        self._metrics = metrics
        self._field = field
        self._began: float | None = time.perf_counter()
        metrics.operations.labels(transport, field).inc()

    def answered(self, errors: Iterable[Mapping[str, Any]] = ()) -> None:
        """An answer was made. Of a subscription, the time to its first frame is what the author waits for."""
        if self._began is not None:
            self._metrics.operation_seconds.labels(self._field).observe(time.perf_counter() - self._began)
            self._began = None
        for error in errors:
            code = error.get("extensions", {}).get("code", "UNKNOWN")
            self._metrics.errors.labels(self._field, code).inc()
