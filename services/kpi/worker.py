"""kpi's worker, a table of contents: what it hears, which timers it fires, which jobs it does."""

from __future__ import annotations

from services.kpi.consumers import SUBSCRIPTIONS
from services.kpi.feeds import clearing
from services.kpi.models import metadata
from services.kpi.powers import POWERS
from services.kpi.reports.tasks import TIMERS as REPORTS
from services.kpi.scorecards import carding, nights, provisional
from services.kpi.tasks_register.tasks import TIMERS as TASKS
from shared.runtime import ServiceSpec

TIMERS = {
    nights.TIMER: provisional.fire,
    clearing.TIMER: clearing.fire,
    **TASKS,
    **REPORTS,
}

JOBS = {
    provisional.JOB: provisional.run,
    carding.JOB: carding.run,
    clearing.JOB: clearing.run,
}

SERVICE = ServiceSpec(
    name="kpi", metadata=metadata, subscriptions=SUBSCRIPTIONS, timers=TIMERS, jobs=JOBS, powers=POWERS
)
