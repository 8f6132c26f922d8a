"""What proofs of service look like on the wire; what comes in is a multipart form with one file."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from pydantic import Field

from shared.http.schemas import Output, UtcTime


class ProofOut(Output):
    """A file that proves how a notice was served."""

    id: UUID
    notice_id: UUID
    state: Literal["kept", "removed"] = Field(description="removed: the content is gone, the hashes stay")
    kind: Literal["image", "audio", "document"]
    media_type: str
    name: str
    size: int = Field(description="Bytes as kept")
    sha256: str = Field(description="Of the content as it is kept and served")
    source_sha256: str = Field(description="Of what was sent, before place and device were taken out")
    uploaded_by: UUID
    created_at: UtcTime
