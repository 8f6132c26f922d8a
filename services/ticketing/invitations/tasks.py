"""The job that sends an invitation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from services.ticketing.domain.grants.invitation import is_good
from services.ticketing.invitations import repository
from services.ticketing.invitations.service import SEND_JOB
from services.ticketing.providers.senders._base import CodeMessage
from services.ticketing.sessions.secrets import Forged, vault
from services.ticketing.sessions.senders import sender_of
from shared import clock
from shared.errors import Permanent, Retryable
from shared.runtime import Job, Runtime


async def send_invitation(rt: Runtime, job: Job) -> None:
    """Send a code, unless its invitation was withdrawn, replaced or has run out meanwhile."""
    try:
        told = vault(rt.settings.master_key).unseal_text(SEND_JOB, job.payload["sealed"])
    except Forged as problem:
        raise Permanent("sealed under another master key") from problem
    async with rt.db.read(job.org_id) as tx:
        row = await repository.one(tx, UUID(told["id"]))
    if row is None or not is_good(row.state, row.expires_at, clock.wall()):
        return
    sender = sender_of(rt)
    if sender is None:
        raise Retryable("no code sender is configured")
    message = CodeMessage(str(job.id), told["to"], told["code"], told["language"], told["kind"], told["hours"])
    await sender.send(rt.settings, message)


JOBS: Final[Mapping[str, Any]] = {SEND_JOB: send_invitation}
