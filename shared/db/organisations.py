"""Each service's short list of organisations: which ones exist, learnt from ticketing's feed."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from shared import clock


async def remember(raw: Any, schema: str, org_id: UUID, name: str = "") -> None:
    """Put an organisation on the list; a later name replaces an empty one."""
    await raw.execute(
        f"INSERT INTO {schema}.organisations (id, name, created_at) VALUES ($1, $2, $3) "
        "ON CONFLICT (id) DO UPDATE SET name = CASE WHEN excluded.name = '' THEN organisations.name "
        "ELSE excluded.name END",
        org_id,
        name,
        clock.wall(),
    )


async def known(raw: Any, schema: str) -> list[UUID]:
    """All organisations of this service."""
    rows = await raw.fetch(f"SELECT id FROM {schema}.organisations ORDER BY id")
    return [r["id"] for r in rows]
