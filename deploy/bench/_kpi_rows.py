"""The facts of the kpi-close benchmark, and its floor: one GROUP BY by hand over the same rows.

The floor adds what stands in the period and counts. It knows nothing of communities' time zones, of verdicts that came
too late, or that a file counts once at its last check: the product's answer differs from it there, and only there.
"""

from __future__ import annotations

import json
import time
from uuid import UUID

import asyncpg

from services.kpi.catalogue import definitions, letters
from services.kpi.domain.settling import resolve

TEMPLATE, PERIOD, FIRST, NEXT = "T003S", "2025-Q1", "2025-01-01", "2025-04-01"
#: Of a thousand facts: by indicator, numerator, denominator, verdict and whether it counts, as SQL of
#: the row's place in its community, ``m``.
_COMPLAINT = ("(m % 40 > 1)::int", "1", "CASE WHEN m % 40 > 1 THEN 'met' ELSE 'late' END", "true")
_PLAIN = {
    "fee.collection.quarter.rate": (
        500,
        "CASE WHEN m % 2 = 0 THEN 0 ELSE 10000 + m % 9000 END",
        "CASE WHEN m % 2 = 0 THEN 10000 + m % 9000 ELSE 0 END",
        "CASE WHEN m % 2 = 0 THEN 'due' WHEN m % 20 = 1 THEN 'credited_after_quarter' ELSE 'collected' END",
        "m % 20 <> 1",
    ),
    "survey.coverage.rate": (80, "(m % 9 > 1)::int", "1", "'answered'", "true"),
    "survey.score": (80, "600 + m % 200", "8", "'answered'", "true"),
    "complaint.handling.timeliness.rate": (20, *_COMPLAINT),
    "complaint.response.timeliness": (20, *_COMPLAINT),
    "complaint.plan.timeliness": (20, *_COMPLAINT),
    "complaint.resolution.satisfaction.rate": (20, "(m % 40 > 6)::int", "1", "'satisfied'", "true"),
    "complaint.signoff.rate": (20, "1", "1", "'signed'", "true"),
}
#: Each file has its entry on the register and a check in every month.
_FILES = {"archive.completeness.rate": 80, "archive.update.rate": 80, "archive.update.monthly.rate": 80}
_COLUMNS = (
    "org_id, indicator, subject, fact_id, community_id, numerator, denominator, on_date, verdict, counted, at, "
    "group_key, since"
)
_ID = "('000000{lane:02d}-0000-7000-8000-' || lpad(to_hex({n}), 12, '0'))::uuid"


def _community(communities: int, n: str = "n") -> str:
    return _ID.format(lane=1, n=f"1 + {n} % {communities}")


async def build(connection: asyncpg.Connection, org: UUID, communities: int, facts: int) -> int:
    """Communities with a letter each, and their facts of a quarter; how many there are."""
    await connection.execute(
        "INSERT INTO kpi.ref_communities (org_id, id, seq, name, path, timezone, external_id) "
        f"SELECT $1, {_ID.format(lane=1, n='n')}, 1, '压测小区' || n, ARRAY[$1]::uuid[], 'Asia/Shanghai', 'XQ-' || n "
        "FROM generate_series(1, $2::int) n",
        org,
        communities,
    )
    await connection.execute(
        "INSERT INTO kpi.letters (org_id, id, version, created_at, updated_at, template, template_version, "
        "community_id, subject_id, term, parameters, definition, state, hash, effective_on) "
        f"SELECT $1, {_ID.format(lane=2, n='n')}, 1, now(), now(), $3, 1, {_ID.format(lane=1, n='n')}, "
        f"{_ID.format(lane=3, n='n')}, '2025', $4, $5, 'effective', '', '2025-01-01' "
        "FROM generate_series(1, $2::int) n",
        org,
        communities,
        TEMPLATE,
        json.dumps(resolve(letters()[TEMPLATE], {})),
        json.dumps(definitions()[TEMPLATE], ensure_ascii=False),
    )
    there, lane = _community(communities), 4
    for code, (share, numerator, denominator, verdict, counted) in _PLAIN.items():
        await connection.execute(
            f"INSERT INTO kpi.facts_current ({_COLUMNS}) SELECT $1, $2, 'c' || n, {_ID.format(lane=lane, n='n')}, "
            f"{there}, {numerator}, {denominator}, '{FIRST}'::date + (m / 7 % 90)::int, {verdict}, {counted}, now(), "
            f"NULL, NULL FROM (SELECT n, n / {communities} AS m FROM generate_series(1, $3::int) n) f",
            org,
            code,
            facts * share // 1000,
            timeout=3600,
        )
        lane += 1
    for code, share in _FILES.items():
        files = facts * share // 4000
        await connection.execute(
            f"INSERT INTO kpi.facts_current ({_COLUMNS}) SELECT $1, $2, 'f' || n || '@' || month, "
            f"('000000{lane:02d}-000' || month || '-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, {there}, "
            "(month > 0 AND n % 50 > month)::int, 1, CASE WHEN month = 0 THEN '2024-12-01'::date "
            "ELSE make_date(2025, month, 20) END, CASE WHEN month = 0 THEN 'never_checked' ELSE 'complete' END, true, "
            "now(), 'f' || n, '2024-12-01' FROM generate_series(1, $3::int) n, generate_series(0, 3) month",
            org,
            code,
            files,
            timeout=3600,
        )
        lane += 1
    await connection.execute("VACUUM ANALYZE kpi.facts_current", timeout=3600)
    return int(await connection.fetchval("SELECT count(*) FROM kpi.facts_current"))


async def floor(connection: asyncpg.Connection, org: UUID) -> tuple[float, dict[str, tuple[str, str]]]:
    """The statement by hand: its seconds, and the sums of each indicator."""
    began = time.monotonic()
    rows = await connection.fetch(
        "SELECT community_id, indicator, sum(numerator) FILTER (WHERE counted) AS top, "
        "sum(denominator) FILTER (WHERE counted) AS bottom FROM kpi.facts_current WHERE org_id = $1 "
        f"AND on_date >= '{FIRST}' AND on_date < '{NEXT}' GROUP BY community_id, indicator",
        org,
        timeout=3600,
    )
    seconds = time.monotonic() - began
    found: dict[str, tuple[str, str]] = {}
    for row in rows:
        top, bottom = found.get(row["indicator"], ("0", "0"))
        found[row["indicator"]] = (str(int(top) + int(row["top"] or 0)), str(int(bottom) + int(row["bottom"] or 0)))
    return seconds, found


def plain() -> list[str]:
    """The indicators whose sums the floor gives as the product does."""
    return list(_PLAIN)
