"""The month's figures: coverage, omissions, who is held and why, the age of the debt."""

from __future__ import annotations

from fractions import Fraction
from typing import Any
from uuid import UUID

from services.billing import access
from services.billing.domain.ageing import BUCKETS, bucket
from services.billing.domain.dunning_contacts import (
    DISPUTE,
    INSTALMENT,
    PROMISE,
    counts_as_debtor,
    counts_as_dunned,
)
from services.billing.dunning import listing
from services.billing.dunning.schemas import AgeOut, CountOut, ReportOut
from shared.auth import Principal
from shared.db.tx import Tx
from shared.http.schemas import MoneyModel
from shared.money import round_half_up
from shared.periods import Period


async def report(tx: Tx, who: Principal, community_id: UUID, period: str) -> ReportOut:
    """One month of one community. Raises NoSuchCommunity."""
    community = await access.community(tx, who, community_id)
    found = await listing.months(tx, community_id, period, Period.parse(period).bounds(community.zone))
    debtors = sum(count for month, count in found if counts_as_debtor(month))
    dunned = sum(count for month, count in found if counts_as_dunned(month))
    rows = await listing.states(tx, community_id, period)
    held = await listing.held(tx, community_id)
    coverage = None if not debtors else f"{round_half_up(Fraction(100 * dunned, debtors), 2):.2f}"
    return ReportOut(
        community_id=community_id,
        period=period,
        debtors=debtors,
        dunned=dunned,
        coverage=coverage,
        missed=sum(row.missed for row in rows),
        # row: AMB-117 disputed is reported apart from unwilling
        disputed=held.get(DISPUTE, 0),
        promised=held.get(PROMISE, 0),
        instalments=held.get(INSTALMENT, 0),
        steps=[CountOut(kind=row.kind, state=row.state, steps=row.steps) for row in rows],
        ageing=_ageing(await listing.by_due(tx, community_id), tx.now.astimezone(community.zone).date()),
    )


def _ageing(debts: list[tuple[Any, int, int]], today: Any) -> list[AgeOut]:
    """Old arrears by full months overdue (C-065)."""
    sums: dict[str, tuple[int, int]] = {name: (0, 0) for name, _ in BUCKETS}
    for due, households, fen in debts:
        # row: C-065 the oldest debt is seen as such
        name = bucket(due, today)
        before = sums[name]
        sums[name] = (before[0] + households, before[1] + fen)
    return [AgeOut(months=name, households=count, amount=MoneyModel.of_fen(fen)) for name, (count, fen) in sums.items()]
