"""What a worker or a scheduler counts, for Prometheus: with NF_METRICS_PORT set, it shows this."""

import platform
from importlib.metadata import version

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, disable_created_metrics

from jobs.models import Job

# A time of creation for every series doubles the page and tells nobody anything.
disable_created_metrics()  # type: ignore[no-untyped-call]

REGISTRY = CollectorRegistry()
_FINISHED = Counter(
    "novelfoundry_jobs_finished",
    "Jobs that this worker brought to their end",
    ["status", "code", "attempt"],
    registry=REGISTRY,
)
_SECONDS = Histogram(
    "novelfoundry_job_seconds",
    "From a job's claim to its end",
    ["status"],
    registry=REGISTRY,
    buckets=(0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800),
)
_BUILD = Gauge("novelfoundry_build_info", "1, with what runs", ["version", "python"], registry=REGISTRY)
_BUILD.labels(version("novelfoundry"), platform.python_version()).set(1)
ProcessCollector(registry=REGISTRY)


def count_finished(job: Job) -> None:
    """Counts a job that has just come to its end."""
    _FINISHED.labels(job.status.value, job.failure_code.value if job.failure_code else "", str(job.attempt)).inc()
    if job.started_at is not None and job.finished_at is not None:
        _SECONDS.labels(job.status.value).observe((job.finished_at - job.started_at).total_seconds())
