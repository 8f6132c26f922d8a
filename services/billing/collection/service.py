"""The collection rate of a community's natural quarter (A-218, F-048, B-072; AMB-016, AMB-114)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from services.billing import access
from services.billing.collection import repository
from services.billing.domain.collection import DUE_IN_PERIOD, SETTLED, Rate, collection_rate
from services.billing.domain.vocabulary import FEE_KINDS
from services.billing.errors import CollectionRateInvalid
from shared.auth import Principal
from shared.db.tx import Tx
from shared.errors import FieldError
from shared.periods import Period


def asked(text: str, fee_kind: str) -> Period:
    """The natural quarter (or one of its months) a rate is asked of.

    Raises:
        CollectionRateInvalid: anything else, or an unknown fee kind.
    """
    if fee_kind not in FEE_KINDS:
        raise CollectionRateInvalid(
            fields=[FieldError("query.fee_kind", f"没有费用种类 {fee_kind}。", f"There is no fee kind {fee_kind}.")]
        )
    try:
        period = Period.parse(text)
        if period.months <= 3:
            return period
    except ValueError:
        pass
    raise CollectionRateInvalid(
        fields=[FieldError("query.period", "应为自然季度，例如 2025-Q1。", "A quarter such as 2025-Q1.")]
    )


async def rate(
    tx: Tx,
    community_id: UUID,
    period: Period,
    fee_kind: str,
    cash_basis: str = SETTLED,
    reading: str = DUE_IN_PERIOD,
) -> Rate:
    """The rate as it stands now; scope is the caller's business."""
    start, end = period.start, period.end
    return collection_rate(
        start,
        end,
        await repository.billed(tx, community_id, fee_kind, start, end),
        await repository.credited(tx, community_id, fee_kind, start, end, cash_basis),
        reading=reading,
        overpaid_fen=await repository.overpaid_fen(tx, community_id, end, cash_basis),
    )


async def visible_rate(
    tx: Tx,
    who: Principal,
    community_id: UUID,
    period: str,
    fee_kind: str,
    cash_basis: str,
    reading: str,
) -> tuple[Rate, Row[Any] | None]:
    """The rate and what was recorded at the close, if the caller may see the community.

    Raises:
        NoSuchCommunity: outside the caller's scope.
        CollectionRateInvalid: not a natural quarter, or an unknown fee kind.
    """
    wanted = asked(period, fee_kind)
    await access.community(tx, who, community_id)
    found = await rate(tx, community_id, wanted, fee_kind, cash_basis, reading)
    return found, await repository.last_close(tx, community_id, period, fee_kind)


async def evidence(
    tx: Tx,
    who: Principal,
    community_id: UUID,
    period: str,
    fee_kind: str,
    cash_basis: str,
    state: str | None,
    after: str | None,
    limit: int,
) -> Sequence[Row[Any]]:
    """The bills behind the rate, by number.

    Raises:
        NoSuchCommunity, CollectionRateInvalid: as for the rate.
    """
    wanted = asked(period, fee_kind)
    await access.community(tx, who, community_id)
    return await repository.evidence(
        tx, community_id, fee_kind, wanted.start, wanted.end, cash_basis, state, after, limit
    )
