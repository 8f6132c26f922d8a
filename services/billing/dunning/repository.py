"""Statements on plans, cases and steps. Whoever changes a case or its steps locks the case first, several in the
order of their ids; payments lock accounts before cases, and so does a plan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select, update

from services.billing.domain.dunning import UNDONE, Debt
from services.billing.models import (
    dunning_cases,
    dunning_contacts,
    dunning_plans,
    dunning_policies,
    dunning_steps,
    ref_communities,
)
from shared.db.helpers import among, column, insert_rows, upsert_rows
from shared.db.tx import Tx

p, c, s = dunning_plans.c, dunning_cases.c, dunning_steps.c
Household = tuple[UUID, UUID | None]


async def policy(tx: Tx, community_id: UUID, *, lock: bool = False) -> Row[Any] | None:
    """The community's own parameters, if it has any."""
    d = dunning_policies.c
    wanted = select(dunning_policies).where(d.org_id == tx.org_id, d.id == community_id)
    return await tx.one_or_none(wanted.with_for_update() if lock else wanted)


async def save_policy(tx: Tx, community_id: UUID, params: Mapping[str, Any], version: int) -> None:
    """Store the community's parameters."""
    row = {"id": community_id, "version": version, "created_at": tx.now, "updated_at": tx.now, "params": dict(params)}
    await upsert_rows(tx, dunning_policies, [row], update=["params", "version", "updated_at"])


async def community_zone(tx: Tx, community_id: UUID) -> str | None:
    """The time zone of a community; None when billing does not know it."""
    r = ref_communities.c
    found: str | None = await tx.scalar(select(r.timezone).where(r.org_id == tx.org_id, r.id == community_id))
    return found


async def add_plan(tx: Tx, plan_id: UUID, values: Mapping[str, Any]) -> bool:
    """Store a plan unless the month has one, by its id or by its month: of two at once either may be met first."""
    raw = tx.raw
    tag = await raw.execute(
        f"INSERT INTO {tx.schema}.dunning_plans (org_id, id, version, created_at, updated_at, community_id, period, "
        "state, policy, requested_by, debtors, steps, suspended, amount_fen) "
        "VALUES ($1,$2,1,$3,$3,$4,$5,'queued',$6,$7,0,0,0,0) ON CONFLICT DO NOTHING",
        tx.org_id,
        plan_id,
        tx.now,
        values["community_id"],
        values["period"],
        values["policy"],
        values["requested_by"],
    )
    return bool(tag == "INSERT 0 1")


async def plan(tx: Tx, plan_id: UUID, *, lock: bool = False) -> Row[Any] | None:
    """One plan, locked if it is moved on."""
    wanted = select(dunning_plans).where(p.org_id == tx.org_id, p.id == plan_id)
    return await tx.one_or_none(wanted.with_for_update() if lock else wanted)


async def move_plan(tx: Tx, plan_id: UUID, values: Mapping[str, Any]) -> None:
    """Record a plan's progress."""
    await tx.execute(
        update(dunning_plans)
        .where(p.org_id == tx.org_id, p.id == plan_id)
        .values(updated_at=tx.now, version=p.version + 1, **values)
    )


async def next_owing(tx: Tx, community_id: UUID, after: UUID | None, limit: int) -> list[UUID]:
    """The next units of a community that owe anything, by id."""
    raw = tx.raw
    rows = await raw.fetch(
        f"SELECT unit_id FROM {tx.schema}.accounts WHERE org_id = $1 AND community_id = $2 AND receivable_fen > 0 "
        "AND unit_id > $3 ORDER BY unit_id LIMIT $4",
        tx.org_id,
        community_id,
        after or UUID(int=0),
        limit,
    )
    return [row["unit_id"] for row in rows]


async def overdue(tx: Tx, unit_ids: Sequence[UUID], before: date) -> dict[Household, Debt]:
    """What each household of these units owes on bills that were due before a day. Every fee kind counts (C-063)."""
    raw = tx.raw
    rows = await raw.fetch(
        "SELECT b.unit_id, b.payer_id, sum(o.open_fen)::bigint AS fen, count(*)::int AS bills, "
        f"min(b.due_date) AS oldest FROM {tx.schema}.bill_balances o "
        f"JOIN {tx.schema}.bills b ON b.org_id = o.org_id AND b.id = o.id "
        "WHERE o.org_id = $1 AND o.unit_id = ANY($2) AND o.open_fen > 0 AND b.due_date < $3 GROUP BY 1, 2",
        tx.org_id,
        unit_ids,
        before,
    )
    return {(row["unit_id"], row["payer_id"]): Debt(row["fen"], row["bills"], row["oldest"]) for row in rows}


