"""What an owner signs: the case as one canonical document, so that a signature cannot be moved to other words."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

METHODS: Final = ("app", "device", "paper")

#: The parts of a case that a signature covers, in their order. Internal notes and marks given later are none.
SIGNED_FIELDS: Final = (
    "org_id",
    "number",
    "kind",
    "community_id",
    "unit_id",
    "received_at",
    "summary",
    "detail",
    "plan_text",
    "completed_at",
    "result",
    "rounds",
)


def canonical(case: Mapping[str, Any]) -> bytes:
    """The signed document: UTF-8 JSON with sorted keys, no spaces, times in UTC with Z."""
    plain = {name: _plain(case[name]) for name in SIGNED_FIELDS}
    return json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


#: What never changes in a case, and what stays the same as long as its work is not done again.
_LASTING: Final = ("org_id", "number", "kind", "community_id", "unit_id", "received_at", "summary", "detail")
_OF_THE_ROUND: Final = ("completed_at", "result")


def intact(document: str | None, digest: str, case: Mapping[str, Any]) -> bool:
    """Whether what was signed is what stands: the document has its hash, and the case still says what it said.

    A case that was worked on again says new things of the work; of those the document of the earlier round is proof.
    A plan told late adds to the case and takes nothing from what was signed.
    """
    if document is None:  # of the time before documents were kept
        return document_hash(case) == digest
    if hashlib.sha256(document.encode()).hexdigest() != digest:
        return False
    then = json.loads(document)
    names = (*_LASTING, *_OF_THE_ROUND) if then["rounds"] == case["rounds"] else _LASTING
    return all(then[name] == _plain(case[name]) for name in names)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if value is None or isinstance(value, str | int):
        return value
    return str(value)


def document_hash(case: Mapping[str, Any]) -> str:
    """The SHA-256 of the canonical document, in hex."""
    return hashlib.sha256(canonical(case)).hexdigest()
