"""Paper files of owners: asked for, permitted by whoever leads the office, handed out and brought back (C-082)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from services.ticketing import access
from services.ticketing.archive_loans import repository
from services.ticketing.archive_loans.schemas import LoanDecisionIn, LoanIn
from services.ticketing.archives import repository as files
from services.ticketing.archives import service as archives
from services.ticketing.domain.archive_loans import (
    ArchiveLoanInvalid,
    ArchiveLoanMoved,
    ArchiveLoanOwn,
    NoSuchArchiveLoan,
    after,
    first_state,
)
from shared.auth import Principal
from shared.db.tx import Tx
from shared.errors import FieldError, LostUpdate
from shared.http.paging import PageQuery


async def ask(tx: Tx, who: Principal, file_id: UUID, body: LoanIn) -> Row[Any]:
    """Ask to look at a paper file, or to take it along.

    Raises:
        NoSuchArchive: unknown, or outside the caller's reach. ArchiveLoanInvalid: what is borrowed without a day, or a
        day that is over. NoSuperior: an ad-hoc check of somebody who stands in no superior department.
    """
    file = await archives.file(tx, who, file_id)
    place = await access.community(tx, who, file.community_id)
    if body.kind == "borrow" and body.due_on is None:
        raise _invalid("due_on", "借出须写明归还日期", "Say by which day it is brought back")
    if body.due_on is not None and body.due_on < place.local_date(tx.now):
        raise _invalid("due_on", "归还日期不能早于今天", "Should not lie before today")
    state = first_state(who.roles, body.ad_hoc_check)
    head = {"file_id": file.id, "community_id": file.community_id, "asked_by": who.sub, "state": state}
    id = await repository.add(tx, {**head, **body.model_dump()})
    tx.audit("archive_loan.asked", "archive_loan", id, after={"file_id": file.id, **body.model_dump(mode="json")})
    return await find(tx, who, id)


async def find(tx: Tx, who: Principal, id: UUID, version: int | None = None, *, lock: bool = False) -> Row[Any]:
    """One within reach. Raises NoSuchArchiveLoan, LostUpdate."""
    row = await repository.one(tx, id, repository.reach(tx, who), lock=lock)
    if row is None:
        raise NoSuchArchiveLoan()
    if version is not None and version != row.version:
        raise LostUpdate()
    return row


async def decide(tx: Tx, who: Principal, id: UUID, body: LoanDecisionIn, version: int | None) -> Row[Any]:
    """Permit or refuse. Raises NoSuchArchiveLoan, LostUpdate, ArchiveLoanOwn, ArchiveLoanInvalid, ArchiveLoanMoved."""
    row = await find(tx, who, id, version, lock=True)
    if who.sub == row.asked_by:
        raise ArchiveLoanOwn()
    if body.decision == "refuse" and body.note is None:
        raise _invalid("note", "不予批准须说明原因", "Say why")
    state = _next(row, body.decision)
    values = {"decided_by": who.sub, "decided_at": tx.now, "decision": body.note}
    return await _move(tx, who, row, state, values)


async def hand_out(tx: Tx, who: Principal, id: UUID, version: int | None) -> Row[Any]:
    """Hand it out. Raises NoSuchArchiveLoan, LostUpdate; ArchiveLoanMoved: not permitted, or it is out already."""
    row = await find(tx, who, id, version, lock=True)
    state = _next(row, "hand_out")
    await files.locked(tx, row.file_id)  # there is one paper file: two loans of it come one after the other
    if await repository.out_of(tx, row.file_id) is not None:
        raise ArchiveLoanMoved(state="out")
    return await _move(tx, who, row, state, {"handed_out_by": who.sub, "handed_out_at": tx.now})


async def take_back(tx: Tx, who: Principal, id: UUID, version: int | None) -> Row[Any]:
    """Take the file back. Raises NoSuchArchiveLoan, LostUpdate, ArchiveLoanMoved."""
    row = await find(tx, who, id, version, lock=True)
    state = _next(row, "take_back")
    return await _move(tx, who, row, state, {"taken_back_by": who.sub, "taken_back_at": tx.now})


def _next(row: Row[Any], step: str) -> str:
    state = after(row.state, step)
    if state is None:
        raise ArchiveLoanMoved(state=row.state)
    return state


async def _move(tx: Tx, who: Principal, row: Row[Any], state: str, values: dict[str, Any]) -> Row[Any]:
    await repository.change(tx, row, {"state": state, **values})
    tx.audit(f"archive_loan.{state}", "archive_loan", row.id, before={"state": row.state}, after={"state": state})
    return await find(tx, who, row.id)


async def page(
    tx: Tx, who: Principal, community_id: UUID | None, file_id: UUID | None, state: str | None, query: PageQuery
) -> Sequence[Row[Any]]:
    """Those within reach."""
    c = repository.c
    asked = {c.community_id: community_id, c.file_id: file_id, c.state: state}
    where = [*repository.reach(tx, who), *(column == value for column, value in asked.items() if value is not None)]
    return await repository.page(tx, where, query)


def _invalid(path: str, zh: str, en: str) -> ArchiveLoanInvalid:
    return ArchiveLoanInvalid(fields=[FieldError(path, zh, en)])
