"""The id of a message, derived from what it tells and to whom."""

from hashlib import sha256
from uuid import UUID


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
