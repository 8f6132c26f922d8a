"""The estate of the billing run benchmark, and its floor: the same rows by hand, one INSERT … SELECT per table.

The floor knows the amounts' formula as SQL, takes its ids from a counter, checks nothing, resumes nothing and proves
nothing. It writes into the product's own tables, with their keys, indexes and partitions.
"""

from __future__ import annotations

import time
from uuid import UUID

import asyncpg

COMMUNITY_A, COMMUNITY_B = UUID(int=0xA), UUID(int=0xB)
PERIOD, FIRST, NEXT, DUE = "2025-01", "2025-01-01", "2025-02-01", "2025-01-25"
RATE = "2.85"


def _id(kind: str, n: str = "n") -> str:
    """SQL of an id that grows with ``n``, of this moment, so that it lies in the present partition."""
    return f"(lpad(to_hex($2::bigint), 12, '0') || '7{kind}' || lpad(to_hex({n}), 18, '0'))::uuid"


async def build(connection: asyncpg.Connection, org: UUID, units: int) -> None:
    """Two communities of ``units`` units, each unit sold and with an owner; a standard for each."""
    for place, community in enumerate((COMMUNITY_A, COMMUNITY_B), start=1):
        await connection.execute(
            "INSERT INTO billing.ref_communities (org_id, id, seq, name, path, timezone) "
            "VALUES ($1, $2, 1, '压测小区', ARRAY[$1]::uuid[], 'Asia/Shanghai')",
            org,
            community,
        )
        unit = f"('0000000{place}-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid"
        await connection.execute(
            "INSERT INTO billing.ref_units (org_id, id, seq, community_id, number, area, use, sold_on) "
            f"SELECT $1, {unit}, 1, $2, n::text, 60 + n % 9000 / 100.0, 'dwelling', '2020-01-01' "
            "FROM generate_series(1, $3::int) n",
            org,
            community,
            units,
        )
        await connection.execute(
            "INSERT INTO billing.ref_relations (org_id, id, seq, community_id, unit_id, person_id, role, since) "
            f"SELECT $1, {unit}, 1, $2, {unit}, {unit}, 'owner', '2020-01-01' FROM generate_series(1, $3::int) n",
            org,
            community,
            units,
        )
        await connection.execute(
            "INSERT INTO billing.charge_standards (org_id, id, version, created_at, updated_at, community_id, code, "
            "name, fee_kind) VALUES ($1, $2, 1, $3, $3, $2, 'property', '物业服务费', 'property')",
            org,
            community,
            await connection.fetchval("SELECT now()"),
        )
        await connection.execute(
            "INSERT INTO billing.standard_versions (org_id, id, version, created_at, updated_at, standard_id, number, "
            "rule, rule_version, params, uses, proration, due_day, effective_from) VALUES ($1, $2, 1, $3, $3, $2, 1, "
            "'area', 1, $4, ARRAY['dwelling'], 'day', 25, '2024-01-01')",
            org,
            community,
            await connection.fetchval("SELECT now()"),
            f'{{"rate": "{RATE}"}}',
        )
    await connection.execute("ANALYZE")


async def add_run(connection: asyncpg.Connection, org: UUID, run: UUID, community: UUID, period: str) -> None:
    """A run that was asked for, as the API leaves it."""
    await connection.execute(
        "INSERT INTO billing.billing_runs (org_id, id, version, created_at, updated_at, community_id, standard_id, "
        "version_id, period, state, units, billed, skipped, bills_fen, prepaid_used_fen, register_state) "
        "VALUES ($1, $2, 1, now(), now(), $3, $3, $3, $4, 'queued', 0, 0, '{}', 0, 0, 'unknown')",
        org,
        run,
        community,
        period,
    )


