"""Duties to report: the next report is owed in time, told of when it is missing, and judged by somebody else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Row

from services.kpi import access, registers
from services.kpi.domain import reporting
from services.kpi.domain.times import midnight_after
from services.kpi.reports import repository
from services.kpi.reports.schemas import DutyIn, SubmissionIn
from services.kpi.tasks_register.service import assign
from services.kpi.work_errors import (
    DutyExists,
    NoSuchDuty,
    NoSuchReport,
    NotYourReport,
    OwnReport,
    ReportInvalid,
    ReportMoved,
)
from shared.auth import Principal
from shared.db.tx import Tx
from shared.errors import FieldError
from shared.holidays import standard

OVER = "report.over"
REMIND = "report.remind"


async def set_duty(tx: Tx, who: Principal, body: DutyIn) -> UUID:
    """Have somebody hand in a form from a day on. Raises NoSuchCommunity, DutyExists, ReportInvalid."""
    place = await access.community(tx, who, body.community_id)
    form = reporting.FORMS[body.form]
    if (form.rule is None) == (body.rule is None):
        told = ("本表的期限由文件规定", "The document prints the day of this form")
        raise _invalid("rule", *(told if body.rule is not None else ("须约定期限", "Agree when it is due")))
    rule = form.rule or reporting.Rule(**(body.rule.model_dump() if body.rule is not None else {}))
    if (name := reporting.fault(rule)) is not None:
        raise _invalid(f"rule.{name}", "期限规则不成立", "This rule makes no sense")
    if body.since < tx.now.astimezone(place.zone).date():
        raise _invalid("since", "不能早于今天", "Should not lie before today")
    if await repository.known(tx, place.id, body.form) is not None:
        raise DutyExists()
    values = body.model_dump(include={"form", "responsible_id", "receiver_id", "remind_days", "since"})
    id_ = await repository.add_duty(tx, {**values, "community_id": place.id, "rule": rule.as_json()})
    tx.audit("report_duty.set", "report_duty", id_, after={"form": body.form})
    row = await repository.duty(tx, None, id_)
    assert row is not None  # stored above
    await _owe(tx, row, reporting.first_period(rule, body.since, standard()))
    return id_


async def end_duty(tx: Tx, who: Principal, duty_id: UUID, until: date, version: int | None) -> None:
    """Let a duty end; what is due after its last day is owed no more. Raises NoSuchDuty, LostUpdate, ReportInvalid."""
    row = await duty(tx, who, duty_id, lock=True)
    registers.demand(row, version)
    if until < row.since:
        raise _invalid("until", "不能早于开始日期", "Should not lie before since")
    await repository.change_duty(tx, row, {"until": until})
    for owed in await repository.owed_after(tx, row.id, max(until, tx.now.astimezone(ZoneInfo(row.timezone)).date())):
        await repository.change(tx, owed, {"state": "waived"})
        tx.cancel_timer(OVER, owed.id)
        tx.cancel_timer(REMIND, owed.id)
    tx.audit("report_duty.ended", "report_duty", row.id, after={"until": until.isoformat()})


async def _owe(tx: Tx, row: Row[Any], starts_on: date) -> None:
    """Open the report on a period, with its two timers; nothing once the duty has ended."""
    rule, zone = reporting.rule_from(row.rule), ZoneInfo(row.timezone)
    due = reporting.due_on(rule, starts_on, standard())
    if row.until is not None and due > row.until:
        return
    report_id = await repository.open_report(
        tx,
        {
            "duty_id": row.id,
            **{name: getattr(row, name) for name in ("community_id", "form", "responsible_id", "receiver_id")},
            "period": reporting.code_of(rule.unit, starts_on),
            "starts_on": starts_on,
            "due_on": due,
            "state": "due",
            "figures": {},
            "items": [],
            "file_ids": [],
        },
    )
    if report_id is None:
        return
    tx.set_timer(OVER, report_id, midnight_after(due, zone))
    remind = datetime.combine(due - timedelta(days=row.remind_days), time(9), zone)
    if remind > tx.now:
        tx.set_timer(REMIND, report_id, remind)


async def submit(tx: Tx, who: Principal, report_id: UUID, body: SubmissionIn, version: int | None) -> None:
    """Hand it in, once what it is about is over; late is late, and better than never.

    Raises NoSuchReport, LostUpdate, NotYourReport, ReportMoved, ReportInvalid.
    """
    row = await get(tx, who, report_id, lock=True)
    registers.demand(row, version)
    if who.sub != row.responsible_id:
        raise NotYourReport()
    if row.state not in ("due", "missing", "returned"):
        raise ReportMoved(state=row.state)
    form = reporting.FORMS[row.form]
    owed = await duty(tx, who, row.duty_id)
    today = tx.now.astimezone(ZoneInfo(row.timezone)).date()
    if today < reporting.may_begin(reporting.rule_from(owed.rule), row.starts_on):
        raise ReportMoved(state="not_begun")
    _complete(form, body)
    values = body.model_dump(mode="json", include={"text", "figures", "items"})
    first = row.submitted_at is None
    submitted_at = tx.now if first else row.submitted_at
    more = {"state": "submitted", "submitted_at": submitted_at, "file_ids": body.file_ids}
    await repository.change(tx, row, {**values, **more})
    tx.cancel_timer(REMIND, row.id)
    tx.audit("report.submitted", "report", row.id, after={"form": row.form, "period": row.period})
    _tell(tx, row, "submitted", on_time=submitted_at.astimezone(ZoneInfo(row.timezone)).date() <= row.due_on)


def _complete(form: reporting.Form, body: SubmissionIn) -> None:
    if body.text is None and not body.file_ids:
        raise _invalid("text", "须填写内容或附上报告", "Write it, or attach it")
    for name in form.figures:
        # row: C-245, C-256 without its figures a plan is none
        if name not in body.figures:
            raise _invalid(f"figures.{name}", "缺少该项指标", "This figure is missing")
    # row: C-246 each item of a plan is somebody's
    if form.items is not None and not body.items:
        raise _invalid("items", "须列明计划事项及责任人", "List the items, each with who is responsible")
    if form.items is None and body.items:
        raise _invalid("items", "本表没有计划事项", "This form has no items")


async def judge(tx: Tx, who: Principal, report_id: UUID, decision: str, note: str | None, version: int | None) -> None:
    """Accept what somebody else handed in, or return it; the items of an accepted plan become tasks.

    Raises NoSuchReport, LostUpdate, ReportMoved, OwnReport, ReportInvalid.
    """
    row = await get(tx, who, report_id, lock=True)
    registers.demand(row, version)
    if who.sub == row.responsible_id:
        raise OwnReport()
    if row.state != "submitted":
        raise ReportMoved(state=row.state)
    if decision == "return" and note is None:
        raise _invalid("note", "须说明原因", "Say why")
    state = "accepted" if decision == "accept" else "returned"
    values = {"state": state, "judged_by": who.sub, "judged_at": tx.now, "judgement": note}
    await repository.change(tx, row, values)
    tx.audit(f"report.{state}", "report", row.id, before={"state": row.state}, after={"state": state})
    _tell(tx, row, state)
    kind = reporting.FORMS[row.form].items
    if decision == "accept" and kind is not None:
        place = await access.community(tx, who, row.community_id)
        for number, item in enumerate(row.items):
            wanted = {"kind": kind, "title": item["title"], "due_on": date.fromisoformat(item["due_on"])}
            # row: A-146 the items of an accepted plan are what its completion is measured by
            await assign(tx, who, place, {**wanted, "assignee_id": UUID(item["assignee_id"])}, ("plan", row.id, number))


async def over(tx: Tx, report_id: UUID) -> None:
    """The day of a report is over: what was not handed in is missing, and the next one is owed."""
    row = await repository.get(tx, None, report_id, lock=True)
    if row is None or row.state == "waived":
        return
    if row.state == "due":
        await repository.change(tx, row, {"state": "missing"})
        _tell(tx, row, "missing")
    owed = await repository.duty(tx, None, row.duty_id)
    assert owed is not None  # reports have one
    await _owe(tx, owed, reporting.shifted(reporting.rule_from(owed.rule).unit, row.starts_on, 1))


async def remind(tx: Tx, report_id: UUID) -> None:
    """Some days before: whoever owes it is told, unless it is there."""
    row = await repository.get(tx, None, report_id)
    if row is not None and row.state == "due":
        _tell(tx, row, "due_soon")


async def duty(tx: Tx, who: Principal, duty_id: UUID, *, lock: bool = False) -> Row[Any]:
    """A duty within reach. Raises NoSuchDuty."""
    row = await repository.duty(tx, who, duty_id, lock=lock)
    if row is None:
        raise NoSuchDuty()
    return row


async def get(tx: Tx, who: Principal, report_id: UUID, *, lock: bool = False) -> Row[Any]:
    """A report within reach. Raises NoSuchReport."""
    row = await repository.get(tx, who, report_id, lock=lock)
    if row is None:
        raise NoSuchReport()
    return row


async def duties(
    tx: Tx, who: Principal, filters: Mapping[str, Any], after: UUID | None, limit: int
) -> Sequence[Row[Any]]:
    """Duties within reach."""
    return await repository.duties(tx, who, filters, after, limit)


async def page(
    tx: Tx,
    who: Principal,
    filters: Mapping[str, Any],
    due: tuple[date | None, date | None],
    after: UUID | None,
    limit: int,
) -> Sequence[Row[Any]]:
    """Reports within reach."""
    return await repository.page(tx, who, filters, due, after, limit)


def _invalid(path: str, zh: str, en: str) -> ReportInvalid:
    return ReportInvalid(fields=[FieldError(path, zh, en)])


def _tell(tx: Tx, row: Row[Any], what: str, **more: Any) -> None:
    people = {"responsible_id": str(row.responsible_id), "receiver_id": str(row.receiver_id)}
    tx.emit(
        f"report.{what}.v1",
        subject=row.id,
        seq=row.version + (what != "due_soon"),
        community_id=row.community_id,
        data={"form": row.form, "period": row.period, "due_on": row.due_on.isoformat(), **people, **more},
    )
