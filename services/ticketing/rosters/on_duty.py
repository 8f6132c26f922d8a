"""Who is on duty: rostered, not away, and present where presence is kept. Dispatch and warnings ask here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from services.ticketing.domain.duties import DESIGNATION, SKILL
from services.ticketing.domain.rosters import Span, stay
from services.ticketing.rosters import repository
from services.ticketing.rosters.judging import away
from shared.db.tx import Tx


@dataclass(frozen=True, slots=True)
class OnDuty:
    """Somebody on duty, by which shift and by which evidence."""

    person_id: UUID
    org_unit_id: UUID
    post: str
    shift_id: UUID
    starts_at: datetime
    ends_at: datetime
    evidence: Literal["present", "rostered"]


async def on_duty(
    tx: Tx, path: Sequence[UUID], at: datetime, skill: str | None = None, designation: str | None = None
) -> list[OnDuty]:
    """Who is on duty at an instant for something under this path of org units (a community's ``path`` will do).

    Those rostered in its last org unit, below it or above it: an engineer of the branch serves its projects. Approved
    leave and bars take out; where the post keeps presence, only who is there counts, unless ``at`` lies ahead. With
    ``skill`` or ``designation`` only who holds it then. Whoever is rostered nearest comes first.
    """
    rows = list(await repository.on_shift(tx, path, at))
    if not rows:
        return []
    moment = Span(at, at + timedelta(microseconds=1))
    people = {row.person_id for row in rows}
    for kind, code in ((SKILL, skill), (DESIGNATION, designation)):
        if code is not None:
            people &= await repository.able(tx, people, path, at, kind, code)
    free = await away(tx, people, moment)
    there: set[UUID] = set()
    ahead = at > tx.now
    if not ahead and any(row.presence_kept for row in rows):
        for record in await repository.stays(tx, people, moment):
            span = stay(record.in_at, record.out_at, tx.now + timedelta(microseconds=1))
            if span is not None and span.holds(at):
                there.add(record.person_id)
    found = []
    for row in rows:
        if row.person_id not in people or any(span.holds(at) for span in free.get(row.person_id, ())):
            continue
        if row.presence_kept and not ahead and row.person_id not in there:
            continue
        evidence: Literal["present", "rostered"] = "present" if row.person_id in there else "rostered"
        found.append(
            OnDuty(row.person_id, row.org_unit_id, row.post, row.id, row.starts_at, row.ends_at, evidence)
        )
    near = {unit: n for n, unit in enumerate(path)}
    return sorted(found, key=lambda d: (-near.get(d.org_unit_id, len(path)), d.starts_at, d.person_id))
