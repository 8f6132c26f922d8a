"""Who is on duty for a case, whose turn it is, and why: the part of dispatch that looks at people."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from uuid import UUID

from services.ticketing.domain.orders import Candidate
from services.ticketing.orders import repository
from services.ticketing.rosters.on_duty import on_duty
from shared.db.tx import Tx


async def able(tx: Tx, path: Sequence[UUID], skill: str | None) -> set[UUID]:
    """Those on duty now for something under this path who have the skill."""
    return {one.person_id for one in await on_duty(tx, path, tx.now, skill)}


async def candidates(
    tx: Tx, path: Sequence[UUID], skill: str | None, *, refused: Collection[UUID], handed_over: Collection[UUID]
) -> list[Candidate]:
    """Everybody on duty, with their open orders and why they cannot have this one; held until the commit.

    Holding them makes a second order that is given out at the same time wait, and then count the first one.
    """
    everybody = await able(tx, path, None)
    if not everybody:
        return []
    skilled = everybody if skill is None else await able(tx, path, skill)
    await repository.hold(tx, everybody)
    loads = await repository.loads(tx, everybody)
    found = []
    for person_id in everybody:
        count, last_at = loads.get(person_id, (0, None))
        if person_id in refused:
            found.append(Candidate(person_id, count, last_at, "refused"))
        elif person_id in handed_over:
            found.append(Candidate(person_id, count, last_at, "handed_over"))
        else:
            found.append(Candidate(person_id, count, last_at, None if person_id in skilled else "skill"))
    return found
