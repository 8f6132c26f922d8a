"""``/ticketing/v1/exports/<table>.<format>``: lists as a stream, within the caller's reach."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import Query, Request
from fastapi.responses import StreamingResponse

from services.ticketing.errors import ExportInvalid, NoSuchResource
from services.ticketing.imports.exports import EXPORTS, Export, rows
from services.ticketing.personal.openings import opened
from services.ticketing.powers import POWERS
from shared.auth import Principal, allow
from shared.auth.powers import require
from shared.errors import FieldError
from shared.http.routing import problems, service_router
from shared.http.schemas import Month
from shared.ids import uuid7
from shared.periods import Period
from shared.runtime import Runtime
from shared.tabular import csv_stream, ndjson_stream, xlsx_stream
from shared.telemetry.context import request_id

router = service_router(prefix="/v1/exports", tags=["exports"])

Exports = Annotated[Principal, allow("table.export")]
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
        who: Exports,
        month: Annotated[Month | None, Query(description="Of attendance: one month alone")] = None,
    ) -> StreamingResponse:
        export = EXPORTS.get(table)
        if export is None:
            raise NoSuchResource(known=", ".join(EXPORTS))
        require(who, export.power, POWERS)
        if month is not None and export.day is None:
            wrong = ("此列表不能按月导出", "This list is not exported by month")
            raise ExportInvalid(fields=[FieldError("query.month", *wrong)])
        period = None if month is None else Period.parse(month)
        rt: Runtime = request.app.state.runtime
        told = {"table": table, "format": format, **({} if month is None else {"month": month})}
        async with rt.db.tx(who.org, actor_id=who.sub, request_id=request_id.get()) as tx:
            if export.about_people:
                opened(tx, "table.export_opened", "export", uuid7(), person_id=None, reason=export.zh, more=told)
            else:
                tx.audit("table.exported", "export", uuid7(), after=told)
        name = quote(f"{export.zh}.{format}", safe="")
        headers = {
            "Content-Disposition": f"attachment; filename*=UTF-8''{name}",
            "Cache-Control": "private, no-store",
            "X-Content-Type-Options": "nosniff",
        }
        return StreamingResponse(stream(export, rows(rt, who, export, period)), media_type=media_type, headers=headers)

    endpoint.__name__ = f"export_{format}"
    return endpoint


for _format, (_media_type, _) in FORMATS.items():
    router.get(
        f"/{{table}}.{_format}",
        operation_id=f"export_{_format}",
        summary=f"A whole list as {_format}: {', '.join(EXPORTS)}; rows within the caller's reach, people masked",
        description="A stream of any length. No cell is a formula: text that could be one gets a ' before it, which "
        "an import takes off again. That somebody exported is recorded.",
        responses={
            200: {
                "description": "The table",
                "content": {_media_type.split(";")[0]: {"schema": {"type": "string", "format": "binary"}}},
            },
            **problems(404),
        },
        response_class=StreamingResponse,
    )(_endpoint(_format))
