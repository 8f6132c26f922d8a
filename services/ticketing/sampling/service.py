"""Importing agencies' surveys; drawing employees, entering their forms, counting them."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Table

from services.ticketing.access import community, within_reach
from services.ticketing.domain.sampling_errors import (
    FormEntered,
    NoSuchStaffSample,
    NoSuchThirdPartySurvey,
    OwnSample,
    SamplingInvalid,
    StaffSampleClosed,
    StaffSampleIncomplete,
    ThirdPartyTaken,
)
from services.ticketing.domain.surveys import sample as chosen
from services.ticketing.files.attaching import attach
from services.ticketing.models import staff_sample_forms, staff_samples, third_party_surveys
from services.ticketing.sampling import repository
from services.ticketing.sampling.schemas import StaffFormIn, StaffSampleIn, ThirdPartyIn
from shared.auth import Principal
from shared.db.tx import Tx
from shared.errors import FieldError
from shared.ids import uuid7

Figures = tuple[int, int]


def _reach(tx: Tx, who: Principal, table: Table) -> list[ColumnElement[bool]]:
    return within_reach(tx, who, community_column=table.c.community_id)


async def import_survey(tx: Tx, who: Principal, body: ThirdPartyIn) -> Row[Any]:
    """Take an agency's survey in, with the report that proves it.

    Raises:
        NoSuchCommunity. SamplingInvalid: more satisfied than valid answers, a day to come or of another year, a topic
            twice, files that are not the caller's. ThirdPartyTaken: imported before.
    """
    place = await community(tx, who, body.community_id)
    wrong = _faults(body)
    if body.carried_out_on > place.local_date(tx.now):
        wrong.append(FieldError("carried_out_on", "不能晚于今天", "Not after today"))
    id = uuid7()
    wrong += await attach(tx, who, body.file_ids, "third_party_survey", id, path="file_ids")
    if wrong:
        raise SamplingInvalid(fields=wrong)
    told = body.model_dump(exclude={"topics", "file_ids"})
    row = {
        "id": id,
        "version": 1,
        "created_at": tx.now,
        "updated_at": tx.now,
        "imported_by": who.sub,
        "topics": [topic.model_dump() for topic in body.topics],
        "file_ids": body.file_ids,
        **told,
    }
    if not await repository.add_once(tx, third_party_surveys, row):
        raise ThirdPartyTaken()
    # row: C-121 kpi hears the agency's own numbers, as they were delivered
    data = {name: told[name] for name in ("year", "carried_out_on", "valid_answers", "satisfied_answers")}
    tx.emit("third_party_survey.imported.v1", subject=id, seq=1, data=data, community_id=place.id)
    tx.audit("third_party_survey.imported", "third_party_survey", id, after=body.model_dump(mode="json"))
    return await survey(tx, who, id)


def _faults(body: ThirdPartyIn) -> list[FieldError]:
    wrong = []
    counts = [("satisfied_answers", body.satisfied_answers, body.valid_answers)]
    counts += [(f"topics.{n}", t.satisfied_answers, t.valid_answers) for n, t in enumerate(body.topics)]
    for path, satisfied, valid in counts:
        if satisfied > valid:
            wrong.append(FieldError(path, "满意答卷数不能超过有效答卷数", "No more are satisfied than answered"))
    if len({topic.code for topic in body.topics}) < len(body.topics):
        wrong.append(FieldError("topics", "主题重复", "A topic is listed twice"))
    if body.carried_out_on.year != body.year:
        wrong.append(FieldError("carried_out_on", "应在该年度内", "Should lie in that year"))
    return wrong


async def survey(tx: Tx, who: Principal, id: UUID) -> Row[Any]:
    """One survey of an agency. Raises NoSuchThirdPartySurvey."""
    row = await repository.one(tx, third_party_surveys, id, _reach(tx, who, third_party_surveys))
    if row is None:
        raise NoSuchThirdPartySurvey()
    return row


async def surveys(
    tx: Tx, who: Principal, community_id: UUID | None, year: int | None, after: UUID | None, limit: int
) -> Sequence[Row[Any]]:
    """Surveys of agencies within reach."""
    c = third_party_surveys.c
    conditions = _reach(tx, who, third_party_surveys)
    conditions += [] if community_id is None else [c.community_id == community_id]
    conditions += [] if year is None else [c.year == year]
    return await repository.page(tx, third_party_surveys, conditions, after, limit)


async def draw(tx: Tx, who: Principal, body: StaffSampleIn) -> Row[Any]:
    """Draw employees of a project by chance, to be asked about their manager.

    Raises:
        NoSuchCommunity. OwnSample: by whoever is asked about. SamplingInvalid: nobody is there to be drawn.
    """
    place = await community(tx, who, body.community_id)
    if who.sub == body.about_id:
        raise OwnSample()
    there = await repository.frame(tx, place.path, body.about_id)
    if not there:
        told = ("该项目没有可抽查的员工", "This project has no employees to be drawn")
        raise SamplingInvalid(fields=[FieldError("community_id", *told)])
    seed = secrets.token_hex(32)
    # row: C-122 drawn by chance, and so that anybody can draw the same again
    people = chosen(seed, there, body.size)
    id = uuid7()
    row = {
        "id": id,
        "seed": seed,
        "frame": len(there),
        "state": "drawn",
        "drawn_by": who.sub,
        "closed_by": None,
        "closed_at": None,
        **body.model_dump(),
        "size": len(people),
    }
    await repository.add_sample(tx, row, people)
    after = {"about_id": body.about_id, "frame": len(there), "size": len(people)}
    tx.audit("staff_sample.drawn", "staff_sample", id, after=after)
    return await sample(tx, who, id)


async def sample(tx: Tx, who: Principal, id: UUID, *, lock: bool = False) -> Row[Any]:
    """One sample; whoever it is about sees nothing of it. Raises NoSuchStaffSample."""
    conditions = [*_reach(tx, who, staff_samples), staff_samples.c.about_id != who.sub]
    row = await repository.one(tx, staff_samples, id, conditions, lock=lock)
    if row is None:
        raise NoSuchStaffSample()
    return row


async def samples(tx: Tx, who: Principal, after: UUID | None, limit: int) -> Sequence[Row[Any]]:
    """Samples within reach, none about the caller."""
    conditions = [*_reach(tx, who, staff_samples), staff_samples.c.about_id != who.sub]
    return await repository.page(tx, staff_samples, conditions, after, limit)


async def figures(tx: Tx, rows: Sequence[Row[Any]]) -> dict[UUID, Figures]:
    """By sample: forms that came back, satisfied ones."""
    found = await repository.returned(tx, [row.id for row in rows])
    return {row.id: found.get(row.id, (0, 0)) for row in rows}


async def enter(tx: Tx, who: Principal, id: UUID, body: StaffFormIn) -> Row[Any]:
    """Enter a form that came back.

    Raises:
        NoSuchStaffSample, StaffSampleClosed, FormEntered.
        SamplingInvalid: a number that no form of this sample has, or a scan that is not the caller's.
    """
    row = await sample(tx, who, id, lock=True)
    if row.state == "closed":
        raise StaffSampleClosed()
    wrong = []
    if body.form > row.size:
        told = (f"本次共 {row.size} 份表", f"There are {row.size} forms")
        wrong.append(FieldError("form", *told))
    if body.scan is not None:
        wrong += await attach(tx, who, [body.scan], "staff_sample", id, path="scan")
    if wrong:
        raise SamplingInvalid(fields=wrong)
    # row: C-123 what stands on the written form, under its number and nobody's name
    form = {
        "sample_id": id,
        "form": body.form,
        "satisfied": body.satisfied,
        "remark": body.remark,
        "scan_id": body.scan,
        "entered_by": who.sub,
        "entered_at": tx.now,
    }
    if not await repository.add_once(tx, staff_sample_forms, form):
        raise FormEntered(form=body.form)
    tx.audit("staff_sample.form_entered", "staff_sample", id, after={"form": body.form})
    return row


async def close(tx: Tx, who: Principal, id: UUID) -> Row[Any]:
    """Count a sample; kpi hears how many were satisfied.

    Raises:
        NoSuchStaffSample, StaffSampleClosed. StaffSampleIncomplete: fewer than half of the forms came back.
    """
    row = await sample(tx, who, id, lock=True)
    if row.state == "closed":
        raise StaffSampleClosed()
    forms, satisfied = (await figures(tx, [row]))[id]
    if 2 * forms < row.size:
        raise StaffSampleIncomplete(returned=forms, size=row.size)
    await repository.close(tx, row)
    # row: C-122 the share of those sampled who are satisfied
    data = {"about_id": row.about_id, "year": row.year, "forms": forms, "satisfied": satisfied}
    tx.emit("staff_sample.closed.v1", subject=id, seq=row.version + 1, data=data, community_id=row.community_id)
    tx.audit("staff_sample.closed", "staff_sample", id, after={"forms": forms, "satisfied": satisfied})
    return await sample(tx, who, id)
