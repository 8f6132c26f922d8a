"""``/ticketing/v1/assignments``: dated roles, designations and skills."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from services.ticketing.assignments import repository, service
from services.ticketing.assignments.schemas import (
    AssignmentIn,
    AssignmentOut,
    DutyOut,
    EndAssignmentIn,
    Kind,
    assignment_out,
)
from services.ticketing.domain.duties import DESIGNATIONS, SKILLS, deciders, is_single
from shared.auth import Principal, allow
from shared.auth.roles import EMPLOYED, ROLES
from shared.http.routing import IfMatch, Page, PageDep, TxDep, created, etag, page_of, problems, service_router
from shared.http.schemas import Text, UtcTime

router = service_router(prefix="/v1", tags=["staff"])

Reads = Annotated[Principal, allow("assignment.read")]
Writes = Annotated[Principal, allow("assignment.write")]


@router.get("/duties", operation_id="list_duties")
async def list_duties(who: Reads) -> list[DutyOut]:
    """Every role, designation and skill, with who decides about it."""
    named = [("role", code, ROLES[code]) for code in sorted(EMPLOYED)]
    named += [("designation", code, (duty.zh, duty.en)) for code, duty in DESIGNATIONS.items()]
    named += [("skill", code, names) for code, names in SKILLS.items()]
    return [
        DutyOut(
            kind=kind,
            code=code,
            name=Text(zh=names[0], en=names[1]),
            decided_by=sorted(deciders(kind, code)),
            one_holder=is_single(kind, code),
        )
        for kind, code, names in named
    ]


@router.post("/assignments", status_code=201, operation_id="make_assignment", responses=problems(404, 409))
async def make_assignment(body: AssignmentIn, tx: TxDep, who: Writes, response: Response) -> AssignmentOut:
    """Give a member of staff a role, a designation or a skill in an org unit, or propose it to those who decide."""
    row = await service.make(tx, who, body)
    created(response, f"/ticketing/v1/assignments/{row.id}", row.version)
    return assignment_out(row, tx.now)


@router.get("/assignments", operation_id="list_assignments")
async def list_assignments(
    tx: TxDep,
    who: Reads,
    page: PageDep,
    person_id: UUID | None = None,
    org_unit_id: UUID | None = None,
    kind: Kind | None = None,
    code: Annotated[str | None, Query(max_length=40)] = None,
    at: Annotated[UtcTime | None, Query(description="Those that hold at this instant")] = None,
) -> Page[AssignmentOut]:
    """Assignments of org units within reach, and one's own."""
    asked = service.filters(person_id=person_id, org_unit_id=org_unit_id, kind=kind, code=code, at=at)
    rows = await repository.page(tx, [*service.reach(tx, who), *asked], page)
    return page_of(rows, page.limit, lambda row: {"id": row.id}, lambda row: assignment_out(row, tx.now))


@router.get("/assignments/{id}", operation_id="get_assignment", responses=problems(404))
async def get_assignment(id: UUID, tx: TxDep, who: Reads, response: Response) -> AssignmentOut:
    """One assignment."""
    row = await service.find(tx, who, id)
    etag(response, row.version)
    return assignment_out(row, tx.now)


@router.post("/assignments/{id}/end", operation_id="end_assignment", responses=problems(404, 409, 412))
async def end_assignment(
    id: UUID, body: EndAssignmentIn, tx: TxDep, who: Writes, if_match: IfMatch, response: Response
) -> AssignmentOut:
    """End an assignment now, or at a later instant."""
    row = await service.end(tx, who, id, body.at, body.reason, if_match)
    etag(response, row.version)
    return assignment_out(row, tx.now)
