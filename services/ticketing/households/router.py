"""Households: admitting, ending, handing over, and the record of moves."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Request, Response

from services.ticketing.households import service
from services.ticketing.households.schemas import (
    AdmissionIn,
    AdmissionOut,
    AdmissionsOut,
    EndIn,
    MoveOut,
    MovesOut,
    TransferIn,
    admission_out,
    move_out,
)
from services.ticketing.people.schemas import RelationOut, relation_out
from services.ticketing.sessions.context import vault_of
from shared.auth import Principal, allow
from shared.http.routing import TxDep, created, problems, service_router

router = service_router(prefix="/v1", tags=["households"])

Reads = Annotated[Principal, allow("household.read")]


@router.post("/units/{id}/admissions", status_code=201, operation_id="admit_person", responses=problems(404, 409))
async def admit_person(
    id: UUID,
    body: AdmissionIn,
    request: Request,
    tx: TxDep,
    who: Annotated[Principal, allow("household.admit")],
    response: Response,
) -> AdmissionOut:
    """Admit family or a tenant to one's unit; they sign in by the code that is sent to their phone."""
    row = await service.admit(tx, vault_of(request), who, id, body)
    created(response, f"/ticketing/v1/relations/{row.id}", row.version)
    return admission_out(row, body.phone)


@router.get("/units/{id}/admissions", operation_id="list_admissions", responses=problems(404))
async def list_admissions(id: UUID, tx: TxDep, who: Reads) -> AdmissionsOut:
    """Whom the household admitted; residents see those whom they, or those admitted by them, admitted."""
    rows = await service.admissions(tx, who, id)
    return AdmissionsOut(items=[admission_out(row, row.phone) for row in rows])


@router.post("/relations/{id}/end", operation_id="end_relation", responses=problems(404, 409))
async def end_relation(
    id: UUID, body: EndIn, tx: TxDep, who: Annotated[Principal, allow("household.end")]
) -> RelationOut:
    """End a relation and whatever was granted by it: the desk, whoever granted it, or oneself."""
    return relation_out(await service.end(tx, who, id, body))


@router.post("/units/{id}/transfer", status_code=201, operation_id="transfer_unit", responses=problems(404, 409))
async def transfer_unit(
    id: UUID,
    body: TransferIn,
    request: Request,
    tx: TxDep,
    who: Annotated[Principal, allow("household.transfer")],
    response: Response,
) -> MoveOut:
    """Hand a unit over: the old owners and whom they admitted end the day before, the new owners begin."""
    row = await service.transfer(tx, vault_of(request), who, id, body)
    created(response, f"/ticketing/v1/units/{id}/moves")
    return move_out(row)


@router.get("/units/{id}/moves", operation_id="list_moves", responses=problems(404))
async def list_moves(
    id: UUID, tx: TxDep, who: Annotated[Principal, allow("household.transfer")]
) -> MovesOut:
    """Who moved in and out when, the latest first."""
    return MovesOut(items=[move_out(row._mapping) for row in await service.moves(tx, who, id)])
