"""Jobs of sign-in: send a code; keep identities in step with the register."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import structlog
from sqlalchemy import delete, select

from services.ticketing.domain.grants.policy import ARRIVALS, ARRIVALS_NETWORK
from services.ticketing.models import credentials, people, staff
from services.ticketing.providers.senders._base import CodeMessage
from services.ticketing.sessions import accounts, repository
from services.ticketing.sessions.codes import SEND_JOB
from services.ticketing.sessions.errors import TooOften
from services.ticketing.sessions.identities import (
    EMAIL,
    FOLLOW_JOB,
    FOLLOWED,
    PHONE,
    Subject,
    find,
    follow,
    key_of,
    link,
    unlink,
)
from services.ticketing.sessions.limiter import take
from services.ticketing.sessions.secrets import INSTALLATION, Forged, Vault, vault
from services.ticketing.sessions.senders import sender_of
from shared import clock
from shared.db.tx import Tx
from shared.errors import Permanent, Retryable
from shared.runtime import Job, Runtime

REBUILD_JOB: Final = "identities.rebuild"
_PAGE: Final = 500

log = structlog.get_logger(__name__)


async def send_code(rt: Runtime, job: Job) -> None:
    """Send a one-time code, if it is still good and its phone belongs to anybody, or to somebody who may arrive."""
    keys = vault(rt.settings.master_key)
    try:
        sealed = keys.unseal_text(SEND_JOB, job.payload["sealed"])
    except Forged as problem:
        raise Permanent("sealed under another master key") from problem
    if clock.wall() >= datetime.fromisoformat(sealed["expires"]):
        log.info("sign_in.code_too_late", job_id=str(job.id))
        return
    async with rt.db.plain() as raw:
        known = await find(raw, PHONE, key_of(keys, PHONE, sealed["phone"]))
    if not known and not await _may_arrive(rt, keys, sealed):
        return
    sender = sender_of(rt)
    if sender is None:
        raise Retryable("no code sender is configured")
    await sender.send(rt.settings, CodeMessage(str(job.id), sealed["phone"], sealed["code"], sealed["language"]))


async def _may_arrive(rt: Runtime, keys: Vault, told: Mapping[str, Any]) -> bool:
    """Whether a phone that nobody knows gets a code: of an organisation there is, and not by the thousand.

    Decided here and not at the request, which must answer alike whether a phone is known or not.
    """
    if "organisation" not in told:
        return False
    async with rt.db.read(UUID(told["organisation"])) as tx:
        if not await accounts.is_organisation(tx):
            return False
    try:
        async with rt.db.tx(INSTALLATION) as tx:
            await take(tx, keys, f"arrival:net:{told['network']}", ARRIVALS_NETWORK)
            await take(tx, keys, "arrival:all", ARRIVALS)
    except TooOften:
        log.warning("sign_in.arrivals_limited")
        return False
    return True


async def follow_register(rt: Runtime, job: Job) -> None:
    """Bring identities in step with rows of the register as they are now; may run twice and late."""
    subject: Subject = job.payload["subject"]
    ids = [UUID(id) for id in job.payload["ids"]]
    async with rt.db.tx(job.org_id, request_id=job.request_id) as tx:
        await bring_in_step(tx, vault(rt.settings.master_key), subject, ids)


async def bring_in_step(tx: Tx, keys: Vault, subject: Subject, ids: list[UUID]) -> None:
    """The identities of these people, from their rows; of erased ones everything goes, their sessions too."""
    table = staff if subject == "staff" else people
    # Locked, so that two jobs about one person do not leave the older state behind.
    rows = await tx.rows(
        select(table.c.id, table.c.phone, table.c.email, table.c.erased_at)
        .where(table.c.org_id == tx.org_id, table.c.id.in_(ids))
        .order_by(table.c.id)
        .with_for_update(key_share=True)
    )
    gone = [row.id for row in rows if row.erased_at is not None]
    if gone:
        await unlink(tx, gone)
        await tx.execute(
            delete(credentials).where(credentials.c.org_id == tx.org_id, credentials.c.subject_id.in_(gone))
        )
        for id in gone:
            await repository.end_sessions(tx, id, "gone")
    await unlink(tx, [row.id for row in rows], FOLLOWED)
    for row in rows:
        if row.erased_at is not None:
            continue
        if row.phone:
            await link(tx, PHONE, key_of(keys, PHONE, row.phone), subject, row.id)
        if row.email and subject == "staff":
            await link(tx, EMAIL, key_of(keys, EMAIL, row.email), subject, row.id)


async def rebuild(rt: Runtime, job: Job) -> None:
    """Bring all identities of an organisation in step: after an upgrade, or under a new master key."""
    for subject, table in (("person", people), ("staff", staff)):
        last = UUID(int=0)
        while True:
            async with rt.db.tx(job.org_id, request_id=job.request_id) as tx:
                rows = await tx.rows(
                    select(table.c.id)
                    .where(table.c.org_id == tx.org_id, table.c.id > last)
                    .order_by(table.c.id)
                    .limit(_PAGE)
                )
                if not rows:
                    break
                follow(tx, subject, [row.id for row in rows])  # type: ignore[arg-type]  # a literal of the tuple above
                last = rows[-1].id


JOBS: Final[Mapping[str, Any]] = {SEND_JOB: send_code, FOLLOW_JOB: follow_register, REBUILD_JOB: rebuild}
