"""``/ticketing/v1/analysis/hot-spots``: counts that lead to their cases."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from urllib.parse import urlencode
from uuid import UUID

from fastapi import Query
from sqlalchemy import Row

from services.ticketing.analysis import service
from services.ticketing.analysis.service import Analysed
from services.ticketing.domain.hot_spots import WORDS, change, share
from services.ticketing.tickets.schemas import KindCode
from shared.auth import Principal, allow
from shared.http.routing import TxDep, problems, service_router
from shared.http.schemas import Output, PeriodCode, Text, UtcTime
from shared.periods import Period

router = service_router(prefix="/v1/analysis", tags=["analysis"])

By = Literal["topic", "category", "place", "unit", "building", "community", "org_unit"]
#: Which filter of the list of tickets shows the cases of a group.
_FILTERS = {"place": "place_id", "unit": "unit_id", "building": "building_id", "community": "community_id"}


class HotSpot(Output):
    """One group. ``share`` and ``change`` are percent, one decimal, half up; ``change`` is null without a before.

    ``repeat_places`` are units and places with two cases or more in the period, ``repeat_cases`` the cases there.
    ``cases`` lists what ``count`` counts.
    """

    key: str
    name: Text
    count: int
    share: str
    previous: int
    change: str | None
    valid: int
    repeat_places: int
    repeat_cases: int
    cases: str


class HotSpots(Output):
    """Where the cases of a period pile up, the most first."""

    period: str
    previous_period: str
    by: str
    start: UtcTime
    end: UtcTime
    count: int
    previous: int
    items: list[HotSpot]


@router.get("/hot-spots", operation_id="list_hot_spots", responses=problems(404))
async def hot_spots(
    tx: TxDep,
    who: Annotated[Principal, allow("analysis.read")],
    period: Annotated[PeriodCode, Query(description="2025, 2025-H1, 2025-Q1 or 2025-03", examples=["2025-03"])],
    by: By = "topic",
    kind: KindCode | None = None,
    community_id: UUID | None = None,
    org_unit_id: Annotated[UUID | None, Query(description="At or below this org unit")] = None,
) -> HotSpots:
    """Cases received in a period, grouped, with share, change and repeat places, each number with its cases.

    Days are those of the community, or of Asia/Shanghai where several are taken together. Cases of no such group (no
    topic, no unit) are in no item.
    """
    wanted = Period.parse(period)
    found = await service.hot_spots(tx, who, wanted, by, kind, community_id, org_unit_id)
    total = sum(int(row.now) for row in found.rows)
    scope = {"kind": kind, "community_id": community_id, "org_unit_id": org_unit_id}
    # What comes from our own rows is not validated again: the year 1900 begins in 1899 by UTC.
    return HotSpots.model_construct(
        period=str(wanted),
        previous_period=str(wanted.previous()),
        by=by,
        start=found.start,
        end=found.end,
        count=total,
        previous=sum(int(row.before) for row in found.rows),
        items=[_present(row, by, total, found, scope) for row in found.rows],
    )


def _present(row: Row[Any], by: By, total: int, found: Analysed, scope: dict[str, Any]) -> HotSpot:
    key, now, before = str(row.key), int(row.now), int(row.before)
    zh, en = WORDS.get(key) or (row.name or key, row.name or key)
    changed = change(now, before)
    filters = {
        **scope,
        _FILTERS.get(by, "org_unit_id" if by == "org_unit" else by): key,
        "received_from": f"{found.start:%Y-%m-%dT%H:%M:%SZ}",
        "received_until": f"{found.end:%Y-%m-%dT%H:%M:%SZ}",
    }
    query = urlencode({name: str(value) for name, value in filters.items() if value is not None})
    return HotSpot(
        key=key,
        name=Text(zh=zh, en=en),
        count=now,
        share=str(share(now, total)),
        previous=before,
        change=None if changed is None else str(changed),
        valid=int(row.valid),
        repeat_places=row.repeat_places,
        repeat_cases=int(row.repeat_cases),
        cases=f"/ticketing/v1/tickets?{query}",
    )
