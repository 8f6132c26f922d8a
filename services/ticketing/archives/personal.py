"""Owner files that hold a person's fields."""

from __future__ import annotations

from uuid import UUID

from services.ticketing.archives import repository
from services.ticketing.archives.service import forget_person
from shared.db.tx import Tx
from shared.personal import Found, Holder, rows_of


async def _collect(tx: Tx, person_id: UUID) -> Found:
    return {"owner_files": rows_of(await repository.of_person(tx, person_id, lock=False))}


HOLDER = Holder(
    "archives",
    frozenset({"archives"}),
    _collect,
    forget_person,
    "业主档案中关于房屋本身及其维修经过的内容保留",
    "What an owner file says of the house and its repairs stays",
)
