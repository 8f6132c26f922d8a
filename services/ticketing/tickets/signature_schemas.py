"""Signatures as they go out: listed with a masked name, opened in full."""

from uuid import UUID

from shared.http.schemas import Output, UtcTime


class _Signed(Output):
    id: UUID
    refused: bool
    method: str
    signer_id: UUID | None
    has_artefact: bool
    document_hash: str
    signed_at: UtcTime
    recorded_at: UtcTime
    recorded_by: UUID | None


class SignatureOut(_Signed):
    """A signature or its refusal; the name is masked, the artefact itself is kept, not listed."""

    signer_name: str


class OpenSignatureOut(_Signed):
    """A signature with its signer's name and artefact in full; both null once the person was erased."""

    signer_name: str | None
    artefact: str | None
