"""The audit log's share of a person: who opened their data, which they may know."""

from __future__ import annotations

from uuid import UUID

from services.ticketing.personal import repository
from shared.db.tx import Tx
from shared.personal import Found, Holder, rows_of


async def _collect(tx: Tx, person_id: UUID) -> Found:
    return {"openings": rows_of(await repository.openings_about(tx, person_id))}


HOLDER = Holder(
    "audit",
    frozenset({"audit"}),
    _collect,
    None,
    "谁在何时因何查看过您的信息的记录保留；其中的个人信息随密钥销毁而不可读",
    "The record of who opened the data, when and why stays; personal fields in it become unreadable with the key",
)
