"""``/kpi/v1/feeds``: what headquarters and integrators pull."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import Depends, Header, Query, Request, Response
from fastapi.responses import StreamingResponse

from services.kpi.domain.feed_rows import Feed
from services.kpi.errors import MetricsOff
from services.kpi.feeds import metrics, service
from services.kpi.feeds.schemas import (
    CasePage,
    CaseRow,
    IndicatorPage,
    IndicatorRow,
    ManifestOut,
    ScorecardPage,
    ScorecardRow,
    Tombstone,
)
from shared.auth import Principal, allow
from shared.http.routing import TxDep, problems, service_router
from shared.http.schemas import PeriodCode

router = service_router(prefix="/v1/feeds", tags=["feeds"])

NDJSON = "application/x-ndjson"
PeriodQuery = Annotated[
    PeriodCode | None, Query(description="Rows of this period and of those inside it; without it all of history")
]
OrgUnitQuery = Annotated[UUID | None, Query(description="Communities under this org unit; without it all in reach")]
AfterQuery = Annotated[
    str | None,
    Query(pattern=service.CURSOR, description="Cursor of an earlier answer: only what changed since; opaque"),
]
LimitQuery = Annotated[int, Query(ge=1, le=1000, description="Rows of a JSON page; NDJSON is sent whole")]
FormatQuery = Annotated[Literal["json", "ndjson"], Query(description="Or by `Accept: application/x-ndjson`")]
IfNoneMatch = Annotated[str | None, Header(max_length=1000)]
AcceptHeader = Annotated[str | None, Header(max_length=1000)]
Reader = Annotated[Principal, allow("feed.read")]
_LINES = {NDJSON: {"schema": {"type": "string", "description": "One row a line; cursor in Steward-After"}}}


def _responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    return {200: {"content": _LINES}, 304: {"description": "Nothing was written since"}, **problems(*statuses)}


@dataclass(frozen=True, slots=True)
class Asked:
    """What a pull of a feed asks for: the same of each, so that whoever pulls one pulls all."""

    request: Request
    period: PeriodQuery = None
    org_unit: OrgUnitQuery = None
    after: AfterQuery = None
    limit: LimitQuery = 200
    format: FormatQuery = "json"
    if_none_match: IfNoneMatch = None
    accept: AcceptHeader = None


AskedDep = Annotated[Asked, Depends()]


@router.get("/indicators", operation_id="feed_indicators", response_model=IndicatorPage, responses=_responses(404, 410))
async def feed_indicators(tx: TxDep, who: Reader, asked: AskedDep) -> Response:
    """Values of all indicators on all letters in reach: numerator, denominator, target, state."""
    return await _answer(tx, who, "indicators", asked)


@router.get("/scorecards", operation_id="feed_scorecards", response_model=ScorecardPage, responses=_responses(404, 410))
async def feed_scorecards(tx: TxDep, who: Reader, asked: AskedDep) -> Response:
    """Scorecards of all letters in reach: provisional, closed, restated."""
    return await _answer(tx, who, "scorecards", asked)


@router.get("/cases", operation_id="feed_cases", response_model=CasePage, responses=_responses(404, 410))
async def feed_cases(tx: TxDep, who: Reader, asked: AskedDep) -> Response:
    """The cases behind the indicators, each with what it gave and why it did or did not count."""
    return await _answer(tx, who, "cases", asked)


@router.get("/manifest", operation_id="feed_manifest", responses=problems(404))
async def feed_manifest(
    tx: TxDep, who: Reader, period: PeriodQuery = None, org_unit: OrgUnitQuery = None
) -> ManifestOut:
    """What a consumer must hold: communities expected, closed, open, without a letter; rows, sums and hash a feed."""
    return await service.manifest(tx, who, period, org_unit)


@router.get("/schema", operation_id="feed_schema")
async def feed_schema(who: Reader) -> dict[str, Any]:
    """The JSON Schema of the rows of each feed and of a tombstone."""
    from pydantic.json_schema import models_json_schema

    models = {"indicators": IndicatorRow, "scorecards": ScorecardRow, "cases": CaseRow, "tombstone": Tombstone}
    modes: list[Any] = [(model, "serialization") for model in models.values()]
    _, found = models_json_schema(modes)
    refs = {name: {"$ref": f"#/$defs/{model.__name__}"} for name, model in models.items()}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "urn:steward:kpi:feeds:v1",
        "properties": refs,
        **found,
    }


@router.get(
    "/metrics",
    operation_id="feed_metrics",
    response_class=Response,
    responses={200: {"content": {metrics.MEDIA_TYPE: {"schema": {"type": "string"}}}}, **problems(404)},
)
async def feed_metrics(
    request: Request, tx: TxDep, who: Reader, period: PeriodCode, org_unit: OrgUnitQuery = None
) -> Response:
    """The indicators of a period as OpenMetrics gauges, where the operator has switched that on."""
    if not request.app.state.settings.openmetrics:
        raise MetricsOff()
    pull = await service.start(tx, who, "indicators", None, period, org_unit, "")
    docs = (doc async for doc in service.standing(tx, pull))
    return Response(await metrics.gauges(docs), media_type=metrics.MEDIA_TYPE)


async def _answer(tx: Any, who: Principal, feed: Feed, asked: Asked) -> Response:
    request = asked.request
    restart = str(request.url.remove_query_params("after").replace(scheme="", netloc=""))
    pull = await service.start(tx, who, feed, asked.after, asked.period, asked.org_unit, restart)
    as_lines = asked.format == "ndjson" or (asked.accept is not None and NDJSON in asked.accept)
    packed = as_lines and _takes_gzip(request.headers.get("accept-encoding", ""))
    headers = {
        "ETag": pull.etag(asked.limit, as_lines, packed),
        "Cache-Control": "private, no-cache",
        "Vary": "Accept, Accept-Encoding, Authorization",
    }
    held = (asked.if_none_match or "").split(",")
    if headers["ETag"] in (part.strip() for part in held):
        return Response(status_code=304, headers=headers)
    if as_lines:
        headers["Steward-After"] = pull.cursor()
        parts = service.lines(request.app.state.runtime.db, who.org, pull)
        if packed:
            headers["Content-Encoding"] = "gzip"
            parts = service.gzipped(parts)
        return StreamingResponse(parts, media_type=NDJSON, headers=headers)
    docs, following, on = await service.page(tx, pull, asked.limit)
    told = "null" if following is None else f'"{following}"'
    # The lines are JSON already, and go out as they were stored.
    body = '{"items":[' + ",".join(docs) + f'],"next":{told},"after":"{on}"}}'
    if following is not None:
        address = request.url.include_query_params(after=following).replace(scheme="", netloc="")
        headers["Link"] = f'<{address}>; rel="next"'
    return Response(body, media_type="application/json", headers=headers)


def _takes_gzip(header: str) -> bool:
    for part in header.lower().split(","):
        coding, _, weight = part.strip().partition(";")
        if coding.strip() in ("gzip", "*"):
            return weight.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False
