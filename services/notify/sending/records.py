"""Writing down what came of a group: attempts into the log, chains moved on, deliveries put where they stand now.

Two statements a group: a delivery's row is written once when it is claimed and once here.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

from services.notify.domain.delivery import State
from services.notify.domain.doubt import IN_DOUBT
from services.notify.domain.proof import attempt_entry, link
from services.notify.sending import repository
from services.notify.sending.calling import Tried
from shared.db.many import values_sql
from shared.db.tx import Tx
from shared.ids import uuid7

#: What may still be said of a delivery that was handed over: nothing yet, or that nobody knows.
_OPEN: Final = frozenset({State.SENDING, State.UNKNOWN})
#: So many deliveries are claimed, sent and recorded together: what a crash can leave in doubt. Larger groups cost less,
#: and doubt more.
GROUP: Final = 25
_COLUMNS: Final = (
    "id", "delivery_id", "number", "provider", "started_at", "ended_at", "outcome", "code", "detail", "reference",
    "address_digest", "digest", "link",
)  # fmt: skip


@dataclass(frozen=True)
class Standing:
    """The last link of a delivery's chain, and whether the run that asks still has the say about it."""

    link: str | None
    mine: bool


@dataclass(frozen=True)
class Verdict:
    """Where a delivery goes now; `next_at` is when it is tried again, in wall time."""

    state: State
    next_at: datetime | None = None


async def standing(tx: Tx, ids: Collection[UUID], run: UUID | None = None) -> dict[UUID, Standing]:
    """Where these deliveries stand, locked, so that an attempt and a receipt come one after the other. A receipt that
    was faster stands, and so does another run (any with None) that has taken a delivery meanwhile."""
    rows = await tx.raw.fetch(
        f"SELECT id, link, state, claim_id FROM {tx.schema}.deliveries WHERE org_id = $1 AND id = ANY($2::uuid[]) "
        "ORDER BY id FOR UPDATE",
        tx.org_id,
        list(ids),
    )
    return {r["id"]: Standing(r["link"], r["state"] in _OPEN and run in (None, r["claim_id"])) for r in rows}


@dataclass
class Entries:
    """Attempts as they will stand in the log, each linked to what was known of its delivery before."""

    rows: list[dict[str, Any]]
    links: dict[UUID, str | None]

    def head(self, delivery_id: UUID) -> str | None:
        """The last link of a delivery's chain with these in it."""
        return self.links[delivery_id]


def entries(tried: Sequence[Tried], links: Mapping[UUID, str | None]) -> Entries:
    """The entries of these attempts, upon these heads of chains."""
    made = Entries([], dict(links))
    for one in tried:
        row = _attempt(one)
        before = made.links[one.delivery.id]
        row["link"] = made.links[one.delivery.id] = link(one.delivery.id, before, attempt_entry(row))
        made.rows.append(row)
    return made


async def put_attempts(tx: Tx, rows: Sequence[Mapping[str, Any]]) -> None:
    """Add attempts to the log; they are never changed."""
    table, columns = f"{tx.schema}.attempts", ("org_id", *_COLUMNS)
    values = [(tx.org_id, *(row[name] for name in _COLUMNS)) for row in rows]
    if len(values) == GROUP:
        await tx.raw.execute(values_sql(table, columns, GROUP), *(value for row in values for value in row))
    else:
        await tx.raw.executemany(values_sql(table, columns, 1), values)


