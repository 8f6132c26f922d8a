"""What goes with an erased person: the desk's notes on their requests, and the papers they sent as proof."""

from __future__ import annotations

from uuid import UUID

from services.ticketing.bindings import repository
from services.ticketing.files import repository as files
from services.ticketing.files.tasks import REMOVE, keys
from shared.db.tx import Tx


async def forget_person(tx: Tx, person_id: UUID) -> None:
    """Withdraw what is open, blank the notes, and remove the proof files; their contents follow by a job."""
    for row in await repository.of_person(tx, person_id):
        state = {"state": "withdrawn", "decided_at": tx.now} if row.state == "open" else {}
        await repository.change(tx, row, {"note": None, "attachments": [], **state})
        ids = [UUID(id) for id in row.attachments]
        if ids:
            await files.change(tx, ids, {"state": "removed"})
        for id in ids:
            tx.enqueue(REMOVE, {"keys": keys(tx.org_id, id)})
