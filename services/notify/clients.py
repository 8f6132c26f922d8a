"""Calls to peers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from shared.runtime import Runtime

# Ids of one request: a UUID is 37 characters with its comma, and the line must stay under 8 kB.
AT_ONCE: Final = 200


async def fetch_people(rt: Runtime, org_id: UUID, ids: Sequence[UUID]) -> dict[UUID, dict[str, Any]]:
    """Names and addresses of people from ticketing's register, many in one call, by id.

    People ticketing does not know (any more) are left out. Raises PeerDown while it cannot be asked.
    """
    found: dict[UUID, dict[str, Any]] = {}
    client = rt.peers["ticketing"]
    for start in range(0, len(ids), AT_ONCE):
        chunk = ids[start : start + AT_ONCE]
        page = await client.get_json(
            "/ticketing/v1/people",
            org=org_id,
            params={"ids": ",".join(map(str, chunk)), "limit": str(AT_ONCE)},
        )
        for item in page["items"]:
            if item.get("erased_at") is None:
                found[UUID(item["id"])] = {
                    "name": item.get("name"),
                    "email": item.get("email"),
                    "phone": item.get("phone"),
                    "locale": item.get("locale") or "zh",
                }
    return found


async def fetch_on_duty(rt: Runtime, org_id: UUID, org_unit: UUID) -> list[UUID]:
    """Who is on duty now in, below or above an org unit, as ticketing's rosters have it.

    Raises PeerDown while it cannot be asked, PeerRefused where it does not know the org unit.
    """
    found = await rt.peers["ticketing"].get_json(
        "/ticketing/v1/on-duty", org=org_id, params={"org_unit": str(org_unit)}, timeout=2.0
    )
    return [UUID(one["person_id"]) for one in found]
