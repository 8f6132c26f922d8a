"""What goes out of ``/ticketing/v1/files``; what comes in is a multipart form with one file."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from pydantic import Field

from shared.http.schemas import Output, UtcTime


class FileLinks(Output):
    """Where the content can be read without a token, until ``expires_at``."""

    content: str = Field(examples=["/ticketing/v1/files/0195…/content?org=…&variant=original&expires=…&signature=…"])
    thumbnail: str | None = Field(description="A small JPEG; null for what is not a picture")
    expires_at: UtcTime


class FileOut(Output):
    """A file: its type by content, its hashes, and links to it."""

    id: UUID
    state: Literal["waiting", "attached", "removed"] = Field(description="waiting: not attached to anything yet")
    kind: Literal["image", "audio", "document"]
    media_type: str
    name: str
    size: int = Field(description="Bytes as kept")
    sha256: str = Field(description="Of the content as it is kept and served")
    source_sha256: str = Field(description="Of what was sent, before place and device were taken out")
    width: int | None
    height: int | None
    uploaded_by: UUID
    subject_kind: str | None
    subject_id: UUID | None
    created_at: UtcTime
    links: FileLinks
