"""Calls to peers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from shared.runtime import Runtime

#: Subjects of one request, as notify takes them.
AT_ONCE: Final = 100


async def fetch_message_proofs(rt: Runtime, org_id: UUID, subjects: Sequence[UUID]) -> list[dict[str, Any]]:
    """The proofs of what notify told about these subjects, the oldest first. Raises PeerDown while it is away."""
    found: list[dict[str, Any]] = []
    for start in range(0, len(subjects), AT_ONCE):
        chunk = [str(id) for id in subjects[start : start + AT_ONCE]]
        page = await rt.peers["notify"].get_json("/notify/v1/message-proofs", org=org_id, params={"subject_id": chunk})
        found += page["items"]
    return sorted(found, key=lambda proof: str(proof["message_id"]))
