"""``/kpi/v1/letters/{id}/…``: how a letter comes into force, changes and ends."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import Path, Request, Response

from services.kpi.domain.signing import signatories
from services.kpi.letters import evaluating, papers, printing, service, signing
from services.kpi.letters.paper_schemas import (
    AmendmentIn,
    EvaluationIn,
    HandOverIn,
    NegotiationIn,
    PapersOut,
    RecordIn,
    SignatureIn,
    VoidIn,
)
from services.kpi.letters.wording import INTERPRETATION
from shared.auth import Principal, allow
from shared.http.routing import TxDep, etag, problems, service_router

router = service_router(prefix="/v1/letters", tags=["letters"])

PDF: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The letter as PDF",
        "content": {"application/pdf": {"schema": {"type": "string", "format": "binary"}}},
    }
}


async def present(tx: Any, who: Principal, letter_id: UUID, response: Response) -> PapersOut:
    """The papers of a letter as they go out."""
    row = await service.get(tx, who, letter_id)
    etag(response, row.version)
    return PapersOut.model_validate(
        {
            "letter_id": row.id,
            "version": row.version,
            "state": service.state(row, tx.now),
            "hash": row.hash,
            "interpretation": INTERPRETATION,
            "signatories": [
                {"place": s.place, "title": s.title, "by": s.by, "seal": s.seal} for s in signatories(row.definition)
            ],
            "signatures": [_only(s, "letter_id", "recorded_by") for s in await papers.signatures(tx, row.id)],
            "amendments": [
                _only(a, "letter_id", "version", "created_at", "updated_at")
                for a in await papers.amendments(tx, [row.id])
            ],
            "records": [
                {
                    "id": r.id,
                    "kind": r.kind,
                    "text": r.text,
                    "details": r.details,
                    "file_ids": r.file_ids,
                    "recorded_by": r.recorded_by,
                    "recorded_at": r.created_at,
                }
                for r in await papers.records(tx, row.id)
            ],
            "copies": [_only(c, "letter_id") for c in await papers.copies(tx, row.id)],
        }
    )


def _only(row: Any, *left_out: str) -> dict[str, Any]:
    return {name: value for name, value in row._asdict().items() if name not in ("org_id", *left_out)}


@router.get("/{letter_id}/papers", operation_id="get_letter_papers", responses=problems(404))
async def get_letter_papers(
    letter_id: UUID, tx: TxDep, who: Annotated[Principal, allow("letter.read")], response: Response
) -> PapersOut:
    """Signatories, signatures, amendments, records and copies of a letter."""
    return await present(tx, who, letter_id, response)


@router.get(
    "/{letter_id}/letter.pdf",
    operation_id="print_letter",
    responses={**PDF, **problems(404)},
    response_class=Response,
)
async def print_letter(
    letter_id: UUID, request: Request, who: Annotated[Principal, allow("letter.read")]
) -> Response:
    """The letter as PDF, to be read, signed by hand, or filed with its signatures."""
    pdf = await printing.print_letter(request.app.state.runtime, who, letter_id)
    headers = {"Content-Disposition": "inline", "X-Content-Type-Options": "nosniff", "Cache-Control": "private"}
    return Response(pdf, media_type="application/pdf", headers=headers)


@router.post("/{letter_id}/negotiation", operation_id="negotiate_letter", responses=problems(404, 409))
async def negotiate_letter(
    letter_id: UUID,
    body: NegotiationIn,
    tx: TxDep,
    who: Annotated[Principal, allow("letter.write")],
    response: Response,
) -> PapersOut:
    """Change what a draft says, as both sides agreed, before anybody has signed."""
    await signing.negotiate(tx, who, letter_id, body)
    return await present(tx, who, letter_id, response)


@router.post("/{letter_id}/signatures", operation_id="sign_letter", responses=problems(403, 404, 409))
async def sign_letter(
    letter_id: UUID, body: SignatureIn, tx: TxDep, who: Annotated[Principal, allow("letter.sign")], response: Response
) -> PapersOut:
    """Sign a letter, an amendment or a void record; the last signature puts it in force."""
    await signing.sign(tx, who, letter_id, body)
    return await present(tx, who, letter_id, response)


@router.post("/{letter_id}/amendments", operation_id="amend_letter", responses=problems(404, 409))
async def amend_letter(
    letter_id: UUID, body: AmendmentIn, tx: TxDep, who: Annotated[Principal, allow("letter.write")], response: Response
) -> PapersOut:
    """Propose a change of numbers or a further clause, from a date on, with its reason."""
    await signing.amend(tx, who, letter_id, body)
    return await present(tx, who, letter_id, response)


@router.post("/{letter_id}/void", operation_id="void_letter", responses=problems(404, 409))
async def void_letter(
    letter_id: UUID, body: VoidIn, tx: TxDep, who: Annotated[Principal, allow("letter.write")], response: Response
) -> PapersOut:
    """Record force majeure with its open items; void when both parties have signed that."""
    await signing.void(tx, who, letter_id, body)
    return await present(tx, who, letter_id, response)


@router.post("/{letter_id}/records", operation_id="record_on_letter", responses=problems(403, 404, 409))
async def record_on_letter(
    letter_id: UUID, body: RecordIn, tx: TxDep, who: Annotated[Principal, allow("letter.record")], response: Response
) -> PapersOut:
    """Keep a work plan, a request for support, or the decision on a dispute beside the letter."""
    await signing.record(tx, who, letter_id, body)
    return await present(tx, who, letter_id, response)


@router.post("/{letter_id}/evaluations", operation_id="evaluate_letter", responses=problems(404, 409))
async def evaluate_letter(
    letter_id: UUID,
    body: EvaluationIn,
    tx: TxDep,
    who: Annotated[Principal, allow("letter.record")],
    response: Response,
) -> PapersOut:
    """Keep the evaluation of a month or quarter that the letter asks for, and whether it came by its day."""
    await evaluating.evaluate(tx, who, letter_id, body)
    return await present(tx, who, letter_id, response)


@router.post("/{letter_id}/copies/{number}", operation_id="hand_over_copy", responses=problems(404, 409))
async def hand_over_copy(
    letter_id: UUID,
    number: Annotated[int, Path(ge=1, le=20)],
    body: HandOverIn,
    tx: TxDep,
    who: Annotated[Principal, allow("letter.write")],
    response: Response,
) -> PapersOut:
    """Note that a copy went to its holder."""
    await signing.hand_over(tx, who, letter_id, number, body)
    return await present(tx, who, letter_id, response)
