"""``/billing/v1/dunning-notices/{id}/proofs``: upload, list, read."""

from __future__ import annotations

from typing import Annotated, Any, Final
from urllib.parse import quote
from uuid import UUID

from fastapi import File, Request, Response, UploadFile
from fastapi.responses import StreamingResponse
from sqlalchemy import Row

from services.billing.proofs import service
from services.billing.proofs.schemas import ProofOut
from services.billing.proofs.tasks import store_of
from shared.auth import Principal, allow
from shared.http.routing import TxDep, created, own_transactions, problems, service_router
from shared.runtime import Runtime
from shared.telemetry.context import request_id

router = service_router(prefix="/v1/dunning-notices", tags=["dunning notices"])

#: The file itself (15 MB) and what a multipart form puts around it.
_MOST_BODY: Final = 15 * 1024 * 1024 + 64 * 1024
_CONTENT: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "description": "The content, of the type the file was found to be",
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}


def present(row: Row[Any]) -> ProofOut:
    """A proof as it goes out."""
    return ProofOut(**{name: getattr(row, name) for name in ProofOut.model_fields})


@router.post(
    "/{notice_id}/proofs",
    status_code=201,
    operation_id="add_notice_proof",
    responses=problems(404, 409, 413),
    max_body_size=_MOST_BODY,
)
@own_transactions  # the store is network: content first, then one transaction that says it is there
async def add_notice_proof(
    notice_id: UUID,
    request: Request,
    response: Response,
    file: Annotated[UploadFile, File(description="A photo, a scan or a PDF, at most 15 MB")],
    who: Annotated[Principal, allow("dunning.record")],
) -> ProofOut:
    """Keep what proves that a notice was served. Its type is told by its content; the same file again is the first."""
    rt: Runtime = request.app.state.runtime
    row = await service.upload(rt, who, notice_id, await file.read(), file.filename, request_id.get())
    created(response, f"/billing/v1/dunning-notices/{notice_id}/proofs/{row.id}/content", row.version)
    return present(row)


@router.get("/{notice_id}/proofs", operation_id="list_notice_proofs", responses=problems(404))
async def list_notice_proofs(
    notice_id: UUID, tx: TxDep, who: Annotated[Principal, allow("dunning.read")]
) -> list[ProofOut]:
    """The proofs of a notice, in the order in which they came; at most twenty."""
    return [present(row) for row in await service.of_notice(tx, who, notice_id)]


@router.get(
    "/{notice_id}/proofs/{proof_id}/content",
    operation_id="get_notice_proof_content",
    responses={**_CONTENT, **problems(404)},
    response_class=StreamingResponse,
)
async def get_notice_proof_content(
    notice_id: UUID, proof_id: UUID, request: Request, who: Annotated[Principal, allow("dunning.read")]
) -> StreamingResponse:
    """The file itself; that it was opened is recorded."""
    from shared.files.store import key_of

    rt: Runtime = request.app.state.runtime
    async with rt.db.tx(who.org, actor_id=who.sub, request_id=request_id.get()) as tx:
        row = await service.opened(tx, who, notice_id, proof_id)
    pieces = await store_of(rt).read(key_of(who.org, row.id))
    how = "attachment" if row.kind == "document" else "inline"
    headers = {
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Content-Disposition": f"{how}; filename*=UTF-8''{quote(row.name, safe='')}",
        "Content-Length": str(row.size),
        "Cache-Control": "private, no-store",
    }
    return StreamingResponse(pieces, media_type=row.media_type, headers=headers)
