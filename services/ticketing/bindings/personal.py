"""Requests to be bound to a unit, with notes and papers sent as proof; which printed codes somebody used."""

from __future__ import annotations

from uuid import UUID

from services.ticketing.activations.repository import used_by
from services.ticketing.bindings import repository
from services.ticketing.files import repository as files
from services.ticketing.files.tasks import REMOVE, keys
from shared.db.tx import Tx
from shared.personal import Found, Holder, rows_of


async def _collect(tx: Tx, person_id: UUID) -> Found:
    return {
        "binding_requests": rows_of(await repository.of_person(tx, person_id)),
        "activation_codes": rows_of(await used_by(tx, person_id), "code_hash", "handle"),
    }


async def _forget(tx: Tx, person_id: UUID) -> None:
    """Withdraw what is open, blank the notes, and remove the proof files; their contents follow by a job."""
    for row in await repository.of_person(tx, person_id, lock=True):
        state = {"state": "withdrawn", "decided_at": tx.now} if row.state == "open" else {}
        await repository.change(tx, row, {"note": None, "attachments": [], **state})
        ids = [UUID(id) for id in row.attachments]
        if ids:
            await files.change(tx, ids, {"state": "removed"})
        for id in ids:
            tx.enqueue(REMOVE, {"keys": keys(tx.org_id, id)})


HOLDER = Holder(
    "bindings",
    frozenset({"binding_requests", "activation_codes"}),
    _collect,
    _forget,
    "保留申请与激活码的编号、房屋和日期：人房关系以此为据",
    "Ids, units and dates of requests and used codes stay: relations rest on them",
)
