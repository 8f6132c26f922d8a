"""Opening originals: peers are asked outside every transaction, and nothing is shown that is not on record first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from services.kpi import access
from services.kpi.domain import originals
from services.kpi.facts import history_repository as history
from services.kpi.facts import repository as facts
from services.kpi.originals import repository
from services.kpi.originals.schemas import OpeningIn
from services.kpi.review_errors import NoSuchFact
from shared.auth import Principal
from shared.db.tx import Tx
from shared.http.clients import PeerRefused
from shared.ids import uuid7
from shared.runtime import Runtime

#: The counter that numbers the openings of an organisation without a gap.
COUNTER = "original.opening"
#: Rows of one page of a peer's list, and how many pages of it are originals of one case.
PAGE, MOST_PAGES = 200, 10


async def case(tx: Tx, who: Principal, fact_id: UUID) -> tuple[Mapping[str, Any], Sequence[Any]]:
    """A case within reach and every version of it. Raises NoSuchFact, NoSuchCommunity."""
    row = (await facts.versions(tx, [fact_id])).get(fact_id)
    if row is None or row["community_id"] is None:
        raise NoSuchFact()
    await access.community(tx, who, UUID(str(row["community_id"])))
    return row, await history.versions_of(tx, row["indicator"], row["subject"])


async def fetch(rt: Runtime, org_id: UUID, link: str | None) -> list[tuple[str, Any]]:
    """The originals that a case links to, each with its address. Raises PeerUnavailable.

    What the keeper does not hand out to us (a part that this kind of record does not have) is left out.
    """
    found: list[tuple[str, Any]] = []
    for address in originals.addresses(link):
        if (content := await _read(rt, org_id, address.peer, address.path)) is not None:
            found.append((address.path, content))
    for id_ in originals.files_in([content for _, content in found]):
        path = f"/ticketing/v1/files/{id_}"
        if (content := await _read(rt, org_id, "ticketing", path)) is not None:
            found.append((path, content))
    return found


async def _read(rt: Runtime, org_id: UUID, peer: str, path: str) -> Any:
    try:
        first = await rt.peers[peer].get_json(path, org=org_id)
        if not isinstance(first, dict) or not first.get("next"):
            return first
        items, following = list(first["items"]), first["next"]
        for _ in range(MOST_PAGES):
            page = await rt.peers[peer].get_json(path, org=org_id, params={"cursor": following, "limit": str(PAGE)})
            items += page["items"]
            following = page["next"]
            if following is None:
                break
        return {**first, "items": items, "next": following}
    except PeerRefused:
        return None


async def record(
    tx: Tx, who: Principal, body: OpeningIn, row: Mapping[str, Any], found: Sequence[tuple[str, Any]]
) -> dict[str, Any]:
    """Put an opening on record, under the hash of the one before it. Concurrent openings queue for their number."""
    number = await tx.number(COUNTER)
    previous = originals.GENESIS if number == 1 else await repository.hash_of(tx, number - 1)
    assert previous is not None  # numbers have no gap, and whoever took the one before has committed
    entry: dict[str, Any] = {
        "id": uuid7(),
        "number": number,
        "fact_id": body.fact_id,
        "indicator": row["indicator"],
        "subject": row["subject"],
        "community_id": UUID(str(row["community_id"])),
        "reason": body.reason,
        "records": [{"address": path, "sha256": originals.digest(_lasting(content))} for path, content in found],
        "opened_by": who.sub,
        "opened_at": tx.now,
        "previous": previous,
    }
    entry["hash"] = originals.chained(previous, told(entry))
    await repository.record(tx, entry)
    # row: G-007, D-011, E-061 who had which originals produced, when and what for, is on record before they are shown
    tx.audit("original.opened", "original", entry["id"], after={"reason": body.reason, "fact_id": str(body.fact_id)})
    return entry


def _lasting(content: Any) -> Any:
    """A file's links are signed anew each time; what it is stays the same."""
    if isinstance(content, dict) and "links" in content:
        return {name: value for name, value in content.items() if name != "links"}
    return content


def told(entry: Mapping[str, Any]) -> dict[str, Any]:
    """What an opening says, in the form that is hashed."""
    names = ("id", "number", "fact_id", "indicator", "subject", "community_id", "reason", "records", "opened_by")
    said = {name: entry[name] if name in ("number", "records") else str(entry[name]) for name in names}
    return {**said, "opened_at": entry["opened_at"].isoformat()}


async def page(
    tx: Tx, who: Principal, filters: Mapping[str, Any], before: int | None, limit: int
) -> Sequence[Row[Any]]:
    """Openings of cases within reach, the latest first."""
    return await repository.page(tx, who, filters, before, limit)


async def check(tx: Tx) -> tuple[int, int | None, str]:
    """How many openings there were, the first that is missing or was changed, and the hash of the last."""
    there = await repository.told(tx, COUNTER)
    number, before = 0, originals.GENESIS
    while rows := await repository.following(tx, number, 500):
        for row in rows:
            number += 1
            entry = row._asdict()
            if (row.number, row.previous) != (number, before) or row.hash != originals.chained(before, told(entry)):
                return there, number, before
            before = row.hash
    return there, None if number == there else number + 1, before
