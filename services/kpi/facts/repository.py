"""Statements on cases and facts. The hot ones go to the driver directly: a quarter is forty thousand facts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import select, union_all

from services.kpi.domain.facts import NEVER_CHECKED, Doc, Fact
from services.kpi.domain.numbers import Number
from services.kpi.domain.times import last_on
from services.kpi.models import case_exclusions, cases, facts, facts_current
from shared.db.helpers import insert_rows, upsert_rows
from shared.db.tx import Tx
from shared.ids import uuid7

_CURRENT = (
    *("community_id", "numerator", "denominator", "on_date", "verdict", "counted", "at", "decided_at"),
    *("since", "until"),
)
_STANDING = (*_CURRENT, "fact_id", "group_key")


async def load_cases(tx: Tx, family: str, subjects: Sequence[str]) -> dict[str, tuple[Doc, UUID | None]]:
    """Documents and communities of cases, locked: a replayed event and the feed may reach the same case."""
    c = cases.c
    rows = await tx.rows(
        select(c.subject, c.doc, c.community_id)
        .where(c.org_id == tx.org_id, c.family == family, c.subject.in_(sorted(subjects)))
        .order_by(c.subject)
        .with_for_update()
    )
    return {row.subject: (row.doc, row.community_id) for row in rows}


async def save_cases(tx: Tx, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write documents, new or changed."""
    await upsert_rows(
        tx,
        cases,
        [{**row, "last_on": last_on(row["doc"])} for row in rows],
        keys=("org_id", "family", "subject"),
        update=("community_id", "doc", "recorded_at", "last_on"),
    )


async def append(tx: Tx, rows: Sequence[Mapping[str, Any]]) -> None:
    """Append fact versions, and let the last one of each subject stand."""
    await insert_rows(tx, facts, rows)
    standing = {(row["indicator"], row["subject"]): row for row in rows}
    current = [
        {"indicator": code, "subject": subject, "fact_id": row["id"], "group_key": row["group_key"]}
        | {name: row[name] for name in _CURRENT}
        for (code, subject), row in sorted(standing.items())
    ]
    await upsert_rows(tx, facts_current, current, keys=("org_id", "indicator", "subject"), update=_STANDING)


async def excluded(tx: Tx, keys: Sequence[tuple[str, str]]) -> dict[tuple[str, str], UUID]:
    """Which of these cases (indicator as stored, subject) an upheld objection took out, and which objection.

    An objection speaks of the indicator, whatever definition a letter chose for it.
    """
    c = case_exclusions.c
    subjects = sorted({subject for _, subject in keys})
    rows = await tx.rows(
        select(c.indicator, c.subject, c.objection_id).where(c.org_id == tx.org_id, c.subject.in_(subjects))
    )
    known = {(row.indicator, row.subject): row.objection_id for row in rows}
    return {
        (stored, subject): known[found]
        for stored, subject in keys
        if (found := (stored.partition("#")[0], subject)) in known
    }


def fact_row(
    fact: Fact, *, version: int, community_id: UUID | None, recorded_at: datetime, stored_as: str | None = None
) -> dict[str, Any]:
    """One version of a fact as a row; its id is its place in the log."""
    return {
        "id": uuid7(),
        "indicator": stored_as or fact.indicator,
        "indicator_version": version,
        "subject": fact.subject,
        "community_id": community_id,
        "numerator": _decimal(fact.numerator),
        "denominator": _decimal(fact.denominator),
        "on_date": fact.on,
        "verdict": fact.verdict,
        "counted": fact.counted,
        "at": fact.at,
        "decided_at": fact.decided_at,
        "group_key": fact.group,
        "since": fact.since,
        "until": fact.until,
        "who": UUID(fact.who) if fact.who else None,
        "link": fact.link,
        "detail": fact.detail,
        "recorded_at": recorded_at,
    }


def _decimal(value: Number) -> Decimal | int:
    return value if isinstance(value, int) else Decimal(value.numerator) / Decimal(value.denominator)


def number(value: Decimal) -> Number:
    """A stored share, exact; whole ones (nearly all) stay ints."""
    return int(value) if value == value.to_integral_value() else Fraction(value)


async def standing(
    tx: Tx, indicators: Sequence[str], communities: Sequence[UUID], start: date, end: date
) -> dict[str, list[tuple[UUID, Fact]]]:
    """The standing facts of indicators in a period, with the ids of their versions: one statement, one snapshot.

    Register entries from before the period come along, for a file stays on the register (AMB-113), and what was still
    open when it began (AMB-098).
    """
    names = (
        "indicator, subject, fact_id AS id, numerator, denominator, on_date, verdict, counted, at, decided_at, "
        "group_key, since, until"
    )
    where = f"{tx.schema}.facts_current WHERE org_id = $1 AND community_id = ANY($2::uuid[]) AND indicator = ANY($3)"
    # Ranges of three indexes, not one with OR: that one would read all years before the period.
    rows = await tx.raw.fetch(
        f"SELECT {names} FROM {where} AND on_date >= $4 AND on_date < $5 UNION ALL "
        f"SELECT {names} FROM {where} AND on_date < $4 AND verdict = '{NEVER_CHECKED}' UNION ALL "
        f"SELECT {names} FROM {where} AND on_date < $4 AND until >= $4",
        tx.org_id,
        list(communities),
        list(indicators),
        start,
        end,
    )
    return _grouped(indicators, rows)


