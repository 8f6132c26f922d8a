"""``/kpi/v1/report-duties`` and ``/kpi/v1/reports``."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import Response
from sqlalchemy import Row

from services.kpi.domain.reporting import FORMS
from services.kpi.domain.times import SHANGHAI
from services.kpi.reports import service
from services.kpi.reports.schemas import (
    DutyEndIn,
    DutyIn,
    DutyOut,
    FormCode,
    ReportOut,
    ReportVerdictIn,
    State,
    SubmissionIn,
)
from shared.auth import Principal, allow
from shared.http.routing import IfMatch, Page, PageDep, TxDep, created, etag, page_of, problems, service_router
from shared.http.schemas import LocalDate, Text

router = service_router(prefix="/v1", tags=["reports"])

READ = allow("report.read")


def _title(row: Row[Any]) -> Text:
    return Text(**FORMS[row.form].title.as_json())


def _duty(row: Row[Any]) -> DutyOut:
    same = {name: getattr(row, name) for name in DutyOut.model_fields if name != "title"}
    return DutyOut(**same, title=_title(row))


def present(row: Row[Any]) -> ReportOut:
    """A report as it goes out."""
    zone = ZoneInfo(row.timezone) if "timezone" in row._fields else SHANGHAI
    at = row.submitted_at
    on_time = None if at is None else at.astimezone(zone).date() <= row.due_on
    same = {name: getattr(row, name) for name in ReportOut.model_fields if name not in ("title", "on_time")}
    return ReportOut.model_validate(
        {**same, "title": _title(row), "on_time": False if row.state == "missing" else on_time}
    )


async def _again(tx: Any, who: Principal, report_id: UUID, response: Response) -> ReportOut:
    row = await service.get(tx, who, report_id)
    etag(response, row.version)
    return present(row)


@router.post("/report-duties", status_code=201, operation_id="set_report_duty", responses=problems(404, 409))
async def set_report_duty(
    body: DutyIn, tx: TxDep, who: Annotated[Principal, allow("report_duty.set")], response: Response
) -> DutyOut:
    """Have somebody hand in a report or plan on its days."""
    row = await service.duty(tx, who, await service.set_duty(tx, who, body))
    created(response, f"/kpi/v1/report-duties/{row.id}", row.version)
    return _duty(row)


@router.get("/report-duties", operation_id="list_report_duties")
async def list_report_duties(
    tx: TxDep,
    who: Annotated[Principal, READ],
    page: PageDep,
    community_id: UUID | None = None,
    form: FormCode | None = None,
    responsible_id: UUID | None = None,
) -> Page[DutyOut]:
    """Duties to report within reach."""
    filters = {"community_id": community_id, "form": form, "responsible_id": responsible_id}
    rows = await service.duties(tx, who, filters, page.after.uuid() if page.after else None, page.limit + 1)
    return page_of(rows, page.limit, lambda row: {"id": row.id}, _duty)


@router.get("/report-duties/{duty_id}", operation_id="get_report_duty", responses=problems(404))
async def get_report_duty(duty_id: UUID, tx: TxDep, who: Annotated[Principal, READ], response: Response) -> DutyOut:
    """One duty to report."""
    row = await service.duty(tx, who, duty_id)
    etag(response, row.version)
    return _duty(row)


@router.post("/report-duties/{duty_id}/end", operation_id="end_report_duty", responses=problems(404, 412))
async def end_report_duty(
    duty_id: UUID,
    body: DutyEndIn,
    tx: TxDep,
    who: Annotated[Principal, allow("report_duty.set")],
    if_match: IfMatch,
    response: Response,
) -> DutyOut:
    """Let a duty end with a day."""
    await service.end_duty(tx, who, duty_id, body.until, if_match)
    row = await service.duty(tx, who, duty_id)
    etag(response, row.version)
    return _duty(row)


@router.get("/reports", operation_id="list_reports")
async def list_reports(
    tx: TxDep,
    who: Annotated[Principal, READ],
    page: PageDep,
    community_id: UUID | None = None,
    form: FormCode | None = None,
    responsible_id: UUID | None = None,
    receiver_id: UUID | None = None,
    state: State | None = None,
    due_from: LocalDate | None = None,
    due_to: LocalDate | None = None,
) -> Page[ReportOut]:
    """Reports owed, handed in and missing, within reach."""
    filters = {
        "community_id": community_id,
        "form": form,
        "responsible_id": responsible_id,
        "receiver_id": receiver_id,
        "state": state,
    }
    after = page.after.uuid() if page.after else None
    rows = await service.page(tx, who, filters, (due_from, due_to), after, page.limit + 1)
    return page_of(rows, page.limit, lambda row: {"id": row.id}, present)


@router.get("/reports/{report_id}", operation_id="get_report", responses=problems(404))
async def get_report(report_id: UUID, tx: TxDep, who: Annotated[Principal, READ], response: Response) -> ReportOut:
    """One report."""
    return await _again(tx, who, report_id, response)


@router.post("/reports/{report_id}/submission", operation_id="submit_report", responses=problems(403, 404, 409, 412))
async def submit_report(
    report_id: UUID,
    body: SubmissionIn,
    tx: TxDep,
    who: Annotated[Principal, allow("report.submit")],
    if_match: IfMatch,
    response: Response,
) -> ReportOut:
    """Hand in a report or plan that is owed."""
    await service.submit(tx, who, report_id, body, if_match)
    return await _again(tx, who, report_id, response)


@router.post("/reports/{report_id}/verdict", operation_id="judge_report", responses=problems(403, 404, 409, 412))
async def judge_report(
    report_id: UUID,
    body: ReportVerdictIn,
    tx: TxDep,
    who: Annotated[Principal, allow("report.judge")],
    if_match: IfMatch,
    response: Response,
) -> ReportOut:
    """Accept what was handed in, or return it with the reason; an accepted plan's items become tasks."""
    await service.judge(tx, who, report_id, body.decision, body.note, if_match)
    return await _again(tx, who, report_id, response)
