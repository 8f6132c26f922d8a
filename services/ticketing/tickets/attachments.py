"""Files that come after intake: with a note, seen by whoever reads that note."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from services.ticketing.domain.ticket_errors import TicketInvalid
from services.ticketing.files.attaching import attach
from services.ticketing.files.repository import INTERNAL, change, count_on
from services.ticketing.tickets import repository
from services.ticketing.tickets.casework import Case
from services.ticketing.tickets.schemas import MOST_FILES
from shared.auth import Principal
from shared.db.tx import Tx
from shared.errors import FieldError


async def add(tx: Tx, who: Principal, case: Case, ids: Sequence[UUID], *, public: bool) -> None:
    """Hang the caller's uploaded files on a locked case. Those of an internal note are not the owner's to see.

    Raises:
        TicketInvalid: more than a case may have, or not waiting files of the caller; none is attached then.
    """
    if await count_on(tx, case.id) + len(ids) > MOST_FILES:
        zh, en = f"一张工单最多 {MOST_FILES} 个附件", f"A case has at most {MOST_FILES} files"
        raise TicketInvalid(fields=[FieldError("attachments", zh, en)])
    if wrong := await attach(tx, who, ids, "ticket" if public else INTERNAL, case.id):
        raise TicketInvalid(fields=wrong)
    if public:
        shown = [*case.row.attachments, *(str(id) for id in ids)]
        await repository.update_ticket(tx, case.id, case.version, {"attachments": shown})


async def hide(tx: Tx, case: Case, ids: Sequence[UUID]) -> None:
    """Take files of a reply that was taken back out of the owner's sight; staff keep them, as the trace of it."""
    await change(tx, ids, {"subject_kind": INTERNAL})
    shown = [id for id in case.row.attachments if UUID(id) not in ids]
    await repository.update_ticket(tx, case.id, case.version, {"attachments": shown})
