"""Papers that belong to no ticket: filled in, numbered and hashed like forms, typeset outside of any transaction."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import Response
from sqlalchemy import Row

from services.ticketing.documents import repository
from services.ticketing.documents.form import TEMPLATES
from shared.auth import Principal
from shared.db.tx import Tx
from shared.documents import Template, content_hash, render
from shared.ids import uuid7
from shared.runtime import Runtime


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper: its typst file, names, the prefix of its numbers, what it is about, and what stands on it.

    ``content`` has ``ticket`` as the line beside the number: there it names what the paper is about.
    """

    code: str
    zh: str
    prefix: str
    subject_id: UUID
    zone: ZoneInfo
    organisation: str
    content: Mapping[str, Any]

    @property
    def template(self) -> Template:
        """The typst file."""
        return Template(TEMPLATES, self.code)


async def printed(
    rt: Runtime, who: Principal, request_id: str, load: Callable[[Tx], Awaitable[Paper]]
) -> Response:
    """The paper as it stands: the same content is the same number and the same bytes."""
    async with rt.db.tx(who.org, actor_id=who.sub, request_id=request_id) as tx:
        paper = await load(tx)
        told = content_hash(paper.content)
        row = await numbered(tx, paper.code, paper.template.hash, told, paper.prefix, paper.subject_id, paper.zone)
        tx.audit("document.issued", "document", paper.subject_id, after={"number": row.number, "form": paper.code})
    document = {
        "number": row.number,
        "content_hash": told,
        "issued_at": f"{row.issued_at.astimezone(paper.zone):%Y-%m-%d %H:%M}",
        "organisation": paper.organisation,
    }
    pdf = await asyncio.to_thread(render, paper.template, {**paper.content, "document": document}, row.issued_at)
    digest = hashlib.sha256(pdf).hexdigest()
    if row.sha256 is None:
        async with rt.db.tx(who.org, actor_id=who.sub, request_id=request_id) as tx:
            await repository.keep_hash(tx, row.id, digest)
    return answer(paper.zh, row.number, digest, pdf)


async def numbered(
    tx: Tx, kind: str, template_hash: str, told: str, prefix: str, subject_id: UUID, zone: ZoneInfo
) -> Row[Any]:
    """The register's entry of a document of this content: the one there is, or a new one with the next number."""
    row = await repository.issued(tx, subject_id, kind, template_hash, told)
    if row is not None:
        return row
    series = f"{prefix}{tx.now.astimezone(zone):%Y%m%d}"
    number = await tx.quick_number(f"document.{series}")
    entry: dict[str, UUID | str | int | datetime | None] = {
        "id": uuid7(),
        "version": 1,
        "created_at": tx.now,
        "updated_at": tx.now,
        "kind": kind,
        "number": f"{series}-{number:04d}",
        "subject_id": subject_id,
        "template_hash": template_hash,
        "content_hash": told,
        "issued_at": tx.now,
        "issued_by": tx.actor_id,
    }
    await repository.issue(tx, entry)
    row = await repository.issued(tx, subject_id, kind, template_hash, told)
    assert row is not None  # ours, or that of a request which was quicker by a moment
    return row


def answer(zh: str, number: str, sha256: str, pdf: bytes) -> Response:
    """A document as it is handed out."""
    name = quote(f"{zh} {number}.pdf", safe="")
    headers = {
        "Content-Disposition": f"inline; filename*=UTF-8''{name}",
        "X-Document-Number": number,
        "X-Document-Sha256": sha256,
        "ETag": f'"{sha256[:32]}"',
        "Cache-Control": "private, no-store",  # names and telephones stand on it
        "X-Content-Type-Options": "nosniff",
    }
    return Response(pdf, media_type="application/pdf", headers=headers)
