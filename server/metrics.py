"""What Prometheus reads at /metrics: no names, no ids, nothing of anybody's."""

import math
import platform
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from importlib.metadata import version

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, disable_created_metrics
from prometheus_client.core import HistogramMetricFamily
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector

from jobs.models import Component, Lateness, SystemHealth
from jobs.states import ComponentState, TroubleCode

# A time of creation for every series doubles the page and tells nobody anything.
disable_created_metrics()  # type: ignore[no-untyped-call]

# The bounds of public.lateness_bucket, so that the series do not come and go with what happened.
_LATE_SECONDS = (0.1, 0.5, 1, 2, 5, 10, 30, 60, 120, 300, 1800)
_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployment:
    """What the database knows of all processes together."""

    health: SystemHealth
    lateness: Sequence[Lateness]
    oldest_waiting: timedelta
    # How many messages to the webhook wait, and how many were given up.
    webhook: tuple[int, int]


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
        # By the operation's first field, which is one of the schema's: names of operations are its client's to invent.
        self.operations = self._counter("graphql_operations", "GraphQL operations", "transport", "field")
        self.operation_seconds = Histogram(
            "novelfoundry_graphql_seconds",
            "Time to an operation's answer, to the first one of a subscription",
            ["field"],
            registry=self.registry,
            buckets=_SECONDS,
        )
        self.errors = self._counter("graphql_errors", "Errors in GraphQL answers", "field", "code")
        self.refusals = self._counter("refusals", "Requests that were understood and turned down", "code")
        self.frames = self._counter("frames", "Answers sent over sockets and streams", "field")
        self.closes = self._counter("socket_closes", "Sockets that the server closed, by close code", "code")
        self.loop_lag = Histogram(
            "novelfoundry_loop_lag_seconds",
            "How late a timer of the event loop fired: the wait of everybody whom this process serves",
            registry=self.registry,
            buckets=_SECONDS,
        )
        self.sockets = self._gauge("sockets", "Open sockets and streams of this process")
        self.subscriptions = self._gauge("subscriptions", "Subscriptions to jobs in this process")
        self._jobs = self._gauge("jobs", "Live jobs of the deployment", "status")
        self._component = self._gauge("component_state", "1 for the state that a part is in", "component", "state")
        self._live = self._gauge("component_live", "Processes of a part that were heard from lately", "component")
        self._oldest_waiting = self._gauge("oldest_waiting_seconds", "How long the longest waiting job has waited")
        self._webhook = self._gauge("webhook_messages", "Messages to the webhook that are not delivered", "state")
        self._trouble = self._gauge("trouble", "1 while it is amiss", "code")
        self._clock_offset = self._gauge(
            "clock_offset_seconds", "How far the clock of a process is ahead of the database's: the one furthest off"
        )
        self._connections = self._gauge("pool_connections", "Connections to the database", "state")
        self._gauge("build_info", "1, with what runs", "version", "python").labels(
            version("novelfoundry"), platform.python_version()
        ).set(1)
        ProcessCollector(registry=self.registry)
        self._lateness = _Lateness()
        self.registry.register(self._lateness)

    def page(self, deployment: Deployment | None, *, accept: str | None = None) -> tuple[bytes, str]:
        """All metrics and their media type: OpenMetrics for who accepts it, else Prometheus's text.

        What the database did not tell is NaN or left out: an old number would lie.
        """
        for gauge in (self._jobs, self._component, self._live, self._webhook):
            gauge.clear()
        for number in (self._oldest_waiting, self._clock_offset):
            number.set(math.nan)
        if deployment is not None:
            self._tell(deployment)
        encode, media_type = choose_encoder(accept or "")
        return encode(self.registry), media_type

    def connections(self, states: Mapping[str, int]) -> None:
        """How many connections to the database are in which state."""
        for state, number in states.items():
            self._connections.labels(state).set(number)

    def troubles(self, found: Collection[TroubleCode]) -> None:
        """What this process finds amiss, whether the rest can be read or not."""
        for code in TroubleCode:
            self._trouble.labels(code.value).set(code in found)

    def _tell(self, deployment: Deployment) -> None:
        health = deployment.health
        for trouble in health.troubles:
            self._trouble.labels(trouble.code.value).set(1)
        if health.clock_offset is not None:
            self._clock_offset.set(health.clock_offset.total_seconds())
        self._jobs.labels("queued").set(health.queued)
        self._jobs.labels("running").set(health.running)
        self._oldest_waiting.set(deployment.oldest_waiting.total_seconds())
        for state, number in zip(("waiting", "given_up"), deployment.webhook, strict=True):
            self._webhook.labels(state).set(number)
        for name in ("sweeper", "workers", "push"):
            self._show(name, getattr(health, name))
        self._lateness.rows = deployment.lateness

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
