"""Merging two rows of the register that are one person. What was recorded stays; where it pointed moves."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row

from services.ticketing.domain.grants.policy import ACCESS_LIFE
from services.ticketing.domain.household_errors import HouseholdInvalid, PersonElsewhere, PersonMerged
from services.ticketing.duplicates import repository
from services.ticketing.duplicates.schemas import MergeIn
from services.ticketing.errors import NoSuchPerson, PersonErased
from services.ticketing.people.repository import people_reach, released, write_person
from services.ticketing.people.service import PERSON, RELATION
from services.ticketing.register.bulk import Change, announce, write_changes
from services.ticketing.sessions.identities import follow
from services.ticketing.sessions.service import end_all
from shared.auth import Principal
from shared.db.tx import Tx
from shared.errors import FieldError
from shared.runtime import Timer

#: Tokens of the one who went live for some minutes more: what they report meanwhile is moved then.
SWEEP: Final = "person.merge_sweep"
_SWEEP_AFTER: Final = ACCESS_LIFE + timedelta(minutes=5)
_PERSONAL: Final = ("name", "phone", "email")


async def merge(tx: Tx, who: Principal, survivor_id: UUID, body: MergeIn) -> Row[Any]:
    """Merge somebody into the survivor; what the survivor lacks, and what ``take`` names, comes from the other.

    Raises:
        NoSuchPerson, HouseholdInvalid: the survivor or the other is unknown, or outside the caller's reach.
        PersonErased: one was erased.
        PersonMerged: one was merged before, or both are the same.
        PersonElsewhere: one belongs to a community outside the caller's reach, too.
    """
    loser_id = body.person_id
    if loser_id == survivor_id:
        raise PersonMerged()
    both = await repository.lock_both(tx, (survivor_id, loser_id), people_reach(tx, who))
    if survivor_id not in both:
        raise NoSuchPerson()
    if loser_id not in both:
        wrong = FieldError("person_id", "没有这个人，或者您无权查看", "There is no such person within your reach")
        raise HouseholdInvalid(fields=[wrong])
    survivor, loser = both[survivor_id], both[loser_id]
    if survivor.merged_into is not None or loser.merged_into is not None:
        raise PersonMerged()
    if survivor.erased_at is not None or loser.erased_at is not None:
        raise PersonErased()
    # row: D-076 whoever answers for one community gives nobody a unit of another by calling two people one
    if await repository.elsewhere(tx, who, both):
        raise PersonElsewhere()
    tx.emit("person.merged.v1", subject=loser_id, seq=loser.version + 1, data={"survivor_id": str(survivor_id)})
    await _move_relations(tx, loser_id, survivor_id)
    # row: C-074 tickets and papers of the one are linked with the other
    moved = await repository.repoint(tx, loser_id, survivor_id)
    await repository.relink(tx, loser_id, survivor_id)
    await end_all(tx, loser_id, reason="gone")
    await _write(tx, survivor, loser, body)
    tx.audit("person.merged", "person", survivor_id, after={"merged": loser_id, "reason": body.reason, **moved})
    tx.set_timer(SWEEP, loser_id, tx.now + _SWEEP_AFTER, {"survivor_id": str(survivor_id)})
    after = await repository.lock_both(tx, [survivor_id], ())
    return after[survivor_id]


async def _move_relations(tx: Tx, loser_id: UUID, survivor_id: UUID) -> None:
    changes = []
    for row in await repository.relations_of(tx, loser_id):
        before = {name: getattr(row, name) for name in RELATION.columns}
        changes.append(Change(row.id, row.version + 1, {**before, "person_id": survivor_id}, before))
    await write_changes(tx, RELATION, changes)
    announce(tx, RELATION, changes)


async def _write(tx: Tx, survivor: Row[Any], loser: Row[Any], body: MergeIn) -> None:
    gone = {name: getattr(loser, name) for name in _PERSONAL}
    # The survivor's first, or the loser's phone would be two people's for a moment in nobody's favour.
    before = {name: getattr(survivor, name) for name in PERSON.columns}
    after = before | {n: gone[n] for n in _PERSONAL if gone[n] is not None and (before[n] is None or n in body.take)}
    if after != before:
        await write_person(tx, survivor, {name: after[name] for name in _PERSONAL})
        announce(tx, PERSON, [Change(survivor.id, survivor.version + 1, after, before)])
    blank: dict[str, Any] = dict.fromkeys(_PERSONAL)
    await write_person(tx, loser, {**blank, "merged_into": survivor.id} | released(loser))
    tx.audit(
        "person.merged_away", "person", loser.id, after={"into": survivor.id}, person_id=loser.id, personal=gone
    )
    follow(tx, "person", [survivor.id, loser.id])


async def sweep(tx: Tx, timer: Timer) -> None:
    """Move what tokens of the one who went reported after the merge; harmless when there is nothing."""
    row = (await repository.lock_both(tx, [timer.subject_id], ())).get(timer.subject_id)
    if row is not None and row.merged_into is not None:
        await repository.repoint(tx, row.id, row.merged_into)


TIMERS: Final = {SWEEP: sweep}
