"""``/billing/v1/opening-imports``: template, dry run, import, errors by cell, corrections, undo."""

from __future__ import annotations

import asyncio
from datetime import date
from typing import Annotated, Any, Final
from urllib.parse import quote
from uuid import UUID

from fastapi import File, Form, Request, Response, UploadFile
from sqlalchemy import Row

from services.billing.openings import service
from services.billing.openings.schemas import Mode, OpeningErrorOut, OpeningOut
from shared.auth import Principal, allow
from shared.http.routing import Page, PageDep, TxDep, created, etag, own_transactions, page_of, problems, service_router
from shared.http.schemas import MoneyModel, Text
from shared.runtime import Runtime
from shared.telemetry.context import request_id

router = service_router(prefix="/v1/opening-imports", tags=["opening balances"])

Imports = Annotated[Principal, allow("opening.import")]
_MOST_BYTES: Final = 12 * 1024 * 1024
_XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_FILE: dict[int | str, dict[str, Any]] = {
    200: {"description": "A workbook", "content": {_XLSX: {"schema": {"type": "string", "format": "binary"}}}}
}


def present(row: Row[Any]) -> OpeningOut:
    """An import as it goes out."""
    other = ("errors", "amount")
    same = {name: getattr(row, name) for name in OpeningOut.model_fields if name not in other}
    return OpeningOut(**same, errors=len(row.faults), amount=MoneyModel.of_fen(row.amount_fen))


def _xlsx(name: str, data: bytes) -> Response:
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}",
        "Cache-Control": "private, no-store",
        "X-Content-Type-Options": "nosniff",
    }
    return Response(data, media_type=_XLSX, headers=headers)


@router.get("/template.xlsx", operation_id="get_opening_template", responses=_FILE, response_class=Response)
async def get_opening_template(who: Imports) -> Response:
    """The template to fill in: headings, fees to choose from, a sheet of explanations."""
    from services.billing.openings.parsing import TABLE
    from shared.tabular.papers import template

    return _xlsx("期初欠费导入模板.xlsx", await asyncio.to_thread(template, TABLE))


@router.post(
    "",
    status_code=202,
    operation_id="begin_opening_import",
    responses=problems(404, 413),
    max_body_size=_MOST_BYTES + 64 * 1024,
)
@own_transactions  # the file is read between a transaction that looks and one that stores
async def begin_opening_import(
    request: Request,
    response: Response,
    file: Annotated[UploadFile, File(description="xlsx, CSV (UTF-8 or GB18030) or NDJSON, at most 10,000 rows")],
    community_id: Annotated[UUID, Form()],
    who: Imports,
    mode: Annotated[Mode, Form(description="check: try only; all: all rows or none")] = "check",
    cutover_on: Annotated[
        date | None, Form(description="The day from which late fees count here; today without one")
    ] = None,
) -> OpeningOut:
    """Import debts from before, a bill a row. Poll the import until it is done; a refused one stored nothing."""
    rt: Runtime = request.app.state.runtime
    data = await file.read()
    row = await service.begin(rt, who, community_id, cutover_on, mode, data, request_id.get())
    created(response, f"/billing/v1/opening-imports/{row.id}", row.version)
    return present(row)


@router.get("", operation_id="list_opening_imports")
async def list_opening_imports(
    tx: TxDep, who: Imports, page: PageDep, community_id: UUID | None = None
) -> Page[OpeningOut]:
    """Imports, the latest first."""
    before = page.after.uuid() if page.after else None
    rows = await service.page(tx, who, community_id, before, page.limit + 1)
    return page_of(rows, page.limit, lambda row: {"id": row.id}, present)


@router.get("/{import_id}", operation_id="get_opening_import", responses=problems(404))
async def get_opening_import(import_id: UUID, tx: TxDep, who: Imports, response: Response) -> OpeningOut:
    """How far an import is."""
    row = await service.get(tx, who, import_id)
    etag(response, row.version)
    return present(row)


@router.get("/{import_id}/errors", operation_id="list_opening_errors", responses=problems(404))
async def list_opening_errors(import_id: UUID, tx: TxDep, who: Imports) -> list[OpeningErrorOut]:
    """The first thousand errors of an import by sheet, row and column, in the order of the file."""
    row = await service.get(tx, who, import_id)
    return [
        OpeningErrorOut(
            sheet=f["sheet"], row=f["row"], column=f["column"], cell=f["cell"], message=Text(zh=f["zh"], en=f["en"])
        )
        for f in row.faults
    ]


@router.get(
    "/{import_id}/corrections.xlsx",
    operation_id="get_opening_corrections",
    responses={**_FILE, **problems(404)},
    response_class=Response,
)
async def get_opening_corrections(import_id: UUID, tx: TxDep, who: Imports) -> Response:
    """The bad rows as they came, the wrong cells coloured and explained: correct them and send the file again."""
    from shared.tabular import Fault, Line
    from shared.tabular.papers import by_row, corrections

    row = await service.get(tx, who, import_id)
    faults = by_row(Fault(**f) for f in row.faults)
    sheets: dict[str, tuple[list[str], list[Any]]] = {}
    for bad in row.bad_rows:
        _, lines = sheets.setdefault(bad["sheet"], (bad["headings"], []))
        lines.append((Line(bad["row"], bad["cells"]), faults.get((bad["sheet"], bad["row"]), [])))
    book = corrections((name, headings, lines) for name, (headings, lines) in sheets.items())
    return _xlsx("期初欠费待更正.xlsx", book)


@router.post("/{import_id}/undo", status_code=202, operation_id="undo_opening_import", responses=problems(404, 409))
async def undo_opening_import(import_id: UUID, tx: TxDep, who: Imports) -> OpeningOut:
    """Undo an import while nobody paid on it: its bills are credited in full."""
    return present(await service.undo(tx, who, import_id))
