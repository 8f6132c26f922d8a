"""``/ticketing/v1/imports``: template, dry run, import, errors by cell, corrections, undo."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import quote
from uuid import UUID

from fastapi import File, Form, Request, Response, UploadFile
from sqlalchemy import Row

from services.ticketing.imports import repository, service
from services.ticketing.imports.schemas import ImportErrorOut, ImportOut, Mode, UndoOut
from services.ticketing.register.schemas import Source
from shared.auth import Principal, allow
from shared.http.routing import Page, PageDep, TxDep, created, etag, own_transactions, page_of, problems, service_router
from shared.http.schemas import Text
from shared.runtime import Runtime
from shared.tabular.papers import template
from shared.tabular.reading import MOST_BYTES

router = service_router(prefix="/v1/imports", tags=["imports"])

Imports = Annotated[Principal, allow("table.import")]
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_FILE: dict[int | str, dict[str, Any]] = {
    200: {"description": "A workbook", "content": {_XLSX: {"schema": {"type": "string", "format": "binary"}}}}
}


def xlsx(name: str, data: bytes) -> Response:
    """A workbook to download."""
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}",
        "Cache-Control": "private, no-store",
        "X-Content-Type-Options": "nosniff",
    }
    return Response(data, media_type=_XLSX, headers=headers)


def present(row: Row[Any]) -> ImportOut:
    """A stored import."""
    same = (name for name in ImportOut.model_fields if name not in ("problem", "undo"))
    return ImportOut(
        **{name: getattr(row, name) for name in same},
        problem=Text(**row.problem) if row.problem else None,
        undo=UndoOut(**row.undo) if row.undo else None,
    )


@router.get(
    "/templates/{resource}.xlsx",
    operation_id="get_import_template",
    responses={**_FILE, **problems(404)},
    response_class=Response,
)
async def get_template(resource: str, who: Imports) -> Response:
    """The template of a table to fill in: headings, lists to choose from, a sheet of explanations."""
    table = service.resource_of(resource, who).table
    return xlsx(f"{table.zh}导入模板.xlsx", template(table))


@router.post(
    "",
    status_code=202,
    operation_id="begin_import",
    responses=problems(404, 413),
    max_body_size=MOST_BYTES + 64 * 1024,
)
@own_transactions  # the file goes to the object store first, then one transaction that asks for the work
async def begin_import(
    request: Request,
    response: Response,
    file: Annotated[UploadFile, File(description="xlsx, CSV (UTF-8 or GB18030) or NDJSON")],
    resource: Annotated[str, Form(max_length=40, description="units, people, staff or relations")],
    who: Imports,
    source: Annotated[Source, Form()] = "table",
    mode: Annotated[Mode, Form(description="check: try only; good: the good rows; all: all or none")] = "check",
) -> ImportOut:
    """Import a table. The answer comes at once; poll the import until its state is done or refused."""
    rt: Runtime = request.app.state.runtime
    wanted = service.resource_of(resource, who)
    row = await service.begin(rt, who, wanted, source, mode, await file.read(), file.filename)
    created(response, f"/ticketing/v1/imports/{row.id}", row.version)
    return present(row)


@router.get("", operation_id="list_imports")
async def list_imports(tx: TxDep, who: Imports, page: PageDep) -> Page[ImportOut]:
    """Imports, the newest first: one's own, or all for whoever sees the whole organisation."""
    after = page.after.uuid() if page.after is not None else None
    rows = await service.page(tx, who, after, page.limit + 1)
    return page_of(rows, page.limit, key=lambda r: {"id": r.id}, present=present)


@router.get("/{import_id}", operation_id="get_import", responses=problems(404))
async def get_import(import_id: UUID, tx: TxDep, who: Imports, response: Response) -> ImportOut:
    """How far an import is, and what became of its rows."""
    row = await service.find(tx, who, import_id)
    etag(response, row.version)
    return present(row)


@router.get("/{import_id}/errors", operation_id="list_import_errors", responses=problems(404))
async def list_errors(import_id: UUID, tx: TxDep, who: Imports, page: PageDep) -> Page[ImportErrorOut]:
    """Every error of an import by sheet, row and column, in the order of the file."""
    await service.find(tx, who, import_id)
    after = page.after.uuid() if page.after is not None else None
    rows = await repository.faults_page(tx, import_id, after, page.limit + 1)
    return page_of(rows, page.limit, key=lambda r: {"id": r.id}, present=_error)


def _error(row: Row[Any]) -> ImportErrorOut:
    return ImportErrorOut(
        sheet=row.sheet, row=row.row, column=row.column, cell=row.cell, message=Text(zh=row.zh, en=row.en)
    )


@router.get(
    "/{import_id}/corrections.xlsx",
    operation_id="get_import_corrections",
    responses={**_FILE, **problems(404, 409)},
    response_class=Response,
)
async def get_corrections(import_id: UUID, request: Request, who: Imports) -> Response:
    """The bad rows, their wrong cells coloured, the sentences beside them: correct it and send it again."""
    name, data = await service.corrected_file(request.app.state.runtime, who, import_id)
    return xlsx(name, data)


@router.post("/{import_id}/undo", status_code=202, operation_id="undo_import", responses=problems(404, 409))
async def undo_import(import_id: UUID, tx: TxDep, who: Imports) -> ImportOut:
    """Put back what an import changed, except rows that were changed or used since."""
    return present(await service.ask_undo(tx, who, import_id))
