"""Which originals stand behind a case, and the chain under which their openings are recorded."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from services.kpi.domain.freezing import canonical

#: What the first opening of an organisation stands on.
GENESIS: Final = "0" * 64
#: Files that one opening hands out at most.
MOST_FILES: Final = 50

#: By the kind of thing a case links to: what belongs to its original besides the record itself.
_PARTS: Final[Mapping[str, Sequence[str]]] = MappingProxyType(
    {
        "/ticketing/v1/tickets": ("/entries", "/clocks", "/signatures"),
        "/ticketing/v1/surveys": ("/answers",),
        "/ticketing/v1/archives": (),
        "/ticketing/v1/archive-checks": ("/items",),
        "/billing/v1/bills": (),
        "/billing/v1/payments": (),
    }
)
_ID: Final = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_LINK: Final = re.compile(rf"(/(ticketing|billing)/v1/[a-z-]+)/{_ID}")
_FILES: Final = frozenset({"attachments", "file_ids", "file_id", "scan_id", "signature_file"})


@dataclass(frozen=True, slots=True)
class Address:
    """Where one original is read: at which peer, under which path."""

    peer: str
    path: str


def addresses(link: str | None) -> list[Address]:
    """The originals that a case's link leads to, the record itself first; none where the link is of nothing known."""
    found = _LINK.fullmatch(link or "")
    if found is None or found[1] not in _PARTS:
        return []
    return [Address(found[2], f"{found[0]}{part}") for part in ("", *_PARTS[found[1]])]


def files_in(records: Iterable[Any]) -> list[str]:
    """The ids of the files that records name, each once, in their order."""
    return list(dict.fromkeys(id_ for record in records for id_ in _named(record)))[:MOST_FILES]


def _named(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        for name, inner in value.items():
            if name in _FILES:
                yield from _ids(inner)
            else:
                yield from _named(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _named(inner)


def _ids(value: Any) -> Iterator[str]:
    if isinstance(value, str) and re.fullmatch(_ID, value):
        yield value
    elif isinstance(value, list):
        for inner in value:
            yield from _ids(inner)
    elif isinstance(value, Mapping):
        yield from _ids(value.get("id"))


def digest(content: Any) -> str:
    """The SHA-256 of an original as it was handed out, in the one form of JSON that is hashed."""
    return hashlib.sha256(canonical(content)).hexdigest()


def chained(previous: str, entry: Mapping[str, Any]) -> str:
    """The hash of an opening over everything it says and the opening before it."""
    return hashlib.sha256(canonical([previous, dict(entry)])).hexdigest()
