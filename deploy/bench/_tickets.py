"""Many tickets for a benchmark: one taken in through the gateway, its rows copied in bulk."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen
from uuid import UUID

import asyncpg

from deploy.commands.token import token
from shared.ids import uuid7

CHUNK = 5_000

#: Copies rows of one ticket: `$1` the organisation, `$2` the ticket, `$3` and `$4` new ids and what they hang on, `$5`
#: the columns that are the same in all copies.
_COPY = """
INSERT INTO ticketing.{table}
SELECT (jsonb_populate_record(t, $5::jsonb || jsonb_build_object({columns}))).*
  FROM ticketing.{table} t, unnest($3::uuid[], $4::uuid[]) WITH ORDINALITY AS n (id, ticket, place)
 WHERE t.org_id = $1 AND t.{key} = $2 {only}
"""

#: Of a copied row that hangs on its ticket.
HUNG = "'id', n.id, 'ticket_id', n.ticket, 'subject_id', n.ticket"

#: Table, the column that ties it to its ticket, what is new in each copy (SQL), which rows, what all copies share.
Piece = tuple[str, str, str, str, Mapping[str, Any]]


def allowed(folder: Path, role: str) -> str:
    """A token of a role in the only organisation."""
    return token(data=folder, role=role, org=None, units=[], subject=None, ttl=timedelta(hours=1))


def post(folder: Path, gateway: str, path: str, role: str, body: Any) -> Any:
    """POST to ticketing through the gateway; its answer."""
    headers = {"Authorization": f"Bearer {allowed(folder, role)}", "Content-Type": "application/json"}
    request = Request(f"{gateway}/ticketing/v1{path}", json.dumps(body).encode(), headers, method="POST")
    with urlopen(request, timeout=30) as answer:
        return json.load(answer)


def take_in(folder: Path, gateway: str, kind: str, **more: Any) -> UUID:
    """A ticket taken in through the public API, in a community made the same way."""
    rows = {"source": "bench", "items": [{"external_id": "bench", "name": "压测小区"}]}
    community = post(folder, gateway, "/communities/bulk", "admin", rows)["items"][0]["id"]
    body = {"community_id": community, "kind": kind, "summary": "电梯异响", "channel": "phone", **more}
    return UUID(post(folder, gateway, "/tickets", "clerk", body)["id"])


async def copies(
    connection: asyncpg.Connection, org: UUID, ticket: UUID, count: int, pieces: Sequence[Piece]
) -> list[UUID]:
    """So many copies of a ticket, written piece by piece; their ids. The first piece is to be that of tickets."""
    made: list[UUID] = []
    for start in range(0, count, CHUNK):
        tickets = [uuid7() for _ in range(min(CHUNK, count - start))]
        async with connection.transaction():
            for table, key, columns, only, same in pieces:
                new = f"{columns}, 'number', 'BENCH-' || (n.place + {start})" if table == "tickets" else columns
                sql = _COPY.format(table=table, columns=new, key=key, only=only)
                ids = tickets if table == "tickets" else [uuid7() for _ in tickets]
                await connection.execute(sql, org, ticket, ids, tickets, json.dumps(same))
        made += tickets
    tables = ", ".join(sorted({f"ticketing.{piece[0]}" for piece in pieces}))
    await connection.execute(f"VACUUM ANALYZE {tables}")
    return made
