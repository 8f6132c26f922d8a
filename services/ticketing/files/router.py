"""``/ticketing/v1/files``: multipart upload, then ``attachments: [id]`` on the thing; contents by signed links."""

from __future__ import annotations

import re
from typing import Annotated, Literal
from urllib.parse import quote
from uuid import UUID

from fastapi import File, Query, Request, Response, UploadFile
from fastapi.responses import StreamingResponse

from services.ticketing.files import repository, service
from services.ticketing.files.schemas import FileOut
from services.ticketing.files.tasks import store_of
from shared import clock
from shared.auth import Principal, allow
from shared.files import FileGone, Links
from shared.files.store import key_of
from shared.http.routing import created, own_transactions, problems, public, service_router
from shared.runtime import Runtime
from shared.telemetry.context import request_id

router = service_router(prefix="/v1/files", tags=["files"])

#: The file itself and what a multipart form puts around it.
MOST_BODY = service.ACCEPTED.size + 64 * 1024


def signer(request: Request) -> Links:
    """Signs links with the installation's key."""
    return Links(request.app.state.settings.link_key)


@router.post(
    "",
    status_code=201,
    operation_id="upload_file",
    responses=problems(409, 413),
    max_body_size=MOST_BODY,
)
@own_transactions  # the store is network: content first, then one transaction that says it is there
async def upload_file(
    request: Request,
    response: Response,
    file: Annotated[UploadFile, File(description="A photo, a voice note or a PDF, at most 15 MB")],
    who: Annotated[Principal, allow("file.upload")],
) -> FileOut:
    """Upload a file. It waits a day to be attached; its type is told by its content, whatever it is called.

    Photos lose place and device (EXIF), are turned upright and get a thumbnail; HEIC becomes JPEG.
    """
    rt: Runtime = request.app.state.runtime
    row = await service.upload(rt, who, await file.read(), file.filename)
    created(response, f"/ticketing/v1/files/{row.id}", row.version)
    return service.present(signer(request), row)


@router.get("/{file_id}", operation_id="get_file", responses=problems(404))
async def get_file(file_id: UUID, request: Request, who: Annotated[Principal, allow("file.read")]) -> FileOut:
    """What a file is, with links that are good for ten minutes; staff who take one to a resident's are recorded."""
    rt: Runtime = request.app.state.runtime
    async with rt.db.tx(who.org, actor_id=who.sub, request_id=request_id.get()) as tx:
        row = await service.find(tx, who, file_id)
        await service.note_opening(tx, who, row)
    return service.present(signer(request), row)


@router.get(
    "/{file_id}/content",
    operation_id="get_file_content",
    responses={
        200: {
            "description": "The content, of the type the file was found to be",
            "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
        },
        **problems(403, 404),
    },
    response_class=StreamingResponse,
)
@public  # the signature is the permission: browsers load pictures without a token
async def get_file_content(
    file_id: UUID,
    request: Request,
    org: UUID,
    variant: Literal["original", "thumbnail"],
    expires: Annotated[int, Query(ge=0, le=99_999_999_999)],
    signature: Annotated[str, Query(max_length=64)],
) -> StreamingResponse:
    """The content itself, as a stream; `Range` of one span is answered with 206, so that voice notes can be played."""
    left = signer(request).check(org, file_id, variant, expires, signature, clock.wall())
    rt: Runtime = request.app.state.runtime
    async with rt.db.read(org) as tx:
        row = await repository.find(tx, file_id)
    if row is None or row.state == "removed" or (variant == "thumbnail" and not row.thumbnail):
        raise FileGone
    span = _span(request.headers.get("range"), row.size) if variant == "original" else None
    pieces = await store_of(rt).read(key_of(org, file_id, variant), span)
    headers = {
        # Whatever it is, it is that and nothing else: no sniffing, no scripts, no page of ours around it.
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Content-Disposition": _disposition(row.kind, row.name),
        "Cache-Control": f"private, max-age={int(left.total_seconds())}",
        "ETag": f'"{row.sha256[:32]}-{variant[0]}"',
        "Cross-Origin-Resource-Policy": "cross-origin",
    }
    if variant == "original":
        headers["Accept-Ranges"] = "bytes"
        begin, end = span or (0, row.size)
        headers["Content-Length"] = str(end - begin)
        if span is not None:
            headers["Content-Range"] = f"bytes {begin}-{end - 1}/{row.size}"
    return StreamingResponse(
        pieces,
        status_code=200 if span is None else 206,
        media_type="image/jpeg" if variant == "thumbnail" else row.media_type,
        headers=headers,
    )


def _disposition(kind: str, name: str) -> str:
    how = "attachment" if kind == "document" else "inline"
    return f"{how}; filename*=UTF-8''{quote(name, safe='')}"


def _span(header: str | None, size: int) -> tuple[int, int] | None:
    """One byte span of a Range header as begin and end, or None for what is answered in full."""
    found = re.fullmatch(r"bytes=(\d{1,15})?-(\d{1,15})?", header or "")
    if found is None or not any(found.groups()):
        return None
    first, last = found.groups()
    begin = int(first) if first else max(0, size - int(last))
    end = min(size, int(last) + 1) if first and last else size
    return (begin, end) if begin < end else None
