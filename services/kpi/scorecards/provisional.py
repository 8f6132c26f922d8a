"""Provisional scorecards: every night each letter's running period is scored anew, until a person closes it (C.19)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from services.kpi import access
from services.kpi.domain.letters import CYCLES, Letter
from services.kpi.feeds import publishing
from services.kpi.letters import repository as letters
from services.kpi.letters import service as signed
from services.kpi.letters import terms
from services.kpi.scorecards import repository
from services.kpi.scorecards.computing import readings
from services.kpi.scorecards.nights import plan
from services.kpi.scorecards.scoring import before, scored
from shared.db.tx import Tx
from shared.periods import Period
from shared.runtime import Job, Runtime, Timer

JOB = "scorecard.provisional"


async def fire(tx: Tx, timer: Timer) -> None:
    """A night has come: have the letter scored by a job of its own, and plan the next."""
    row = await letters.get(tx, timer.subject_id)
    if row is None:
        return
    tx.enqueue(JOB, {"letter_id": str(row.id)})
    plan(tx, row.id, row.term, ZoneInfo(row.timezone))


async def run(rt: Runtime, job: Job) -> None:
    """Score the open periods of one letter and tell the feeds."""
    async with rt.db.tx(job.org_id, request_id=job.request_id) as tx:
        await refresh(tx, UUID(job.payload["letter_id"]))


async def refresh(tx: Tx, letter_id: UUID) -> None:
    """The letter's provisional numbers of its running period and the one before, where those are not closed."""
    await letters.lock(tx, letter_id)  # against a close at the same moment, whose numbers must stand
    row = await letters.get(tx, letter_id)
    if row is None or row.state in ("draft", "void"):
        return
    letter = signed.signed(row)
    zone = ZoneInfo(row.timezone)
    community = access.Community(row.community_id, "", row.path, zone)
    for period in _open_periods(letter, row.term, tx.now, zone):
        if await repository.head(tx, row.id, str(period)) is None:
            await _tell(tx, row, community, period)


async def _tell(tx: Tx, row: Any, community: access.Community, period: Period) -> None:
    said = await terms.at(tx, row, period)
    letter = said.letter
    found = await readings(tx, letter, said.parameters, community, period, keep=True)
    history = await repository.earlier_readings(tx, community.id, letter.template, before(period))
    card = scored(letter, said.parameters, found, history, period)
    await publishing.scorecard(tx, row, letter, period, card.as_json(), parameters=said.parameters, as_of=tx.now)


def _open_periods(letter: Letter, term: str, now: datetime, zone: ZoneInfo) -> Iterator[Period]:
    """The last two periods of each of the letter's cycles that have begun."""
    for cycle in letter.cycles:
        begun = [period for period in Period.parse(term).split(CYCLES[cycle]) if period.bounds(zone)[0] <= now]
        yield from begun[-2:]
