"""Ids derived from what they stand for, so that the same thing said twice is one row."""

from datetime import datetime
from hashlib import sha256
from uuid import UUID

from shared.ids import uuid7_floor


def message_id(cause_id: UUID, person_id: UUID, template: str) -> UUID:
    """The id of the one message by which a person is told of an event with a template.

    The same three give the same id, so that telling a repeated event again writes the same row and nothing
    else. It is a UUIDv7 with the time of its cause, so that messages sort by when things happened.
    """
    digest = sha256(cause_id.bytes + person_id.bytes + template.encode()).digest()
    raw = bytearray(cause_id.bytes[:6] + digest[:10])
    raw[6] = 0x70 | (raw[6] & 0x0F)
    raw[8] = 0x80 | (raw[8] & 0x3F)
    return UUID(bytes=bytes(raw))


def release_id(until: datetime) -> UUID:
    """The subject of the one timer that lets go what is held until an instant."""
    return UUID(bytes=sha256(b"release" + until.isoformat().encode()).digest()[:16], version=5)


def word_id(org_id: UUID, at: datetime) -> UUID:
    """The subject of the one timer that tells of what is in doubt at an instant, and so the cause of that word. It is
    a UUIDv7 with the time of the word, for messages sort by their cause."""
    digest = sha256(b"doubt" + org_id.bytes).digest()
    return UUID(int=uuid7_floor(at).int | int.from_bytes(digest[:7]))


def receipt_id(provider: str, reference: str, arrived: bool, code: str) -> UUID:
    """The id of what a provider says of a message: the same callback again is the same row."""
    said = "\n".join((provider, reference, str(arrived), code))
    return UUID(bytes=sha256(said.encode()).digest()[:16], version=5)


def digest_id(person_id: UUID, channel: str, until: datetime) -> UUID:
    """The cause of a digest: one per person, channel and instant."""
    told = person_id.bytes + channel.encode() + until.isoformat().encode()
    return UUID(bytes=sha256(told).digest()[:16], version=5)
