"""Ticketing's worker, a table of contents: what it hears, which timers it fires, which jobs it does."""

from __future__ import annotations

from services.ticketing.approvals import tasks as approvals
from services.ticketing.assignments import tasks as assignments
from services.ticketing.calls import tasks as calls
from services.ticketing.care import tasks as care
from services.ticketing.consumers import SUBSCRIPTIONS
from services.ticketing.duplicates import service as duplicates
from services.ticketing.field import repeats
from services.ticketing.files import tasks as files
from services.ticketing.imports import tasks as imports
from services.ticketing.invitations import tasks as invitations
from services.ticketing.models import metadata
from services.ticketing.orders import tasks as orders
from services.ticketing.patrols import tasks as patrols
from services.ticketing.policies import tasks as policies
from services.ticketing.powers import POWERS
from services.ticketing.revisits import tasks as revisits
from services.ticketing.rosters import tasks as rosters
from services.ticketing.search import tasks as search
from services.ticketing.sessions import tasks as sessions
from services.ticketing.surveys import cadence
from services.ticketing.surveys import service as surveys
from services.ticketing.tickets import pausing
from services.ticketing.tickets import tasks as tickets
from shared.runtime import ServiceSpec

TIMERS = {
    **tickets.TIMERS,
    **pausing.TIMERS,
    **revisits.TIMERS,
    surveys.TIMER: surveys.fire_close,
    cadence.TIMER: cadence.fire,
    **files.TIMERS,
    **imports.TIMERS,
    **approvals.TIMERS,
    **calls.TIMERS,
    **duplicates.TIMERS,
    **assignments.TIMERS,
    **rosters.TIMERS,
    **policies.TIMERS,
    **patrols.TIMERS,
    **care.TIMERS,
    **orders.TIMERS,
}
JOBS = {**files.JOBS, **imports.JOBS, **sessions.JOBS, **policies.JOBS, **search.JOBS, **repeats.JOBS}
JOBS |= invitations.JOBS

SERVICE = ServiceSpec(
    name="ticketing",
    metadata=metadata,
    subscriptions=SUBSCRIPTIONS,
    prepare=search.PREPARE,
    timers=TIMERS,
    many_timers=tickets.MANY_TIMERS,
    jobs=JOBS,
    powers=POWERS,
)
"""What makes a process of this service, and what its worker does."""
