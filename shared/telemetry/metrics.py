"""What Prometheus reads. Labels are route templates and codes, never paths or ids: those would grow without end."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, Counter, Gauge, Histogram, generate_latest

_SECONDS: Final = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)

REQUESTS: Final = Counter("steward_http_requests", "Requests answered", ["service", "method", "route", "status"])
REQUEST_SECONDS: Final = Histogram(
    "steward_http_request_seconds",
    "Time to the end of an answer",
    ["service", "method", "route"],
    buckets=_SECONDS,
)
REQUESTS_RETRIED: Final = Counter(
    "steward_http_retried", "Writes run again after a serialization failure or deadlock", ["service"]
)
FEED_LAG: Final = Gauge(
    "steward_feed_lag_events",
    "Events of a source not applied yet, over all organisations",
    ["service", "source"],
)
FEED_UNSEQUENCED: Final = Gauge("steward_feed_unsequenced", "Own committed events without a position yet", ["service"])
PARKED: Final = Gauge("steward_parked_events", "Events parked because they could not be applied", ["service"])
TIMERS_DUE: Final = Gauge("steward_timers_due", "Timers whose time has come and that have not fired", ["service"])
TIMERS_FAILED: Final = Gauge("steward_timers_failed", "Timers whose handlers gave up", ["service"])
JOBS_WAITING: Final = Gauge("steward_jobs_waiting", "Jobs ready to run or running", ["service"])
JOBS_DEAD: Final = Gauge("steward_jobs_dead", "Jobs that were given up", ["service"])
HEARTBEAT_AGE: Final = Gauge(
    "steward_worker_heartbeat_age_seconds",
    "Since the worker last reported; +Inf when it never did, NaN while the database cannot be asked",
    ["service"],
)
EVENTS_APPLIED: Final = Counter("steward_events_applied", "Events whose effects were committed", ["service", "source"])
EVENTS_PARKED: Final = Counter("steward_events_parked", "Events that could not be applied", ["service", "source"])
EVENTS_SEQUENCED: Final = Counter("steward_events_sequenced", "Own events given a position", ["service"])
TIMERS_FIRED: Final = Counter("steward_timers_fired", "Timers fired", ["service", "kind"])
JOBS: Final = Counter("steward_jobs", "Jobs run, by outcome", ["service", "kind", "outcome"])
JOB_SECONDS: Final = Histogram("steward_job_seconds", "Time a job took", ["service", "kind"], buckets=_SECONDS)

CONTENT_TYPE: Final = CONTENT_TYPE_LATEST


class RequestMetrics:
    """The request metrics of one service, with the label look-ups done once per route and status."""

    def __init__(self, service: str) -> None:
        self._service = service
        self._counters: dict[tuple[str, str, int], Counter] = {}
        self._timers: dict[tuple[str, str], Histogram] = {}

    def observe(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count one answered request; `route` is the template of the route, "" when none matched."""
        key = (method, route, status)
        counter = self._counters.get(key)
        if counter is None:
            counter = self._counters[key] = REQUESTS.labels(self._service, method, route, str(status))
        counter.inc()
        timer = self._timers.get(key[:2])
        if timer is None:
            timer = self._timers[key[:2]] = REQUEST_SECONDS.labels(self._service, method, route)
        timer.observe(seconds)


#: What a worker reports with its heartbeat -> the gauge that shows it.
_REPORTED: Final[Mapping[str, Gauge]] = {
    "unstamped": FEED_UNSEQUENCED,
    "timers_due": TIMERS_DUE,
    "timers_failed": TIMERS_FAILED,
    "jobs_waiting": JOBS_WAITING,
    "jobs_dead": JOBS_DEAD,
    "parked": PARKED,
}


def show_worker(service: str, age: float, detail: Mapping[str, Any]) -> None:
    """Show what the service's worker last reported: it has no port of its own for Prometheus to ask.

    age: seconds since the heartbeat; detail: what stood in it (see shared.worker.loops). A number that is not in it
    is NaN, so that a graph breaks off instead of going on with what is no longer known.
    """
    HEARTBEAT_AGE.labels(service).set(age)
    for name, gauge in _REPORTED.items():
        gauge.labels(service).set(detail.get(name, float("nan")))
    for source, behind in detail.get("behind", {}).items():
        FEED_LAG.labels(service, source).set(behind)


def render() -> bytes:
    """All metrics of this process in Prometheus' text format."""
    return generate_latest(REGISTRY)
