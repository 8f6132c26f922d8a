"""Holds what the services said during a test run against their contracts (`shared.contracts`)."""

from __future__ import annotations

import json
from collections.abc import Iterable

import asyncpg

from shared.contracts.events import event_types

#: Events of one type that are looked at; what breaks a contract does so again and again.
SAMPLE = 200


async def broken(admin_url: str, services: Iterable[str]) -> list[str]:
    """Every way in which an event in an outbox differs from its contract, each named once."""
    found: set[str] = set()
    connection = await asyncpg.connect(admin_url)
    try:
        for service in services:
            for name, event in event_types().items():
                if event.source != service:
                    continue
                rows = await connection.fetch(
                    f"SELECT data FROM {service}.outbox WHERE type = $1 ORDER BY id DESC LIMIT {SAMPLE}", name
                )
                for row in rows:
                    data = json.loads(row["data"]) if isinstance(row["data"], str) else row["data"]
                    found.update(f"{name}: {fault}" for fault in event.faults(data))
    finally:
        await connection.close()
    return sorted(found)
