"""``/kpi/v1/indicators``."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Query, Request

from services.kpi.catalogue import infos
from services.kpi.domain.catalogue import IndicatorInfo, indicators
from services.kpi.domain.measure import Reading
from services.kpi.domain.numbers import fixed, plain
from services.kpi.domain.sources import SOURCES
from services.kpi.indicators import service
from services.kpi.indicators.schemas import CommunityValuesOut, ComparedOut, IndicatorOut, ValueOut
from services.kpi.schemas import LearnedOut, learned_out
from services.kpi.templates.schemas import text
from shared.auth import Principal, allow
from shared.http.routing import Page, PageDep, TxDep, page_of, problems, service_router
from shared.http.schemas import UtcTime

router = service_router(prefix="/v1/indicators", tags=["indicators"])

#: Cases shown beside a value; the rest is a page away.
SHOWN = 20


def present(info: IndicatorInfo) -> IndicatorOut:
    """An indicator as it goes out."""
    plugin, seen = indicators().get(info.code), info.observed
    return IndicatorOut(
        indicator=info.code,
        row=info.row,
        title=text(info.title),
        unit=info.unit,
        source=info.source,
        obliged=info.obliged,
        version=info.version,
        watches=service.watched(info.code),
        parameters=dict(plugin.parameters) if plugin else {},
        counts=None if seen is None else text(seen.counts),
        of=None if seen is None or seen.of is None else text(seen.of),
        recorded_on=None if seen is None else text(SOURCES[seen.source]),
        reviewer=None if seen is None else seen.reviewer,
    )


@router.get("", operation_id="list_indicators")
async def list_indicators(who: Annotated[Principal, allow("indicator.read")], page: PageDep) -> Page[IndicatorOut]:
    """All indicators, computed from events or recorded as observations."""
    after = page.after.text("indicator") if page.after else ""
    rows = [info for code, info in sorted(infos().items()) if code > after][: page.limit + 1]
    return page_of(rows, page.limit, lambda info: {"indicator": info.code}, present)


@router.get("/by-community", operation_id="compare_communities", responses=problems(404))
async def compare_communities(
    tx: TxDep,
    who: Annotated[Principal, allow("indicator.read")],
    page: PageDep,
    period: Annotated[str, Query(max_length=10, examples=["2025-Q1"])],
    org_unit_id: UUID | None = None,
) -> Page[CommunityValuesOut]:
    """All computed indicators of the communities under an org unit, side by side; without one, of the organisation."""
    at, after = service.period(period), page.after.uuid() if page.after else None
    rows = await service.compared(tx, who, at, org_unit_id, after, page.limit)
    return page_of(
        rows,
        page.limit,
        lambda row: {"id": row[0].id},
        lambda row: CommunityValuesOut(
            community_id=row[0].id,
            name=row[0].name,
            period=str(at),
            values=[_compared(code, reading) for code, reading in sorted(row[1].items()) if reading.state != "no_data"],
        ),
    )


def _compared(code: str, reading: Reading) -> ComparedOut:
    return ComparedOut(
        indicator=code,
        state=reading.state,
        value=None if reading.value is None else fixed(reading.value),
        numerator=None if reading.numerator is None else plain(reading.numerator),
        denominator=None if reading.denominator is None else plain(reading.denominator),
    )


@router.get("/{code}", operation_id="get_indicator", responses=problems(404))
async def get_indicator(code: str, who: Annotated[Principal, allow("indicator.read")]) -> IndicatorOut:
    """One indicator."""
    return present(service.info(code))


@router.get("/{code}/value", operation_id="get_indicator_value", responses=problems(404))
async def get_indicator_value(
    code: str,
    tx: TxDep,
    who: Annotated[Principal, allow("indicator.read")],
    request: Request,
    period: Annotated[str, Query(max_length=10, examples=["2025-Q1"])],
    community_id: UUID | None = None,
    org_unit_id: UUID | None = None,
    as_of: Annotated[UtcTime | None, Query(description="As it could be known at this moment")] = None,
) -> ValueOut:
    """The value of an indicator for a scope and a period; without a scope, of the whole organisation.

    As of a past moment it is what could be known then, with the cases that stand otherwise now.
    """
    info, at = service.info(code), service.period(period)
    found = await service.value(tx, who, code, at, community_id, org_unit_id, as_of)
    since = (
        []
        if as_of is None
        else await service.learned(tx, who, code, at, community_id, org_unit_id, as_of, "", SHOWN)
    )
    reading = found.reading
    return ValueOut(
        indicator=code,
        title=text(info.title),
        unit=info.unit,
        period=str(at),
        community_id=community_id,
        org_unit_id=org_unit_id,
        as_of=as_of,
        state=reading.state,
        value=None if reading.value is None else fixed(reading.value),
        numerator=None if reading.numerator is None else plain(reading.numerator),
        denominator=None if reading.denominator is None else plain(reading.denominator),
        cases=dict(found.verdicts),
        beside={reason: plain(amount) for reason, amount in found.beside.items()},
        parts=None if reading.parts is None else {name: fixed(part) for name, part in reading.parts.items()},
        learned=[learned_out(row) for row in since],
        learned_url=None if as_of is None else f"/kpi/v1/indicators/{code}/learned?{request.url.query}",
    )


@router.get("/{code}/learned", operation_id="list_learned_cases", responses=problems(404))
async def list_learned_cases(
    code: str,
    tx: TxDep,
    who: Annotated[Principal, allow("indicator.read")],
    page: PageDep,
    period: Annotated[str, Query(max_length=10, examples=["2025-Q1"])],
    as_of: Annotated[UtcTime, Query(description="The moment whose knowledge is compared with today's")],
    community_id: UUID | None = None,
    org_unit_id: UUID | None = None,
) -> Page[LearnedOut]:
    """What was learned since a moment: the cases behind a value that stand otherwise now, each as it was and as it
    is."""
    after = page.after.text("subject") if page.after else ""
    service.info(code)
    rows = await service.learned(
        tx, who, code, service.period(period), community_id, org_unit_id, as_of, after, page.limit + 1
    )
    return page_of(rows, page.limit, lambda row: {"subject": row.subject}, learned_out)
