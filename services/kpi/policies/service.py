"""Policies: submitted by who keeps them, issued on another's word, read by those they bind, updated by their day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Row

from services.kpi import access, registers
from services.kpi.domain.times import midnight_after
from services.kpi.policies import repository
from services.kpi.policies.schemas import EditionIn, PolicyIn
from services.kpi.register_errors import EditionMoved, NoSuchPolicy, OwnEdition, PolicyExists, PolicyInvalid
from shared.auth import Principal
from shared.db.tx import Tx
from shared.errors import FieldError

UPDATE = "policy.update"
#: All links of the work that a policy system has to cover.
AREAS: Final = ("cs", "engineering", "order", "environment", "appraisal", "risk")  # row: C-257 every one of them


async def register(tx: Tx, who: Principal, body: PolicyIn) -> UUID:
    """Open a document; it is in force once its first edition is approved. Raises NoSuchCommunity, PolicyExists."""
    place = await access.community(tx, who, body.community_id)
    if await repository.known(tx, place.id, body.code) is not None:
        raise PolicyExists(policy=body.code)
    values = body.model_dump(exclude={"community_id"})
    id_ = await repository.add(tx, {**values, "community_id": place.id, "edition": 0})
    tx.audit("policy.registered", "policy", id_, after={"code": body.code, "area": body.area})
    return id_


async def submit(tx: Tx, who: Principal, policy_id: UUID, body: EditionIn, version: int | None) -> None:
    """Submit a new edition for approval. Raises NoSuchPolicy, LostUpdate, EditionMoved, PolicyInvalid."""
    row = await get(tx, who, policy_id, lock=True)
    registers.demand(row, version)
    if body.next_update_on is not None and body.next_update_on <= tx.now.astimezone(ZoneInfo(row.timezone)).date():
        raise _invalid("next_update_on", "须晚于今天", "Should lie after today")
    editions = await repository.editions(tx, row.id)
    if any(edition.state == "submitted" for edition in editions):
        raise EditionMoved()
    number = len(editions) + 1
    head = {"policy_id": row.id, "community_id": row.community_id, "edition": number}
    await repository.add_edition(tx, {**head, **body.model_dump(), "state": "submitted", "submitted_by": who.sub})
    await repository.change(tx, row, {})
    tx.audit("policy.submitted", "policy", row.id, after={"edition": number})


async def decide(tx: Tx, who: Principal, policy_id: UUID, decision: str, note: str | None, version: int | None) -> None:
    """Issue the edition that waits, or refuse it; issued it meets the day by which the policy was to be updated.

    Raises NoSuchPolicy, LostUpdate, EditionMoved, OwnEdition, PolicyInvalid.
    """
    row = await get(tx, who, policy_id, lock=True)
    registers.demand(row, version)
    waiting = [edition for edition in await repository.editions(tx, row.id) if edition.state == "submitted"]
    if not waiting:
        raise EditionMoved()
    edition = waiting[-1]
    # row: C-248 submitted to whoever leads, who approves what somebody else wrote
    if who.sub == edition.submitted_by:
        raise OwnEdition()
    if decision == "refuse" and note is None:
        raise _invalid("note", "须说明原因", "Say why")
    state = "issued" if decision == "approve" else "refused"
    values = {"state": state, "decided_by": who.sub, "decided_at": tx.now, "decision": note}
    await repository.change_edition(tx, edition, values)
    tx.audit(f"policy.{state}", "policy", row.id, after={"edition": edition.edition})
    if state == "refused":
        await repository.change(tx, row, {})
        return
    due = edition.next_update_on
    seq = await repository.change(tx, row, {"edition": edition.edition, "update_due_on": due})
    if due is None:
        tx.cancel_timer(UPDATE, row.id)
    else:
        tx.set_timer(UPDATE, row.id, midnight_after(due, ZoneInfo(row.timezone)))
    # row: G-028 each edition in force is told of, and which day it met
    _tell(tx, row, "issued", seq, edition=edition.edition, was_due_on=row.update_due_on, next_due_on=due)


async def update_missed(tx: Tx, policy_id: UUID) -> None:
    """The day by which a policy was to be brought up to date is over."""
    row = await repository.get(tx, None, policy_id, lock=True)
    if row is None or row.update_due_on is None or tx.now < midnight_after(row.update_due_on, ZoneInfo(row.timezone)):
        return
    seq = await repository.change(tx, row, {})
    _tell(tx, row, "update_missed", seq, due_on=row.update_due_on)


async def read(tx: Tx, who: Principal, policy_id: UUID, edition: int) -> None:
    """Confirm that one has read the edition in force. Raises NoSuchPolicy, PolicyInvalid."""
    row = await get(tx, who, policy_id, lock=True)
    if edition != row.edition:
        raise _invalid("edition", "不是现行版本", "Is not the edition in force")
    found = [one for one in await repository.editions(tx, row.id) if one.edition == edition]
    if not found:
        raise _invalid("edition", "尚无现行版本", "There is no edition in force")
    await repository.read(tx, found[0].id, who.sub)


async def get(tx: Tx, who: Principal, policy_id: UUID, *, lock: bool = False) -> Row[Any]:
    """A policy within reach. Raises NoSuchPolicy."""
    row = await repository.get(tx, who, policy_id, lock=lock)
    if row is None:
        raise NoSuchPolicy()
    return row


async def editions(tx: Tx, policy_id: UUID) -> Sequence[Row[Any]]:
    """All editions of a policy."""
    return await repository.editions(tx, policy_id)


async def readers(tx: Tx, who: Principal, policy_id: UUID) -> tuple[int, Sequence[Row[Any]]]:
    """The edition in force and who confirmed that they read it. Raises NoSuchPolicy."""
    row = await get(tx, who, policy_id)
    found = [one for one in await repository.editions(tx, row.id) if one.edition == row.edition]
    return row.edition, await repository.readers(tx, found[0].id) if found else ()


async def page(
    tx: Tx, who: Principal, filters: Mapping[str, Any], after: UUID | None, limit: int
) -> Sequence[Row[Any]]:
    """Policies within reach."""
    return await repository.page(tx, who, filters, after, limit)


async def areas(tx: Tx, who: Principal, community_id: UUID) -> list[dict[str, Any]]:
    """Every area, covered or not. Raises NoSuchCommunity."""
    place = await access.community(tx, who, community_id)
    today = tx.now.astimezone(place.zone).date()
    found = {row.area: row for row in await repository.areas(tx, who, place.id, today)}
    return [
        {"area": area, "in_force": found[area].in_force, "overdue": found[area].overdue}
        if area in found
        else {"area": area, "in_force": 0, "overdue": 0}
        for area in AREAS
    ]


def _invalid(path: str, zh: str, en: str) -> PolicyInvalid:
    return PolicyInvalid(fields=[FieldError(path, zh, en)])


def _tell(tx: Tx, row: Row[Any], what: str, seq: int, **more: Any) -> None:
    told = {name: value.isoformat() if isinstance(value, date) else value for name, value in more.items()}
    data = {"code": row.code, "area": row.area, "owner_id": str(row.owner_id), **told}
    tx.emit(f"policy.{what}.v1", subject=row.id, seq=seq, community_id=row.community_id, data=data)
