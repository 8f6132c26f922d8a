"""Values of indicators for whoever may see the scope."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from services.kpi import access
from services.kpi.catalogue import infos
from services.kpi.domain.catalogue import IndicatorInfo, families, indicators
from services.kpi.domain.letters import LetterError
from services.kpi.domain.measure import Measurement, Reading
from services.kpi.errors import BadInput, NoSuchIndicator
from services.kpi.facts import values
from services.kpi.facts.learned import Learned
from services.kpi.facts.learned import learned as since
from services.kpi.observations import service as observed
from shared.auth import Principal
from shared.db.tx import Tx
from shared.periods import Period


def info(code: str) -> IndicatorInfo:
    """What is known of an indicator. Raises NoSuchIndicator."""
    found = infos().get(code)
    if found is None:
        raise NoSuchIndicator(indicator=code)
    return found


def watched(code: str) -> list[str]:
    """The event types an indicator is computed from; none for an observed one."""
    indicator = indicators().get(code)
    if indicator is None:
        return []
    return sorted({type_ for family in indicator.families for type_ in families()[family].watches})


def period(text: str) -> Period:
    """A period out of a query. Raises BadInput."""
    try:
        return Period.parse(text)
    except ValueError as error:
        raise BadInput.of(LetterError("period", "期间应为 2025、2025-H1、2025-Q1 或 2025-03", str(error))) from None


async def compared(
    tx: Tx, who: Principal, at: Period, org_unit_id: UUID | None, after: UUID | None, limit: int
) -> list[tuple[access.Community, Mapping[str, Reading]]]:
    """All computed indicators of the communities under an org unit, side by side, one more than asked for.

    Raises NoSuchOrgUnit.
    """
    scope = sorted(await access.org_unit_communities(tx, who, org_unit_id or tx.org_id), key=lambda one: one.id)
    part = [one for one in scope if after is None or one.id > after][: limit + 1]
    whole = org_unit_id in (None, tx.org_id) and len(part) == len(scope)
    found = await values.sums(tx, None, part, at, everywhere=whole) if part else {}
    return [(one, found[one.id]) for one in part]


async def value(
    tx: Tx,
    who: Principal,
    code: str,
    at: Period,
    community_id: UUID | None,
    org_unit_id: UUID | None,
    as_of: datetime | None,
) -> Measurement:
    """The value for a community, an org unit, or the whole organisation, now or as of a past moment.

    Raises NoSuchIndicator, and NoSuchCommunity or NoSuchOrgUnit for a scope out of reach.
    """
    scope = await _scope(tx, who, community_id, org_unit_id)
    if info(code).source == "observations":
        found = await observed.readings(tx, [code], [community.id for community in scope], at, as_of)
        return Measurement(found[code], ())
    if as_of is not None:
        return (await values.value_as_of(tx, code, scope, at, as_of)).measurement
    return (await values.standing_values(tx, [code], scope, at))[code].measurement


async def learned(
    tx: Tx,
    who: Principal,
    code: str,
    at: Period,
    community_id: UUID | None,
    org_unit_id: UUID | None,
    as_of: datetime,
    after: str,
    limit: int,
) -> list[Learned]:
    """The cases that stand otherwise now than as of a past moment, by subject. Raises as `value` does."""
    scope = await _scope(tx, who, community_id, org_unit_id)
    name = None if info(code).source == "observations" else code
    return await since(tx, code, name, [community.id for community in scope], at, as_of, after=after, limit=limit)


async def _scope(
    tx: Tx, who: Principal, community_id: UUID | None, org_unit_id: UUID | None
) -> list[access.Community]:
    if community_id is not None:
        return [await access.community(tx, who, community_id)]
    return await access.org_unit_communities(tx, who, org_unit_id or tx.org_id)
