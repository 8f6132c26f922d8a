"""Calls to peers. Intake never waits for another service; only a person's bundle asks what the others hold."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
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
