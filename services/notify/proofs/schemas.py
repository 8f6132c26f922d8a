"""Proofs as people, programs and courts see them."""

from __future__ import annotations

from uuid import UUID

from shared.http.schemas import Output, UtcTime


class ProofEntryOut(Output):
    """An attempt or a provider's receipt. `link` is the SHA-256 of the link before it (of the first: the delivery's id,
    32 hexadecimal digits), a line feed and `content`, which is canonical JSON; null from before there were links."""

    kind: str
    provider: str | None
    reference: str | None
    outcome: str
    at: UtcTime
    content: str
    link: str | None


class DeliveryProofOut(Output):
    """One channel: its entries in the order of their links, `head` the last one. `intact`: none was altered, left out
    or put in since it was written."""

    id: UUID
    channel: str
    state: str
    head: str | None
    intact: bool
    entries: list[ProofEntryOut]


class ProofOut(Output):
    """What was told to whom and what came of it. `content_hash` is the SHA-256 of title, a line feed and body, and
    outlives them; `proof_hash` is that of all this (of its canonical JSON without this field)."""

    message_id: UUID
    cause_id: UUID
    cause_type: str
    subject_id: UUID
    person_id: UUID
    template: str
    template_version: int
    template_version_id: UUID | None
    locale: str
    message_class: str
    content_hash: str
    created_at: UtcTime
    read_at: UtcTime | None
    deliveries: list[DeliveryProofOut]
    proof_hash: str


class ProofsOut(Output):
    """Proofs of the messages about some subjects, the oldest first."""

    items: list[ProofOut]
