"""What Prometheus reads. Labels are route templates and codes, never paths or ids: those would grow without end."""

from __future__ import annotations

from typing import Final

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
JOBS_WAITING: Final = Gauge("steward_jobs_waiting", "Jobs ready to run", ["service"])
HEARTBEAT_AGE: Final = Gauge("steward_worker_heartbeat_age_seconds", "Since the worker last reported", ["service"])
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


def render() -> bytes:
    """All metrics of this process in Prometheus' text format."""
    return generate_latest(REGISTRY)
