"""``/billing/v1/exports/<table>.<format>``: lists as a stream, within the caller's reach."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Annotated, Any
from urllib.parse import quote
from uuid import UUID

from fastapi import Query, Request
from fastapi.responses import StreamingResponse

from services.billing.exports.errors import NoSuchTable
from services.billing.exports.lists import EXPORTS, Export, rows
from services.billing.powers import POWERS
from shared.auth import Principal, allow
from shared.auth.powers import require
from shared.http.routing import problems, service_router
from shared.http.schemas import Month
from shared.ids import uuid7
from shared.periods import Period
from shared.runtime import Runtime
from shared.tabular import csv_stream, ndjson_stream, xlsx_stream
from shared.telemetry.context import request_id

router = service_router(prefix="/v1/exports", tags=["exports"])
Stream = Callable[[Export, AsyncIterator[list[Any]]], AsyncIterator[bytes]]

FORMATS: dict[str, tuple[str, Stream]] = {
    "csv": ("text/csv; charset=utf-8", lambda e, r: csv_stream([heading for _, heading, _ in e.columns], r)),
    "ndjson": ("application/x-ndjson", lambda e, r: ndjson_stream([key for key, _, _ in e.columns], r)),
    "xlsx": (
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        lambda e, r: xlsx_stream(e.zh, [heading for _, heading, _ in e.columns], r),
    ),
}


def _endpoint(format: str) -> Callable[..., Awaitable[StreamingResponse]]:
    media_type, stream = FORMATS[format]

    async def endpoint(
        table: str,
        request: Request,
        who: Annotated[Principal, allow("table.export")],
        community_id: UUID | None = None,
        month: Annotated[
            Month | None,
            Query(description="Bills of that period, payments credited in it, arrears since it, steps of its plan"),
        ] = None,
    ) -> StreamingResponse:
        export = EXPORTS.get(table)
        if export is None:
            raise NoSuchTable(known=", ".join(EXPORTS))
        require(who, export.power, POWERS)
        told = {"table": table, "format": format, **({} if month is None else {"month": month})}
        rt: Runtime = request.app.state.runtime
        async with rt.db.tx(who.org, actor_id=who.sub, request_id=request_id.get()) as tx:
            tx.audit("table.exported", "export", uuid7(), after=told)
        period = None if month is None else Period.parse(month)
        headers = {
            "Content-Disposition": f"attachment; filename*=UTF-8''{quote(export.zh, safe='')}.{format}",
            "Cache-Control": "private, no-store",
            "X-Content-Type-Options": "nosniff",
        }
        read = rows(rt, who, export, community_id, period)
        return StreamingResponse(stream(export, read), media_type=media_type, headers=headers)

    endpoint.__name__ = f"export_{format}"
    return endpoint


for _format, (_media_type, _) in FORMATS.items():
    router.get(
        f"/{{table}}.{_format}",
        operation_id=f"export_{_format}",
        summary=f"A whole list as {_format}: {', '.join(EXPORTS)}; rows within the caller's reach",
        description="A stream of any length. No cell is a formula: text that could be one gets a ' before it. That "
        "somebody exported is recorded.",
        responses={
            200: {
                "description": "The table",
                "content": {_media_type.split(";")[0]: {"schema": {"type": "string", "format": "binary"}}},
            },
            **problems(404),
        },
        response_class=StreamingResponse,
    )(_endpoint(_format))
