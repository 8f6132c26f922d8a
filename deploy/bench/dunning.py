"""``steward bench dunning``: the plan of a month for 100,000 households in arrears, each step once.

The worker's own code in a process of its own plans chunk by chunk: locks the accounts, reads what is overdue, opens the
cases, writes the steps and their windows' timers. Then the same month of another community is planned by a worker that
is killed with -9 twice on its way: its steps must be as many, none missing and none doubled; and a plan that is asked
for again adds nothing.
"""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import asyncpg

from deploy.bench._billing_rows import COMMUNITY_A, COMMUNITY_B
from deploy.bench._billing_worker import Worker
from deploy.bench._place import fresh_folder
from deploy.bench._report import say
from deploy.local.postgres import EmbeddedPostgres
from shared.db.migrations import migrate
from shared.db.provision import provision, role_url
from shared.ids import uuid7

SEED = "bench-dunning"
MOST_SECONDS, MOST_MB = 120.0, 300.0
PERIOD = "2025-03"
POLICY = (
    '{"sms_from": 1, "sms_to": 10, "call_from": 11, "call_to": 20, "visit_from": 21, "hour_from": 8, "hour_to": 20, '
    '"cool_down_hours": 24, "unreachable_after": 3, "demand_days": 15, "legal_months": 3, "limitation_years": 3, '
    '"hold_days": 31}'
)


def run(arguments: Sequence[str]) -> int:
    """See the module. Exit code 1 when a step is missing or doubled, or a limit broken."""
    parser = argparse.ArgumentParser(prog="steward bench dunning")
    parser.add_argument("--debtors", type=int, default=100_000)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(list(arguments))
    with fresh_folder() as folder:
        server = EmbeddedPostgres(folder)
        admin = server.start()
        try:
            asyncio.run(provision(admin, ["billing"], SEED))
            migrate("billing", role_url(admin, "billing", "owner", SEED))
            return asyncio.run(_measure(admin, options))
        finally:
            server.stop()


async def _measure(admin: str, options: argparse.Namespace) -> int:
    connection = await asyncpg.connect(admin)
    org, measured, killed = uuid7(), uuid7(), uuid7()
    for place, (community, plan) in enumerate(((COMMUNITY_A, measured), (COMMUNITY_B, killed)), start=1):
        await _build(connection, org, community, place, options.debtors)
        await _add_plan(connection, org, plan, community)
    await connection.execute("ANALYZE")
    await connection.execute("CHECKPOINT")
    seconds, peak = await _worker(admin, org, measured).to_the_end()
    first = await _counted(connection, org, measured)

    async def done() -> int:
        found = "SELECT debtors FROM billing.dunning_plans WHERE org_id = $1 AND id = $2"
        return int(await connection.fetchval(found, org, killed))

    kills = 0
    for part in (0.3, 0.6):
        kills += await _worker(admin, org, killed).killed_at(done, int(options.debtors * part))
    await _worker(admin, org, killed).to_the_end()
    again = await _counted(connection, org, killed)
    await _worker(admin, org, killed).to_the_end()  # it is done: asked for again it adds nothing
    same = first == again == await _counted(connection, org, killed) and first["debtors"] == options.debtors
    once = same and first["steps"] == first["distinct"] == first["planned"] and kills > 0
    await connection.close()
    say(
        "dunning",
        as_json=options.json,
        measured=round(seconds, 2),
        peak_mb=peak,
        limit_s=MOST_SECONDS,
        debtors=options.debtors,
        debtors_per_s=round(options.debtors / seconds),
        kills=kills,
        each_step_once=once,
        rows=first,
    )
    return 0 if once and seconds <= MOST_SECONDS and peak <= MOST_MB else 1


def _worker(admin: str, org: UUID, plan: UUID) -> Worker:
    return Worker(admin, SEED, org, "dunning.plan", {"plan_id": str(plan)})


async def _build(connection: asyncpg.Connection, org: UUID, community: UUID, place: int, debtors: int) -> None:
    """A community whose every unit owes one bill; one in five owes it so long that a demand is due as well."""
    unit = f"('0000000{place}-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid"
    fen, due = "10000 + n % 9000", "CASE n % 5 WHEN 0 THEN '2024-12-25'::date ELSE '2025-02-25'::date END"
    every = "FROM generate_series(1, $3::int) n"
    await connection.execute(
        "INSERT INTO billing.ref_communities (org_id, id, seq, name, path, timezone) "
        "VALUES ($1, $2, 1, '压测小区', ARRAY[$1]::uuid[], 'Asia/Shanghai')",
        org,
        community,
    )
    statements = (
        "INSERT INTO billing.accounts (org_id, id, version, created_at, updated_at, unit_id, community_id, "
        f"receivable_fen, prepaid_fen) SELECT $1, {unit}, 1, now(), now(), {unit}, $2, {fen}, 0 {every}",
        "INSERT INTO billing.bills (org_id, id, version, created_at, updated_at, number, community_id, unit_id, "
        "payer_id, part, source, fee_kind, period, due_date, amount_fen, issued_at) "
        f"SELECT $1, {unit}, 1, now(), now(), '{place}-' || n, $2, {unit}, {unit}, 0, 'slip', 'property', '2025-02', "
        f"{due}, {fen}, now() {every}",
        "INSERT INTO billing.bill_balances (org_id, id, version, created_at, updated_at, unit_id, open_fen, "
        f"credited_fen) SELECT $1, {unit}, 1, now(), now(), {unit}, {fen}, 0 {every} WHERE $2::uuid IS NOT NULL",
    )
    for sql in statements:
        await connection.execute(sql, org, community, debtors)


async def _add_plan(connection: asyncpg.Connection, org: UUID, plan: UUID, community: UUID) -> None:
    """A plan that was asked for, as the month's timer leaves it."""
    await connection.execute(
        "INSERT INTO billing.dunning_plans (org_id, id, version, created_at, updated_at, community_id, period, state, "
        "policy, debtors, steps, suspended, amount_fen) "
        "VALUES ($1, $2, 1, now(), now(), $3, $4, 'queued', $5, 0, 0, 0, 0)",
        org,
        plan,
        community,
        PERIOD,
        POLICY,
    )


async def _counted(connection: asyncpg.Connection, org: UUID, plan: UUID) -> dict[str, Any]:
    """What a plan left: debtors and steps as it counted them, steps as they stand, and how many differ."""
    row = await connection.fetchrow(
        "SELECT p.debtors, p.steps AS planned, p.amount_fen, "
        "(SELECT count(*) FROM billing.dunning_steps s WHERE s.org_id = $1 AND s.plan_id = $2) AS steps, "
        "(SELECT count(DISTINCT (s.case_id, s.kind)) FROM billing.dunning_steps s "
        "WHERE s.org_id = $1 AND s.plan_id = $2) AS distinct, "
        "(SELECT count(*) FROM billing.dunning_cases c WHERE c.org_id = $1 AND c.community_id = p.community_id) "
        "AS cases FROM billing.dunning_plans p WHERE p.org_id = $1 AND p.id = $2",
        org,
        plan,
        timeout=600,
    )
    assert row is not None  # it was added before
    return dict(row)