_STATEMENTS = {
    "bills": f"""INSERT INTO billing.bills (org_id, id, version, created_at, updated_at, number, run_id, community_id,
        unit_id, payer_id, standard_id, version_id, part, fee_kind, period, due_date, amount_fen, issued_at)
        SELECT $1, {_id("1")}, 1, now(), now(), 'F' || n, $3, $4, u.id, r.person_id, $4, $4, 0, 'property', '{PERIOD}',
            '{DUE}', round(u.area * {RATE} * 100)::bigint, now()
        FROM (SELECT *, row_number() OVER (ORDER BY id) AS n FROM billing.ref_units
            WHERE org_id = $1 AND community_id = $4 AND use = 'dwelling' AND sold_on <= '{FIRST}') u
        JOIN billing.ref_relations r ON r.org_id = $1 AND r.unit_id = u.id AND r.since <= '{FIRST}'""",
    "bill_lines": f"""INSERT INTO billing.bill_lines (org_id, id, bill_id, run_id, rule, rule_version, text, quantity,
        unit, rate, months, share, amount_fen)
        SELECT $1, {_id("2")}, b.id, $3, 'area', 1, '{{"zh": "物业服务费(按建筑面积)", "en": "Property fee by area"}}',
            u.area, 'm2', {RATE}, 1, '1', b.amount_fen FROM (SELECT *, row_number() OVER (ORDER BY id) AS n
            FROM billing.bills WHERE org_id = $1 AND run_id = $3) b
        JOIN billing.ref_units u ON u.org_id = $1 AND u.id = b.unit_id AND $2::bigint > 0 AND $4 = u.community_id""",
    "bill_balances": """INSERT INTO billing.bill_balances (org_id, id, version, created_at, updated_at, unit_id,
        open_fen, credited_fen) SELECT $1, id, 1, now(), now(), unit_id, amount_fen, 0 FROM billing.bills
        WHERE org_id = $1 AND run_id = $3 AND $2::bigint > 0 AND community_id = $4""",
    "accounts": f"""INSERT INTO billing.accounts (org_id, id, version, created_at, updated_at, unit_id, community_id,
        receivable_fen, prepaid_fen) SELECT $1, {_id("3")}, 1, now(), now(), unit_id, $4, amount_fen, 0
        FROM (SELECT *, row_number() OVER (ORDER BY id) AS n FROM billing.bills WHERE org_id = $1 AND run_id = $3) b""",
    "postings": f"""INSERT INTO billing.postings (org_id, id, act_id, act, ledger, detail, community_id, unit_id,
        bill_id, amount_fen, booked_on) SELECT $1, {_id("4", "2 * n + side")}, b.id, 'bill',
            CASE side WHEN 0 THEN 'receivable' ELSE 'income' END, 'property', $4, unit_id, b.id,
            CASE side WHEN 0 THEN amount_fen ELSE -amount_fen END, '{DUE}'
        FROM (SELECT *, row_number() OVER (ORDER BY id) AS n FROM billing.bills WHERE org_id = $1 AND run_id = $3) b
        CROSS JOIN (VALUES (0), (1)) AS s(side)""",
    "outbox": f"""INSERT INTO billing.outbox (org_id, id, type, subject, seq, community_id, occurred_at, recorded_at,
        trace_id, data) SELECT $1, {_id("5")}, 'bill.issued.v1', id, 1, $4, now(), now(), 'bench',
            jsonb_build_object('bill_id', id, 'number', number, 'unit_id', unit_id, 'payer_id', payer_id, 'fee_kind',
            fee_kind, 'period', period, 'due_date', due_date, 'amount_fen', amount_fen, 'standard', 'property')
        FROM (SELECT *, row_number() OVER (ORDER BY id) AS n FROM billing.bills WHERE org_id = $1 AND run_id = $3) b""",
    "feed": f"""INSERT INTO billing.feed (org_id, id) SELECT $1, {_id("5")} FROM (SELECT row_number() OVER (ORDER BY id)
        AS n FROM billing.bills WHERE org_id = $1 AND run_id = $3 AND community_id = $4) b""",
    "audit": f"""INSERT INTO billing.audit (org_id, id, at, recorded_at, action, entity, entity_id, after, request_id)
        SELECT $1, {_id("6")}, now(), now(), 'bill.issued', 'bill', id,
            jsonb_build_object('run_id', run_id, 'amount_fen', amount_fen), 'bench'
        FROM (SELECT *, row_number() OVER (ORDER BY id) AS n FROM billing.bills WHERE org_id = $1 AND run_id = $3
            AND community_id = $4) b""",
}


async def floor(connection: asyncpg.Connection, org: UUID, run: UUID, millis: int) -> float:
    """Write the rows of a run for the second community, one statement per table; the seconds these took.

    Statistics of the bills are brought up to date in between, outside the measure: by hand one would not join blindly.
    """
    seconds = 0.0
    for table, sql in _STATEMENTS.items():
        began = time.monotonic()
        await connection.execute(sql, org, millis, run, COMMUNITY_B, timeout=3600)
        seconds += time.monotonic() - began
        if table == "bills":
            await connection.execute("ANALYZE billing.bills")
    return seconds


async def counted(connection: asyncpg.Connection, org: UUID, run: UUID) -> dict[str, int]:
    """The rows a run left in each table, and its sums in fen."""
    await connection.execute("ANALYZE")
    of_run = "(SELECT id FROM billing.bills WHERE org_id = $1 AND run_id = $2)"
    by = {
        "bills": "run_id = $2",
        "bill_lines": "run_id = $2",
        "bill_balances": f"id IN {of_run}",
        "postings": f"act_id IN {of_run}",
        "outbox": f"subject IN {of_run}",
        "audit": f"entity = 'bill' AND entity_id IN {of_run}",
    }
    found = {
        table: await connection.fetchval(
            f"SELECT count(*) FROM billing.{table} WHERE org_id = $1 AND {where}", org, run, timeout=600
        )
        for table, where in by.items()
    }
    for table in ("bills", "bill_lines"):
        found[f"{table}_fen"] = await connection.fetchval(
            f"SELECT sum(amount_fen)::bigint FROM billing.{table} WHERE org_id = $1 AND run_id = $2", org, run
        )
    return found