async def cases(tx: Tx, ids: Sequence[UUID], *, lock: bool = False) -> list[Row[Any]]:
    """These cases, in the order of their ids."""
    wanted = select(dunning_cases).where(c.org_id == tx.org_id, among(c.id, ids)).order_by(c.id)
    return list(await tx.rows(wanted.with_for_update() if lock else wanted))


async def open_cases_of(tx: Tx, unit_ids: Sequence[UUID]) -> list[Row[Any]]:
    """The open cases of these units, locked."""
    # Most payments are of a household that nobody duns: asked on the driver, which costs half.
    if not await tx.raw.fetchval(
        f"SELECT EXISTS (SELECT 1 FROM {tx.schema}.dunning_cases WHERE org_id = $1 AND unit_id = ANY($2) "
        "AND state = 'open')",
        tx.org_id,
        unit_ids,
    ):
        return []
    wanted = select(dunning_cases).where(c.org_id == tx.org_id, among(c.unit_id, unit_ids), c.state == "open")
    return list(await tx.rows(wanted.order_by(c.id).with_for_update()))


_CASES = """
INSERT INTO {s}.dunning_cases AS c (org_id, id, version, created_at, updated_at, community_id, unit_id, payer_id, state,
    opened_at, settled_at, amount_fen, bills, oldest_due)
SELECT $1, d.id::uuid, 1, $2, $2, $3, d.unit_id, d.payer_id, 'open', $2, NULL, d.fen, d.bills, d.oldest
FROM unnest(string_to_array($4, ','), $5::uuid[], $6::uuid[], string_to_array($7, ',')::bigint[],
    string_to_array($8, ',')::integer[], string_to_array($9, ',')::date[])
    AS d(id, unit_id, payer_id, fen, bills, oldest)
ON CONFLICT (org_id, id) DO UPDATE SET amount_fen = excluded.amount_fen, bills = excluded.bills,
    oldest_due = excluded.oldest_due, settled_at = NULL, state = 'open', version = c.version + 1,
    opened_at = CASE WHEN c.state = 'open' THEN c.opened_at ELSE excluded.opened_at END,
    updated_at = excluded.updated_at
"""


async def save_cases(tx: Tx, community_id: UUID, found: Mapping[UUID, tuple[Household, Debt]]) -> None:
    """Open the cases of these households, or open them again; one that is open keeps when it was opened."""
    await tx.raw.execute(
        _CASES.format(s=tx.schema),
        tx.org_id,
        tx.now,
        community_id,
        column(found),
        [household[0] for household, _ in found.values()],
        [household[1] for household, _ in found.values()],
        column(debt.amount_fen for _, debt in found.values()),
        column(debt.bills for _, debt in found.values()),
        column(debt.oldest_due for _, debt in found.values()),
    )


async def move_case(tx: Tx, case_id: UUID, values: Mapping[str, Any]) -> None:
    """Change a locked case."""
    await tx.execute(
        update(dunning_cases)
        .where(c.org_id == tx.org_id, c.id == case_id)
        .values(updated_at=tx.now, version=c.version + 1, **values)
    )


@dataclass(frozen=True, slots=True)
class NewStep:
    """A step of a plan; ``cause`` says why it is suspended from the start."""

    id: UUID
    case_id: UUID
    household: Household
    kind: str
    opens_on: date
    last_on: date
    due_at: datetime
    amount_fen: int
    cause: str | None


_STEPS = """
INSERT INTO {s}.dunning_steps (org_id, id, version, created_at, updated_at, plan_id, case_id, community_id, unit_id,
    payer_id, period, kind, opens_on, last_on, due_at, amount_fen, state, cause, attempts)
SELECT $1, d.id::uuid, 1, $2, $2, $3, d.case_id::uuid, $4, d.unit_id, d.payer_id, $5, d.kind, d.opens_on, d.last_on,
    d.due_at, d.fen, CASE WHEN d.cause IS NULL THEN 'open' ELSE 'suspended' END, d.cause, 0
FROM unnest(string_to_array($6, ','), string_to_array($7, ','), $8::uuid[], $9::uuid[], string_to_array($10, ','),
    string_to_array($11, ',')::date[], string_to_array($12, ',')::date[],
    string_to_array($13, ',')::timestamptz[], string_to_array($14, ',')::bigint[], string_to_array($15, ',', ''))
    AS d(id, case_id, unit_id, payer_id, kind, opens_on, last_on, due_at, fen, cause)
ON CONFLICT (org_id, id) DO NOTHING
"""


