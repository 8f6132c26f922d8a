"""Calls to peers. Intake never waits for another service; a person's bundle and printed bills ask what others hold."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

import structlog

from shared.http.clients import PeerRefused, PeerUnavailable
from shared.runtime import Runtime
from shared.settings import SERVICES

log = structlog.get_logger(__name__)

#: Services that may hold something of a person beside the register.
PEERS: Final = tuple(sorted(set(SERVICES) - {"ticketing"}))
#: Seconds: somebody waits for the bundle, and can ask again for what is missing.
_PATIENCE: Final = 15.0


async def fetch_personal(rt: Runtime, org_id: UUID, ids: Sequence[UUID]) -> Mapping[str, Mapping[str, Any] | None]:
    """What each peer holds on the person of these ids; None for one that could not be asked."""
    found = await asyncio.gather(*(_of(rt, peer, org_id, ids) for peer in PEERS))
    return dict(zip(PEERS, found, strict=True))


async def fetch_open_bills(
    rt: Runtime, org_id: UUID, communities: Iterable[UUID]
) -> Mapping[UUID, Sequence[Mapping[str, Any]]] | None:
    """Bills of these communities on which something is open, by unit; None where billing cannot be asked."""
    client = rt.peers.get("billing")
    if client is None:
        return None
    found: dict[UUID, list[Mapping[str, Any]]] = {}
    try:
        for community in communities:
            for state in ("open", "partly_paid"):
                params = {"community_id": str(community), "state": state, "limit": "200"}
                while True:
                    page = await client.get_json("/billing/v1/bills", org=org_id, params=params, timeout=_PATIENCE)
                    for bill in page["items"]:
                        found.setdefault(UUID(bill["unit_id"]), []).append(bill)
                    if page["next"] is None:
                        break
                    params["cursor"] = page["next"]
    except (PeerUnavailable, PeerRefused) as problem:
        log.warning("bills.peer_missing", code=problem.code)
        return None
    return found


async def _of(rt: Runtime, peer: str, org_id: UUID, ids: Sequence[UUID]) -> Mapping[str, Any] | None:
    client = rt.peers.get(peer)
    if client is None:
        return None
    try:
        answer = await client.get_json(
            f"/{peer}/v1/personal", org=org_id, params={"ids": [str(id) for id in ids]}, timeout=_PATIENCE
        )
    except (PeerUnavailable, PeerRefused) as problem:
        log.warning("personal.peer_missing", peer=peer, code=problem.code)
        return None
    data: Mapping[str, Any] = answer["data"]
    return data