async def as_of(
    tx: Tx, indicator: str, communities: Sequence[UUID], moment: datetime
) -> dict[str, list[tuple[UUID, Fact]]]:
    """The facts as they stood at a past moment: of each subject the last version recorded by then."""
    raw = tx.raw
    rows = await raw.fetch(
        "SELECT DISTINCT ON (subject) indicator, subject, id, numerator, denominator, on_date, verdict, counted, at, "
        f"decided_at, group_key, since, until FROM {tx.schema}.facts WHERE org_id = $1 "
        "AND community_id = ANY($2::uuid[]) AND indicator = $3 AND recorded_at <= $4 ORDER BY subject, id DESC",
        tx.org_id,
        list(communities),
        indicator,
        moment,
    )
    return _grouped([indicator], rows)


async def versions(tx: Tx, ids: Sequence[UUID], *, detail: bool = True) -> dict[UUID, Any]:
    """Fact versions by id, as frozen scorecards name them."""
    raw = tx.raw
    extra = ", who, link, detail, community_id, recorded_at" if detail else ""
    rows = await raw.fetch(
        "SELECT indicator, subject, id, numerator, denominator, on_date, verdict, counted, at, decided_at, group_key, "
        f"since, until{extra} FROM {tx.schema}.facts WHERE org_id = $1 AND id = ANY($2::uuid[])",
        tx.org_id,
        list(ids),
    )
    return {UUID(bytes=row["id"].bytes): row for row in rows}


async def standing_case(tx: Tx, indicator: str, subject: str) -> list[dict[str, Any]]:
    """The standing versions of one case, by every definition, locked: as rows to append another version of."""
    c = facts_current.c
    held = await tx.rows(
        select(c.fact_id)
        .where(c.org_id == tx.org_id, c.indicator.in_(await _stored_as(tx, indicator)), c.subject == subject)
        .with_for_update()
    )
    f = facts.c
    rows = await tx.rows(select(facts).where(f.org_id == tx.org_id, f.id.in_([row.fact_id for row in held])))
    return [{name: value for name, value in row._mapping.items() if name != "org_id"} for row in rows]


async def _stored_as(tx: Tx, indicator: str) -> list[str]:
    """The names under which facts of an indicator are stored: its own, and those of definitions letters chose."""
    c = facts_current.c
    rows = await tx.rows(
        select(c.indicator).where(c.org_id == tx.org_id, c.indicator.startswith(f"{indicator}#")).distinct()
    )
    return [indicator, *(row.indicator for row in rows)]


async def documents(
    tx: Tx, families: Sequence[str], communities: Sequence[UUID], since: date | None
) -> Sequence[Any]:
    """The cases of families in communities, to be judged anew: family, subject, community and document.

    ``since``: those that may have facts of that day or a later one; None: all.
    """
    c = cases.c
    asked = select(c.family, c.subject, c.community_id, c.doc, c.recorded_at).where(
        c.org_id == tx.org_id, c.family.in_(list(families)), c.community_id.in_(list(communities))
    )
    if since is None:
        return await tx.rows(asked)
    # Two ranges of one index, not one with OR.
    return await tx.rows(union_all(asked.where(c.last_on >= since), asked.where(c.last_on.is_(None))))


def fact_of(row: Any, indicator: str | None = None) -> Fact:
    """A stored version as the domain knows it, without what only readers need."""
    return Fact(
        indicator=indicator or row["indicator"],
        subject=row["subject"],
        numerator=number(row["numerator"]),
        denominator=number(row["denominator"]),
        on=row["on_date"],
        verdict=row["verdict"],
        counted=row["counted"],
        at=row["at"],
        decided_at=row["decided_at"],
        group=row["group_key"],
        since=row["since"],
        until=row["until"],
    )


def _grouped(indicators: Sequence[str], rows: Sequence[Any]) -> dict[str, list[tuple[UUID, Fact]]]:
    found: dict[str, list[tuple[UUID, Fact]]] = {code: [] for code in indicators}
    for row in rows:
        found[row["indicator"]].append((row["id"], fact_of(row)))
    return found


def detail_of(row: Any) -> Any:
    """The detail of a version read by the driver, which leaves JSON as text."""
    return orjson.loads(row["detail"]) if isinstance(row["detail"], (str, bytes)) else row["detail"]
