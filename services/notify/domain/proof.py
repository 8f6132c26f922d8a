"""The proof of what became of a message: each attempt and each receipt names the hash of what was known before it.

Whoever holds the last link of a delivery can tell later whether anything before it was altered, left out or put in.
A link is the SHA-256 of the one before and of the entry's canonical JSON; a chain begins with the delivery's own id.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from json.encoder import encode_basestring
from typing import Any, Final
from uuid import UUID

#: What of an attempt is proven: who was asked, when, with which content to which address, and what came of it.
ATTEMPT: Final = (
    "number",
    "provider",
    "started_at",
    "ended_at",
    "outcome",
    "code",
    "reference",
    "address_digest",
    "digest",
)
#: What of a provider's receipt is proven.
RECEIPT: Final = ("provider", "reference", "arrived", "code", "at", "recorded_at")


def canonical(value: Mapping[str, Any]) -> bytes:
    """JSON with sorted keys and without spaces; times in UTC to the microsecond.

    Put together here: each message that goes to many has a link, and the library takes four times as long to begin.
    """
    said = ",".join([f"{encode_basestring(name)}:{_plain(value[name])}" for name in sorted(value)])
    return f"{{{said}}}".encode()


def _plain(value: Any) -> str:
    if isinstance(value, str):
        return encode_basestring(value)
    if value is None:
        return "null"
    if type(value) is int:
        return str(value)
    if isinstance(value, datetime):
        return f'"{value.astimezone(UTC).isoformat(timespec="microseconds")}"'
    return f'"{value}"' if isinstance(value, UUID) else json.dumps(value)


def attempt_entry(row: Mapping[str, Any]) -> dict[str, Any]:
    """What of an attempt stands in the chain."""
    return {"kind": "attempt", **{name: row[name] for name in ATTEMPT}}


def receipt_entry(row: Mapping[str, Any]) -> dict[str, Any]:
    """What of a receipt stands in the chain."""
    return {"kind": "receipt", **{name: row[name] for name in RECEIPT}}


def link(delivery_id: UUID, before: str | None, entry: Mapping[str, Any]) -> str:
    """The hexadecimal link of an entry that follows `before` (None: it is the first)."""
    first = before if before is not None else delivery_id.hex
    return sha256(first.encode() + b"\n" + canonical(entry)).hexdigest()


@dataclass(frozen=True)
class Chain:
    """The entries of a delivery in their order, and whether they are what they were when they were written."""

    entries: Sequence[tuple[str, Mapping[str, Any]]]
    intact: bool


def walk(delivery_id: UUID, head: str | None, entries: Iterable[tuple[str | None, Mapping[str, Any]]]) -> Chain:
    """Follow the links from the beginning to `head`, the last one that the delivery knows.

    Entries without a link were written before there were any; a delivery that has only such is intact as far as can
    be told, and has no head.
    """
    known = list(entries)
    waiting = [(found, entry) for found, entry in known if found is not None]
    in_order: list[tuple[str, Mapping[str, Any]]] = []
    before: str | None = None
    while waiting:
        following = next(((f, e) for f, e in waiting if f == link(delivery_id, before, e)), None)
        if following is None:
            return Chain([*in_order, *waiting], False)
        waiting.remove(following)
        in_order.append(following)
        before = following[0]
    return Chain(in_order, before == head)
