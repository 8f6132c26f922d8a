"""``/ticketing/v1/third-party-surveys`` and ``/ticketing/v1/staff-samples``."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import Request, Response
from sqlalchemy import Row

from services.ticketing.documents.papers import printed
from services.ticketing.documents.router import PDF
from services.ticketing.domain.surveys import share
from services.ticketing.sampling import papers, repository, service
from services.ticketing.sampling.schemas import (
    DrawnOut,
    StaffFormIn,
    StaffSampleIn,
    StaffSampleOut,
    ThirdPartyIn,
    ThirdPartyOut,
    TopicOut,
    Year,
)
from services.ticketing.sampling.service import Figures
from shared.auth import Principal, allow
from shared.http.routing import Page, PageDep, TxDep, created, etag, page_of, problems, service_router
from shared.telemetry.context import request_id

router = service_router(prefix="/v1/third-party-surveys", tags=["surveys"])
samples_router = service_router(prefix="/v1/staff-samples", tags=["surveys"])

Samples = Annotated[Principal, allow("staff_sample.manage")]


def _percent(part: int, whole: int) -> str | None:
    found = share(part, whole)
    return None if found is None else f"{found:.2f}"


def present(row: Row[Any]) -> ThirdPartyOut:
    """An agency's survey as it goes out."""
    same = (name for name in ThirdPartyOut.model_fields if name not in ("satisfied_percent", "topics"))
    return ThirdPartyOut(
        **{name: getattr(row, name) for name in same},
        satisfied_percent=_percent(row.satisfied_answers, row.valid_answers) or "0.00",
        topics=[
            TopicOut(**t, satisfied_percent=_percent(t["satisfied_answers"], t["valid_answers"])) for t in row.topics
        ],
    )


def present_sample(row: Row[Any], found: Figures) -> StaffSampleOut:
    """A sample as it goes out."""
    derived = ("returned", "satisfied", "satisfied_percent")
    forms, satisfied = found
    return StaffSampleOut(
        **{name: getattr(row, name) for name in StaffSampleOut.model_fields if name not in derived},
        returned=forms,
        satisfied=satisfied,
        satisfied_percent=_percent(satisfied, forms),
    )


async def _shown(tx: TxDep, row: Row[Any]) -> StaffSampleOut:
    return present_sample(row, (await service.figures(tx, [row]))[row.id])


@router.post("", status_code=201, operation_id="import_third_party_survey", responses=problems(404, 409))
async def import_survey(
    body: ThirdPartyIn, tx: TxDep, who: Annotated[Principal, allow("third_party.import")], response: Response
) -> ThirdPartyOut:
    """Take an agency's survey in with its report; kpi counts it once a second person has confirmed it there."""
    row = await service.import_survey(tx, who, body)
    created(response, f"/ticketing/v1/third-party-surveys/{row.id}", row.version)
    return present(row)


@router.get("", operation_id="list_third_party_surveys")
async def list_surveys(
    tx: TxDep,
    who: Annotated[Principal, allow("survey.results")],
    page: PageDep,
    community_id: UUID | None = None,
    year: Year | None = None,
) -> Page[ThirdPartyOut]:
    """Agencies' surveys within reach, in the order of their import."""
    after = page.after.uuid() if page.after is not None else None
    rows = await service.surveys(tx, who, community_id, year, after, page.limit + 1)
    return page_of(rows, page.limit, key=lambda r: {"id": r.id}, present=present)


@router.get("/{survey_id}", operation_id="get_third_party_survey", responses=problems(404))
async def get_survey(
    survey_id: UUID, tx: TxDep, who: Annotated[Principal, allow("survey.results")], response: Response
) -> ThirdPartyOut:
    """One survey of an agency."""
    row = await service.survey(tx, who, survey_id)
    etag(response, row.version)
    return present(row)


@samples_router.post("", status_code=201, operation_id="draw_staff_sample", responses=problems(404))
async def draw(body: StaffSampleIn, tx: TxDep, who: Samples, response: Response) -> StaffSampleOut:
    """Draw employees of a project by chance, to be asked about their manager; all if there are fewer."""
    row = await service.draw(tx, who, body)
    created(response, f"/ticketing/v1/staff-samples/{row.id}", row.version)
    return await _shown(tx, row)


@samples_router.get("", operation_id="list_staff_samples")
async def list_samples(tx: TxDep, who: Samples, page: PageDep) -> Page[StaffSampleOut]:
    """Samples within reach, none about the caller."""
    after = page.after.uuid() if page.after is not None else None
    rows = await service.samples(tx, who, after, page.limit + 1)
    found = await service.figures(tx, rows)
    return page_of(rows, page.limit, lambda r: {"id": r.id}, lambda r: present_sample(r, found[r.id]))


@samples_router.get("/{sample_id}", operation_id="get_staff_sample", responses=problems(404))
async def get_sample(sample_id: UUID, tx: TxDep, who: Samples, response: Response) -> StaffSampleOut:
    """One sample with the forms that came back so far."""
    row = await service.sample(tx, who, sample_id)
    etag(response, row.version)
    return await _shown(tx, row)


@samples_router.get("/{sample_id}/people", operation_id="list_staff_sample_people", responses=problems(404))
async def list_people(sample_id: UUID, tx: TxDep, who: Samples) -> list[DrawnOut]:
    """Whom to hand a form; nothing says who filled in which."""
    row = await service.sample(tx, who, sample_id)
    return [DrawnOut(staff_id=one.id, name=one.name) for one in await repository.drawn(tx, row.id)]


@samples_router.get(
    "/{sample_id}/forms.pdf",
    operation_id="print_staff_sample_forms",
    responses={**PDF, **problems(404)},
    response_class=Response,
)
async def print_forms(sample_id: UUID, request: Request, who: Samples) -> Response:
    """The written form (C-123, E-033), one page for each employee drawn, numbered and with nobody's name."""
    return await printed(
        request.app.state.runtime, who, request_id.get(), lambda tx: papers.forms(tx, who, sample_id)
    )


@samples_router.post("/{sample_id}/forms", operation_id="enter_staff_form", responses=problems(404, 409))
async def enter_form(sample_id: UUID, body: StaffFormIn, tx: TxDep, who: Samples) -> StaffSampleOut:
    """Enter a form that came back, by its number; each once."""
    return await _shown(tx, await service.enter(tx, who, sample_id, body))


@samples_router.post("/{sample_id}/close", operation_id="close_staff_sample", responses=problems(404, 409))
async def close_sample(sample_id: UUID, tx: TxDep, who: Samples) -> StaffSampleOut:
    """Count the forms; kpi hears the share and has it confirmed."""
    return await _shown(tx, await service.close(tx, who, sample_id))
