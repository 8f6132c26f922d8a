"""kpi's worker, a table of contents: what it hears, which timers it fires, which jobs it does."""

from __future__ import annotations

from services.kpi.consumers import SUBSCRIPTIONS
from services.kpi.feeds import clearing
from services.kpi.models import metadata
from services.kpi.powers import POWERS
from services.kpi.scorecards import nights, provisional
from shared.runtime import ServiceSpec

TIMERS = {
    nights.TIMER: provisional.fire,
    clearing.TIMER: clearing.fire,
}

JOBS = {
    provisional.JOB: provisional.run,
    clearing.JOB: clearing.run,
}

SERVICE = ServiceSpec(
    name="kpi", metadata=metadata, subscriptions=SUBSCRIPTIONS, timers=TIMERS, jobs=JOBS, powers=POWERS
)
