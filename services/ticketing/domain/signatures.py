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


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if value is None or isinstance(value, str | int):
        return value
    return str(value)


def document_hash(case: Mapping[str, Any]) -> str:
    """The SHA-256 of the canonical document, in hex."""
    return hashlib.sha256(canonical(case)).hexdigest()
