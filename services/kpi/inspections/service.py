"""Checks and investigations: opened, added to, and ended by whom the letter names for it.

A check of another department is accepted by the responsible person, who may answer it; an investigation is concluded by
the company, never by whom it concerns.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from services.kpi import access
from services.kpi.domain.letters import LetterError
from services.kpi.errors import BadInput
from services.kpi.inspections import repository
from services.kpi.inspections.schemas import EntryIn, InspectionIn
from services.kpi.review_errors import InspectionClosed, NoSuchInspection, NotYourInspection
from shared.auth import Principal
from shared.db.tx import Tx
from shared.errors import LostUpdate
from shared.ids import uuid7

SUPERVISION, INVESTIGATION = "supervision", "investigation"
#: Who investigates for the company.
_COMPANY = frozenset({"gm", "qa", "hr", "safety", "legal", "finance"})
#: Who reads the files of others; everybody reads what concerns themselves, an investigation once it is concluded.
_READERS = _COMPANY | {"supervisor", "cs_manager", "project_manager"}


async def open_(tx: Tx, who: Principal, body: InspectionIn) -> Row[Any]:
    """Open one with its first entry. Raises NoSuchCommunity, NotYourInspection, BadInput."""
    community = await access.community(tx, who, body.community_id)
    if body.on > tx.now.astimezone(community.zone).date():
        raise BadInput.of(LetterError("on", "日期不能晚于今天", "must not be later than today"))
    # row: C-229, D-014 the company investigates special events; nobody opens a file on themselves
    if who.sub == body.subject_id or (body.kind == INVESTIGATION and _COMPANY.isdisjoint(who.roles)):
        raise NotYourInspection()
    id_ = uuid7()
    await repository.insert(
        tx,
        {
            "id": id_,
            "version": 1,
            "created_at": tx.now,
            "updated_at": tx.now,
            "kind": body.kind,
            "community_id": community.id,
            "subject_id": body.subject_id,
            "department": body.department,
            "title": body.title,
            "on_date": body.on,
            "state": "open",
            "opened_by": who.sub,
        },
    )
    await _write(tx, who, id_, body)
    tx.audit("inspection.opened", "inspection", id_, after={"kind": body.kind, "title": body.title})
    return await get(tx, who, id_)


async def add(tx: Tx, who: Principal, inspection_id: UUID, body: EntryIn, version: int | None) -> Row[Any]:
    """Add to the case file of one that is open. Raises NoSuchInspection, LostUpdate, InspectionClosed."""
    row = await _open(tx, who, inspection_id, version)
    await _write(tx, who, row.id, body)
    await repository.move(tx, row, {})
    tx.audit("inspection.added_to", "inspection", row.id)
    return await get(tx, who, row.id)


async def close(tx: Tx, who: Principal, inspection_id: UUID, body: EntryIn, version: int | None) -> Row[Any]:
    """End one: the responsible person accepts a check, the company concludes an investigation.

    Raises NoSuchInspection, LostUpdate, InspectionClosed, NotYourInspection.
    """
    row = await _open(tx, who, inspection_id, version)
    theirs = who.sub == row.subject_id
    if row.kind == SUPERVISION:
        # row: C-227, G-009 what another department found is accepted by the responsible person, in person
        if not theirs:
            raise NotYourInspection()
        state = "accepted"
    else:
        if theirs or _COMPANY.isdisjoint(who.roles):
            raise NotYourInspection()
        state = "concluded"
    await _write(tx, who, row.id, body)
    await repository.move(tx, row, {"state": state, "closed_by": who.sub, "closed_at": tx.now})
    tx.audit(f"inspection.{state}", "inspection", row.id)
    return await get(tx, who, row.id)


async def _open(tx: Tx, who: Principal, inspection_id: UUID, version: int | None) -> Row[Any]:
    row = await get(tx, who, inspection_id, lock=True)
    if version is not None and version != row.version:
        raise LostUpdate()
    if row.state != "open":
        raise InspectionClosed()
    return row


async def _write(tx: Tx, who: Principal, inspection_id: UUID, body: EntryIn) -> None:
    await repository.write(
        tx,
        {
            "id": uuid7(),
            "inspection_id": inspection_id,
            "text": body.text,
            "file_ids": body.file_ids,
            "written_by": who.sub,
            "written_at": tx.now,
        },
    )


async def get(tx: Tx, who: Principal, inspection_id: UUID, *, lock: bool = False) -> Row[Any]:
    """An inspection within reach. Raises NoSuchInspection."""
    row = await repository.get(tx, inspection_id, lock=lock)
    if row is None or not who.sees(row.path) or not _shown(who, row):
        raise NoSuchInspection()
    return row


def _shown(who: Principal, row: Row[Any]) -> bool:
    if who.sub == row.subject_id:
        return bool(row.kind == SUPERVISION or row.state != "open")
    return len(_READERS & who.roles) > 0


async def entries(tx: Tx, row: Row[Any]) -> Sequence[Row[Any]]:
    """The case file of an inspection within reach."""
    return await repository.entries(tx, row.id)


async def page(
    tx: Tx, who: Principal, filters: Mapping[str, Any], after: UUID | None, limit: int
) -> Sequence[Row[Any]]:
    """Inspections within reach, of others only for those who read them."""
    others = not _READERS.isdisjoint(who.roles)
    return await repository.page(tx, who, filters, after, limit, others=others)