async def add_steps(tx: Tx, plan: Row[Any], steps: Sequence[NewStep]) -> None:
    """Store steps of a plan, each once however often it is asked for."""
    await tx.raw.execute(
        _STEPS.format(s=tx.schema),
        tx.org_id,
        tx.now,
        plan.id,
        plan.community_id,
        plan.period,
        column(step.id for step in steps),
        column(step.case_id for step in steps),
        [step.household[0] for step in steps],
        [step.household[1] for step in steps],
        column(step.kind for step in steps),
        column(step.opens_on for step in steps),
        column(step.last_on for step in steps),
        column(step.due_at for step in steps),
        column(step.amount_fen for step in steps),
        column(step.cause for step in steps),
    )


async def step(tx: Tx, step_id: UUID) -> Row[Any] | None:
    """One step."""
    return await tx.one_or_none(select(dunning_steps).where(s.org_id == tx.org_id, s.id == step_id))


async def steps_of_case(tx: Tx, case_id: UUID, states: Sequence[str] | None = None) -> Sequence[Row[Any]]:
    """The steps of a case, the oldest first."""
    wanted = select(dunning_steps).where(s.org_id == tx.org_id, s.case_id == case_id)
    if states is not None:
        wanted = wanted.where(s.state.in_(states))
    return await tx.rows(wanted.order_by(s.period, s.opens_on, s.id))


async def undone(tx: Tx, plan_id: UUID, kind: str, states: Sequence[str], last: date | None, limit: int) -> list[UUID]:
    """Cases that have steps of a plan in these states; not locked."""
    wanted = select(s.case_id).where(s.org_id == tx.org_id, s.plan_id == plan_id, s.kind == kind, s.state.in_(states))
    if last is not None:
        wanted = wanted.where(s.last_on == last)
    return [row.case_id for row in await tx.rows(wanted.order_by(s.case_id).limit(limit))]


async def steps_at(
    tx: Tx, plan_id: UUID, kind: str, states: Sequence[str], last: date | None, case_ids: Sequence[UUID]
) -> Sequence[Row[Any]]:
    """The steps of these (locked) cases that are in these states still."""
    wanted = select(dunning_steps).where(
        s.org_id == tx.org_id,
        s.plan_id == plan_id,
        s.kind == kind,
        s.state.in_(states),
        among(s.case_id, case_ids),
    )
    if last is not None:
        wanted = wanted.where(s.last_on == last)
    return await tx.rows(wanted.order_by(s.id))


async def move_steps(tx: Tx, ids: Sequence[UUID], values: Mapping[str, Any]) -> None:
    """Change steps of locked cases."""
    if ids:
        await tx.execute(
            update(dunning_steps)
            .where(s.org_id == tx.org_id, among(s.id, ids))
            .values(updated_at=tx.now, version=s.version + 1, **values)
        )


async def cancel_undone(tx: Tx, case_id: UUID, cause: str) -> None:
    """Cancel whatever a locked case still waits for."""
    await tx.execute(
        update(dunning_steps)
        .where(s.org_id == tx.org_id, s.case_id == case_id, s.state.in_((*UNDONE, "suspended")), s.missed_at.is_(None))
        .values(updated_at=tx.now, version=s.version + 1, state="cancelled", cause=cause)
    )


async def add_contact(tx: Tx, row: Mapping[str, Any]) -> None:
    """Add an entry to the dunning record (E-013)."""
    await insert_rows(tx, dunning_contacts, [row])


async def contacts(tx: Tx, case_id: UUID) -> Sequence[Row[Any]]:
    """The dunning record of a case, in order."""
    k = dunning_contacts.c
    return await tx.rows(
        select(dunning_contacts).where(k.org_id == tx.org_id, k.case_id == case_id).order_by(k.at, k.id)
    )


async def step_of_request(tx: Tx, event_id: UUID) -> UUID | None:
    """The step for which a message was asked by that event."""
    raw = tx.raw
    found: UUID | None = await raw.fetchval(
        f"SELECT subject FROM {tx.schema}.outbox WHERE org_id = $1 AND id = $2 AND type = 'message.requested.v1'",
        tx.org_id,
        event_id,
    )
    return found
