"""The statements of an organisation's survey settings: one row, of the organisation's id."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.dialects.postgresql import insert as pg_insert

from services.ticketing.models import survey_settings
from shared.db.tx import Tx

c = survey_settings.c


async def one(tx: Tx, *, lock: bool = False) -> Row[Any] | None:
    """The row, if the organisation has chosen."""
    wanted = select(survey_settings).where(c.org_id == tx.org_id, c.id == tx.org_id)
    return await tx.one_or_none(wanted.with_for_update() if lock else wanted)


async def put(tx: Tx, chosen: Sequence[dict[str, Any]]) -> None:
    """Store what was chosen, as the next version."""
    row = pg_insert(survey_settings).values(
        org_id=tx.org_id, id=tx.org_id, version=1, created_at=tx.now, updated_at=tx.now, chosen=list(chosen)
    )
    await tx.execute(
        row.on_conflict_do_update(
            index_elements=[c.org_id, c.id],
            set_={"chosen": list(chosen), "version": c.version + 1, "updated_at": tx.now},
        )
    )
