"""Statements that add standing facts where they lie: a quarter of 200 communities is millions, and no row travels.

Checks of a register's files are read, of all communities, from the index `ix_facts_current_last` alone, file by file,
without sorting; of some, as far as the period goes.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from services.kpi.domain.facts import NEVER_CHECKED, NOT_ASKED, OBJECTED, WITHDRAWN
from shared.db.tx import Tx

#: A fact counts unless its verdict was not known before the period's end (AMB-109).
_COUNTS = "counted AND (decided_at IS NULL OR decided_at < $6)"
#: All communities or indicators where none are named: then the table is read through, as one would by hand.
_WHERE = (
    "org_id = $1 AND ($2::uuid[] IS NULL OR community_id = ANY($2::uuid[])) "
    "AND ($3::text[] IS NULL OR indicator = ANY($3::text[])) AND verdict <> $7"
)
_SUMS = """SELECT indicator, community_id, sum(numerator) FILTER (WHERE {counts}) AS numerator,
        sum(denominator) FILTER (WHERE {counts}) AS denominator
    FROM {schema}.facts_current WHERE {where} AND on_date >= $4 AND on_date < $5 AND group_key IS NULL
    GROUP BY indicator, community_id"""
#: What was found in a period or was still open when it began, and what was done within (AMB-098).
_OPEN = """SELECT indicator, community_id, sum(numerator) FILTER (WHERE {counts}) AS numerator,
        sum(denominator) FILTER (WHERE {counts}) AS denominator
    FROM (SELECT {columns} FROM {schema}.facts_current
            WHERE {where} AND on_date >= $4 AND on_date < $5 AND until IS NULL
        UNION ALL SELECT {columns} FROM {schema}.facts_current WHERE {where} AND on_date < $5 AND until >= $4) f
    GROUP BY indicator, community_id"""
#: A file of a register stands in every window that ends after it came on it: passed where its last check there did, and
#: of two at one instant one did; not passed where nobody checked (AMB-113).
_LAST = """SELECT indicator, community_id, sum({checked})::bigint AS cases, sum({passed})::bigint AS numerator,
        sum({there})::bigint AS denominator
    FROM (SELECT indicator, any_value(community_id) AS community_id,
            min(on_date) FILTER (WHERE verdict = $6) AS listed, {maxima}
        FROM {rows}
        GROUP BY indicator, group_key) f
    GROUP BY indicator, community_id"""
#: Of all communities: the index from one end to the other, file by file, without sorting.
_ALL = """{schema}.facts_current WHERE {where} AND verdict <> $8 AND group_key IS NOT NULL AND on_date < $5
            AND (verdict = $6 OR on_date >= $4)"""
#: Of some: ranges of two indexes, so that checks of the years before are not read, and entries of the register are.
_SOME = """(SELECT {columns} FROM {schema}.facts_current WHERE {where} AND verdict <> $8 AND group_key IS NOT NULL
                AND on_date >= $4 AND on_date < $5
            UNION ALL SELECT {columns} FROM {schema}.facts_current WHERE {where} AND verdict = 'never_checked'
                AND group_key IS NOT NULL AND on_date < $4) t"""
_CHECKED = "indicator, community_id, group_key, on_date, verdict, numerator, at, since"
_IN = "verdict <> $6 AND on_date >= '{start}' AND on_date < '{end}' AND since < '{end}'"


async def sums(
    tx: Tx,
    indicators: Sequence[str] | None,
    communities: Sequence[UUID] | None,
    bounds: tuple[date, date],
    ends: datetime,
) -> list[Any]:
    """Standing facts of a period that count, summed by indicator and community as the database adds: no row travels.

    Shares are null where facts are there and none counts. Those of a register's files are `last_sums`.
    """
    sql = _SUMS.format(counts=_COUNTS, schema=tx.schema, where=_WHERE)
    return list(await tx.raw.fetch(sql, tx.org_id, communities, indicators, *bounds, ends, WITHDRAWN))


async def open_sums(
    tx: Tx,
    indicators: Sequence[str],
    communities: Sequence[UUID] | None,
    bounds: tuple[date, date],
    ends: datetime,
) -> list[Any]:
    """The same of indicators that count what is open in every period until it is done."""
    columns = "indicator, community_id, numerator, denominator, counted, decided_at"
    sql = _OPEN.format(counts=_COUNTS, columns=columns, schema=tx.schema, where=_WHERE)
    return list(await tx.raw.fetch(sql, tx.org_id, communities, list(indicators), *bounds, ends, WITHDRAWN))


async def last_sums(
    tx: Tx, indicators: Sequence[str], communities: Sequence[UUID] | None, windows: Sequence[tuple[date, date]]
) -> list[Any]:
    """The same of indicators that count each file of the register once a window, at its last check there."""
    maxima, checked, passed, there = [], [], [], []
    for n, (start, end) in enumerate(windows):
        within = _IN.format(start=start.isoformat(), end=end.isoformat())
        for name, sign in (("yes", ">"), ("no", "<=")):
            maxima.append(f"max(COALESCE(at, '-infinity')) FILTER (WHERE numerator {sign} 0 AND {within}) AS {name}{n}")
        checked.append(f"(yes{n} IS NOT NULL OR no{n} IS NOT NULL)::int")
        passed.append(f"(yes{n} IS NOT NULL AND (no{n} IS NULL OR yes{n} >= no{n}))::int")
        there.append(f"(yes{n} IS NOT NULL OR no{n} IS NOT NULL OR COALESCE(listed < '{end.isoformat()}', false))::int")
    rows = (_ALL if communities is None else _SOME).format(schema=tx.schema, where=_WHERE, columns=_CHECKED)
    sql = _LAST.format(
        rows=rows,
        maxima=", ".join(maxima),
        checked=" + ".join(checked),
        passed=" + ".join(passed),
        there=" + ".join(there),
    )
    asked = (tx.org_id, communities, list(indicators), windows[0][0], windows[-1][1])
    return list(await tx.raw.fetch(sql, *asked, NEVER_CHECKED, WITHDRAWN, OBJECTED))


async def not_asked(
    tx: Tx, indicators: Sequence[str], communities: Sequence[UUID] | None, bounds: tuple[date, date]
) -> set[tuple[str, UUID]]:
    """Where a question that was owed was not put to anybody (AMB-008)."""
    rows = await tx.raw.fetch(
        f"SELECT DISTINCT indicator, community_id FROM {tx.schema}.facts_current WHERE {_WHERE} AND on_date >= $4 "
        "AND on_date < $5 AND verdict = $6",
        *(tx.org_id, communities, list(indicators), *bounds, NOT_ASKED, WITHDRAWN),
    )
    return {(row["indicator"], row["community_id"]) for row in rows}