async def put(
    tx: Tx,
    run: UUID | None,
    tried: Sequence[Tried],
    verdicts: Mapping[UUID, Verdict],
    references: Mapping[UUID, str],
    *,
    reported: bool = True,
) -> set[UUID]:
    """Write these attempts down and put their deliveries where they stand now; those of which `run` (any with None) had
    the say. The others, of which a receipt or another run was faster, keep their state and get their entry. Of what
    may be `reported` by its provider meanwhile the rows are locked first, in the order in which receipts lock them."""
    if not tried:
        return set()
    if reported:
        await standing(tx, {t.delivery.id for t in tried}, run)
    made = entries(tried, {t.delivery.id: t.delivery.link for t in tried})
    moved = await _move(tx, run, verdicts, made, {t.delivery.id: t.delivery.link for t in tried}, references)
    rows = [row for row in made.rows if row["delivery_id"] in moved]
    slow = [t for t in tried if t.delivery.id not in moved]
    if slow:
        found = await standing(tx, {t.delivery.id for t in slow}, run)
        late = entries(slow, {id: one.link for id, one in found.items()})
        mine = {id: verdicts[id] for id, one in found.items() if one.mine and id in verdicts}
        moved |= await _move(tx, run, mine, late, {id: one.link for id, one in found.items()}, references)
        await keep_heads(tx, {id: head for id, head in late.links.items() if id not in mine}, references)
        rows += late.rows
    await put_attempts(tx, rows)
    if any(verdicts[id].state in IN_DOUBT for id in moved):
        repository.doubted(tx)
    return moved


async def _move(
    tx: Tx,
    run: UUID | None,
    verdicts: Mapping[UUID, Verdict],
    made: Entries,
    before: Mapping[UUID, str | None],
    references: Mapping[UUID, str],
) -> set[UUID]:
    """Put deliveries where they stand now, as long as nothing was said of them since `before`; those it was done to."""
    ids = sorted(verdicts)
    if not ids:
        return set()
    rows = await tx.raw.fetch(
        f"UPDATE {tx.schema}.deliveries d SET state = u.state, next_at = u.next_at, version = d.version + 1, "
        "updated_at = $8, link = u.link, reference = coalesce(u.reference, d.reference) "
        "FROM unnest($2::uuid[], $3::text[], $4::timestamptz[], $5::text[], $6::text[], $7::text[]) "
        "AS u (id, state, next_at, link, before, reference) WHERE d.org_id = $1 AND d.id = u.id "
        "AND d.state IN ('sending', 'unknown') AND ($9::uuid IS NULL OR d.claim_id = $9) "
        "AND d.link IS NOT DISTINCT FROM u.before RETURNING d.id",
        tx.org_id,
        ids,
        [verdicts[i].state.value for i in ids],
        [verdicts[i].next_at for i in ids],
        [made.head(i) for i in ids],
        [before[i] for i in ids],
        [_short(references.get(i)) for i in ids],
        tx.now,
        run,
    )
    return {row["id"] for row in rows}


async def log(tx: Tx, tried: Sequence[Tried]) -> None:
    """Write attempts down whose deliveries somebody else puts where they belong."""
    made = entries(tried, {id: one.link for id, one in (await standing(tx, {t.delivery.id for t in tried})).items()})
    await put_attempts(tx, made.rows)
    await keep_heads(tx, made.links, {})


async def keep_heads(tx: Tx, links: Mapping[UUID, str | None], references: Mapping[UUID, str]) -> None:
    """Move the chains on of deliveries that stay where they are."""
    ids = sorted(links)
    if ids:
        await tx.raw.execute(
            f"UPDATE {tx.schema}.deliveries d SET link = u.link, reference = coalesce(u.reference, d.reference) "
            "FROM unnest($2::uuid[], $3::text[], $4::text[]) AS u (id, link, reference) "
            "WHERE d.org_id = $1 AND d.id = u.id",
            tx.org_id,
            ids,
            [links[i] for i in ids],
            [_short(references.get(i)) for i in ids],
        )


def _short(reference: str | None) -> str | None:
    return None if reference is None else reference[:200]


def _attempt(t: Tried) -> dict[str, Any]:
    return {
        "id": uuid7(),
        "delivery_id": t.delivery.id,
        "number": t.delivery.attempt,
        "provider": t.provider,
        "started_at": t.started_at,
        "ended_at": t.ended_at,
        "outcome": t.result.outcome.value,
        "code": (t.result.code or "")[:20] or None,
        "detail": t.result.detail,
        "reference": t.result.reference,
        "address_digest": sha256(t.address.encode()).hexdigest() if t.address else None,
        "digest": t.delivery.digest,
    }
