"""What Prometheus reads at /metrics: no names, no ids, nothing of anybody's."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, disable_created_metrics, generate_latest
from prometheus_client.core import HistogramMetricFamily
from prometheus_client.registry import Collector

from jobs.models import Component, Lateness, SystemHealth
from jobs.states import ComponentState

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
# A time of creation for every series doubles the page and tells nobody anything.
disable_created_metrics()  # type: ignore[no-untyped-call]

# The bounds of public.lateness_bucket, so that the series do not come and go with what happened.
_LATE_SECONDS = (0.1, 0.5, 1, 2, 5, 10, 30, 60, 120, 300, 1800)
_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)


class Metrics:
    """The counts of one api process, and what the whole deployment says of itself when it is asked."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = self._counter("http_requests", "HTTP requests", "route", "method", "status")
        self.seconds = Histogram(
            "novelfoundry_http_seconds",
            "Time to the end of an answer",
            ["route"],
            registry=self.registry,
            buckets=_SECONDS,
        )
        self.operations = self._counter("graphql_operations", "GraphQL operations by transport", "transport")
        self.sockets = self._gauge("sockets", "Open sockets of this process")
        self.subscriptions = self._gauge("subscriptions", "Subscriptions to jobs in this process")
        self._jobs = self._gauge("jobs", "Live jobs of the deployment", "status")
        self._component = self._gauge("component_state", "1 for the state that a part is in", "component", "state")
        self._live = self._gauge("component_live", "Processes of a part that were heard from lately", "component")
        self._lateness = _Lateness()
        self.registry.register(self._lateness)

    def page(self, health: SystemHealth | None, lateness: Sequence[Lateness]) -> bytes:
        """All metrics. Without the database's health its gauges are left out: an old number would lie."""
        for gauge in (self._jobs, self._component, self._live):
            gauge.clear()
        if health is not None:
            self._jobs.labels("queued").set(health.queued)
            self._jobs.labels("running").set(health.running)
            for name in ("sweeper", "workers", "push"):
                self._show(name, getattr(health, name))
        self._lateness.rows = lateness
        return generate_latest(self.registry)

    def _show(self, name: str, component: Component) -> None:
        self._live.labels(name).set(component.live)
        for state in ComponentState:
            self._component.labels(name, state.value).set(component.state is state)

    def _counter(self, name: str, about: str, *labels: str) -> Counter:
        return Counter(f"novelfoundry_{name}", about, labels, registry=self.registry)

    def _gauge(self, name: str, about: str, *labels: str) -> Gauge:
        return Gauge(f"novelfoundry_{name}", about, labels, registry=self.registry)


@dataclass(slots=True, eq=False)
class _Lateness(Collector):
    """How late settlements came, of all processes, as the database keeps it."""

    rows: Sequence[Lateness] = ()

    def collect(self) -> Iterable[HistogramMetricFamily]:
        """One histogram: the database's buckets are not cumulative and leave empty ones out, Prometheus's are."""
        family = HistogramMetricFamily(
            "novelfoundry_lie_seconds",
            "How long an overdue status could have been shown, when it was settled",
            labels=["status", "by"],
        )
        for (status, by), rows in _grouped(self.rows).items():
            buckets = [
                (_bound(bound), sum(row.settlements for row in rows if row.at_most <= bound))
                for bound in sorted({*_LATE_SECONDS, *(row.at_most for row in rows), math.inf})
            ]
            family.add_metric([status, by], buckets, sum(row.seconds for row in rows))
        yield family


def _grouped(rows: Sequence[Lateness]) -> dict[tuple[str, str], list[Lateness]]:
    groups: dict[tuple[str, str], list[Lateness]] = {}
    for row in rows:
        groups.setdefault((row.status.value, row.decided_by.value), []).append(row)
    return groups


def _bound(seconds: float) -> str:
    return "+Inf" if math.isinf(seconds) else f"{seconds:g}"
