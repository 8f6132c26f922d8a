"""Signatures as they go out: listed with a masked name, opened in full."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from shared.http.schemas import Output, UtcTime


class PlaceOut(Output):
    """Where it was signed."""

    latitude: float
    longitude: float
    accuracy: float | None


class _Signed(Output):
    id: UUID
    refused: bool
    method: str
    signer_id: UUID | None
    has_artefact: bool
    document_hash: str
    intact: Annotated[bool, Field(description="What was signed has that hash, and the case still says it")]
    file_id: UUID | None
    witness_id: UUID | None
    signed_at: UtcTime
    recorded_at: UtcTime
    recorded_by: UUID | None


class SignatureOut(_Signed):
    """A signature or its refusal; the name is masked, the artefact itself is kept, not listed."""

    signer_name: str


class OpenSignatureOut(_Signed):
    """A signature with its signer's name, strokes, place and witness in full; null once they were erased."""

    signer_name: str | None
    artefact: str | None
    place: PlaceOut | None
    statement: str | None
    document: str | None
