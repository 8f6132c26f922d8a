"""A rate of the dictionary as the books have it now, and the age of arrears as of a day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from services.billing import access
from services.billing.domain import ageing
from services.billing.domain.dunning_contacts import counts_as_debtor, counts_as_dunned
from services.billing.domain.rates import COVERAGE, DEFINITIONS, Definition, Sums, due_window, share
from services.billing.dunning import listing
from services.billing.rates import repository
from services.billing.rates.errors import NoSuchRate, RateInvalid
from shared.auth import Principal
from shared.db.tx import Tx
from shared.errors import FieldError
from shared.periods import Period


@dataclass(frozen=True, slots=True)
class Measured:
    """A rate with what stands behind it; ``sums`` where it is of bills, ``ledger_fen`` where that was asked for."""

    definition: Definition
    numerator: int
    denominator: int
    sums: Sums | None = None
    ledger_fen: int | None = None


async def measure(
    tx: Tx,
    who: Principal,
    code: str,
    community_id: UUID,
    period: Period,
    fee_kinds: Sequence[str],
    cash_basis: str,
    *,
    prove: bool = False,
) -> Measured:
    """A rate of a community and period.

    Raises:
        NoSuchRate: no such code. NoSuchCommunity: outside the caller's scope.
        RateInvalid: the rate is not told for periods of that length (422).
    """
    definition = DEFINITIONS.get(code)
    if definition is None:
        raise NoSuchRate(known=", ".join(DEFINITIONS))
    if period.months not in definition.months:
        raise RateInvalid(fields=[FieldError("query.period", "此率按月计算。", "This rate is told month by month.")])
    community = await access.community(tx, who, community_id)
    bounds = period.bounds(community.zone)
    if definition.bills is None:
        found = _coverage(tx, community_id, period, bounds) if code == COVERAGE else _papers(tx, community_id, bounds)
        return Measured(definition, *await found)
    due = due_window(definition, period)
    money = (period.start, period.end)
    sums = await repository.sums(tx, community_id, fee_kinds, due, money, bounds[0], cash_basis)
    ledger = await repository.receivable(tx, community_id, fee_kinds, due) if prove else None
    return Measured(definition, *share(definition, sums), sums, ledger)


async def _coverage(
    tx: Tx, community_id: UUID, period: Period, bounds: tuple[datetime, datetime]
) -> tuple[int, int]:
    months = await listing.months(tx, community_id, str(period), bounds)
    return (
        sum(count for month, count in months if counts_as_dunned(month)),
        sum(count for month, count in months if counts_as_debtor(month)),
    )


async def _papers(tx: Tx, community_id: UUID, bounds: tuple[datetime, datetime]) -> tuple[int, int]:
    slips, all_slips, notices, all_notices = await repository.papers(tx, community_id, bounds)
    # row: C-069 each slip and each notice counts once, as processed when it was in time
    return slips + notices, all_slips + all_notices


async def ageing_of(
    tx: Tx, who: Principal, community_id: UUID, fee_kinds: Sequence[str], as_of: date | None
) -> tuple[date, list[repository.Aged]]:
    """The day, and what was owed at its end by bucket and in all; today's is read from the balances, any other from
    the postings.

    Raises:
        NoSuchCommunity: outside the caller's scope. RateInvalid: a day that has not come (422).
    """
    day = await _day(tx, who, community_id, as_of)
    then = None if as_of is None else day
    return day, await repository.aged(tx, community_id, fee_kinds, ageing.lines(day), then)


async def learned_since(
    tx: Tx,
    who: Principal,
    community_id: UUID,
    fee_kinds: Sequence[str],
    as_of: date,
    after: UUID | None,
    limit: int,
) -> Sequence[Any]:
    """What was booked after a day on bills that its arrears were made of, in the order of booking.

    Raises:
        NoSuchCommunity: outside the caller's scope. RateInvalid: a day that has not come (422).
    """
    day = await _day(tx, who, community_id, as_of)
    return await repository.booked_since(tx, community_id, fee_kinds, day, after, limit)


async def _day(tx: Tx, who: Principal, community_id: UUID, as_of: date | None) -> date:
    community = await access.community(tx, who, community_id)
    today = tx.now.astimezone(community.zone).date()
    day = as_of or today
    if not date(1900, 1, 1) < day <= today:
        wrong = FieldError("query.as_of", "日期应不晚于今天。", "A day that has come.")
        raise RateInvalid(fields=[wrong])
    return day
