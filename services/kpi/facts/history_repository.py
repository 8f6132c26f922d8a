"""Statements on the log of fact versions: what stood at a past moment, and what was learned since."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, select

from services.kpi.domain.facts import NEVER_CHECKED
from services.kpi.models import facts, facts_current
from shared.db.tx import Tx

_BOTH = ("fact_id", "verdict", "counted", "numerator", "denominator", "on_date")

# Of each case that was told of since: the version that stood then, and the one that stands now, where they differ. A
# case that left the period or came into it is one of both.
_SINCE = """
WITH past AS (
    SELECT DISTINCT ON (subject) subject, id AS fact_id, verdict, counted, numerator, denominator, on_date, until
      FROM {s}.facts
     WHERE org_id = $1 AND community_id = ANY($2::uuid[]) AND indicator = $3 AND recorded_at <= $4
     ORDER BY subject, id DESC
), told AS (
    SELECT subject, max(recorded_at) AS recorded_at FROM {s}.facts
     WHERE org_id = $1 AND community_id = ANY($2::uuid[]) AND indicator = $3 AND recorded_at > $4 AND subject > $8
     GROUP BY subject
)
SELECT told.subject, told.recorded_at, {then}, {now}, f.link
  FROM told
  JOIN {s}.facts_current c ON c.org_id = $1 AND c.indicator = $3 AND c.subject = told.subject
  JOIN {s}.facts f ON f.org_id = $1 AND f.id = c.fact_id
  LEFT JOIN past ON past.subject = told.subject
 WHERE (past.verdict, past.counted, past.numerator, past.denominator, past.on_date, past.until)
       IS DISTINCT FROM (c.verdict, c.counted, c.numerator, c.denominator, c.on_date, c.until)
   AND (c.on_date < $6 AND (c.on_date >= $5 OR c.verdict = $7 OR c.until >= $5)
        OR past.on_date < $6 AND (past.on_date >= $5 OR past.verdict = $7 OR past.until >= $5))
 ORDER BY told.subject LIMIT $9
"""


async def since(
    tx: Tx,
    stored_as: str,
    communities: Sequence[UUID],
    moment: datetime,
    start: date,
    end: date,
    *,
    after: str = "",
    limit: int,
) -> Sequence[Any]:
    """The cases of an indicator and a period that stand otherwise than they stood at a moment, by subject."""
    then = ", ".join(f"past.{name} AS then_{name}" for name in _BOTH)
    now = ", ".join(f"c.{name} AS now_{name}" for name in _BOTH)
    text = _SINCE.format(s=tx.schema, then=then, now=now)
    arguments = (tx.org_id, list(communities), stored_as, moment, start, end, NEVER_CHECKED, after, limit)
    return list(await tx.raw.fetch(text, *arguments))


async def standing_rows(
    tx: Tx, stored_as: str, community_id: UUID, bounds: tuple[date, date] | None
) -> dict[str, dict[str, Any]]:
    """The standing versions of an indicator under one name, as the log has them, by subject; those of a period, or
    (None) all."""
    c, f = facts_current.c, facts.c
    asked = (
        select(facts)
        .join(facts_current, and_(c.org_id == f.org_id, c.fact_id == f.id))
        .where(f.org_id == tx.org_id, c.indicator == stored_as, c.community_id == community_id)
    )
    if bounds is not None:
        asked = asked.where(c.on_date >= bounds[0], c.on_date < bounds[1])
    rows = await tx.rows(asked)
    return {row.subject: {name: value for name, value in row._mapping.items() if name != "org_id"} for row in rows}


async def versions_of(tx: Tx, stored_as: str, subject: str) -> Sequence[Any]:
    """Every version of one case, the oldest first."""
    return list(
        await tx.raw.fetch(
            f"SELECT id, verdict, counted, numerator, denominator, recorded_at FROM {tx.schema}.facts "
            "WHERE org_id = $1 AND indicator = $2 AND community_id = (SELECT community_id FROM "
            f"{tx.schema}.facts_current WHERE org_id = $1 AND indicator = $2 AND subject = $3) AND subject = $3 "
            "ORDER BY id",
            tx.org_id,
            stored_as,
            subject,
        )
    )
