"""Photos, voice notes and papers that a person sent, and bundles of their own data."""

from __future__ import annotations

from uuid import UUID

from services.ticketing.files import repository
from services.ticketing.files.service import drop
from shared.db.tx import Tx
from shared.personal import Found, Holder, rows_of


async def _collect(tx: Tx, person_id: UUID) -> Found:
    return {"files": rows_of(await repository.uploaded_by(tx, person_id))}


async def _forget(tx: Tx, person_id: UUID) -> None:
    """Bundles of their data go, and what they uploaded and attached to nothing."""
    await drop(tx, [row.id for row in await repository.loose_of(tx, person_id)])


HOLDER = Holder(
    "files",
    frozenset({"files"}),
    _collect,
    _forget,
    "已随工单提交的照片等作为工单凭证保留",
    "Photos and papers that were attached to a case stay as its evidence",
)
