"""One-time codes by message: asked for, sent by a job, checked once."""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

from services.ticketing.domain.grants import codes as rules
from services.ticketing.domain.grants import limits
from services.ticketing.domain.grants.policy import (
    CODE_LIFE,
    DEVICE_CODES,
    GUESSES_LANE,
    GUESSES_STRANGERS,
    RESEND_AFTER,
    SENDS_DEVICE,
    SENDS_LANE,
    SENDS_STRANGERS,
)
from services.ticketing.sessions import repository
from services.ticketing.sessions.context import Context
from services.ticketing.sessions.errors import CodeWrong, NoCodeSender
from services.ticketing.sessions.identities import PHONE, key_of
from services.ticketing.sessions.limiter import Purse, purse, too_often
from services.ticketing.sessions.senders import sender_of
from shared.db.tx import Tx

#: The job that sends a code; its payload is sealed, for it holds a phone number and the code itself.
SEND_JOB: Final = "sign_in.send_code"


@dataclass(frozen=True, slots=True)
class Challenge:
    """What the device that asked gets: it is shown again with the code."""

    id: UUID
    expires_in: int
    resend_after: int


async def ask(
    ctx: Context, phone: str, language: str, device_id: str | None = None, organisation_id: UUID | None = None
) -> Challenge:
    """Have a code sent to a phone, or join the one that is on its way. ``phone``: in its normal form.

    The answer is the same whether the phone is registered or not; the job that sends looks, after the answer. With an
    organisation it sends to phones that nobody knows, too: their owners may ask there to be bound to a unit.

    Raises TooOften when no message may be sent now and none is at hand, NoCodeSender without a way to send.
    """
    if sender_of(ctx.rt) is None:
        raise NoCodeSender
    phone_key = key_of(ctx.vault, PHONE, phone)
    lane, known = ctx.lane(PHONE, phone_key)
    lane_key = ctx.vault.hash("lane", lane)
    budget = {f"send:{lane}": SENDS_DEVICE if known else SENDS_LANE}
    if not known:
        budget[f"send:all:{phone_key.hex()}"] = SENDS_STRANGERS
    if device_id:
        budget[f"send:device:{device_id}"] = DEVICE_CODES
    # One lock per phone, whoever asks, so that two requests at once share one message.
    turn = f"send:turn:{phone_key.hex()}"
    async with ctx.tx() as tx:
        held = await purse(tx, ctx.vault, [turn, *budget])
        now = tx.wall
        row = await repository.last_code(tx, phone_key)
        last = None if row is None else rules.Sent(row.sent_at, row.expires_at)
        wait = limits.longest(held.wait(name, limit) for name, limit in budget.items())
        plan = rules.plan(last, now, wait <= limits.ZERO)
        if plan == "wait":
            raise too_often(wait)
        if plan == "join":
            assert row is not None and last is not None  # joined is what is there
            mine = await repository.challenge_of(tx, phone_key, lane_key, sent_at=row.sent_at)
            if mine is not None and rules.tries_left(mine.tries) == 0:
                # Five tries at one message, however often it is joined.
                raise too_often(max(wait, RESEND_AFTER - (now - last.sent_at)))
            id = mine.id if mine is not None else await repository.insert_code(
                tx, phone_key, lane_key, bytes(row.code_hash), row.sent_at, row.expires_at
            )
            return _challenge(id, last.expires_at - now, RESEND_AFTER - (now - last.sent_at))
        id = await _send(ctx, tx, held, budget, phone, phone_key, lane_key, language, organisation_id)
    return _challenge(id, CODE_LIFE, RESEND_AFTER)


async def _send(
    ctx: Context,
    tx: Tx,
    held: Purse,
    budget: dict[str, limits.Limit],
    phone: str,
    phone_key: bytes,
    lane_key: bytes,
    language: str,
    organisation_id: UUID | None,
) -> UUID:
    for name, limit in budget.items():
        held.spend(name, limit)
    await held.store()
    code = rules.written(secrets.randbelow(rules.LARGEST))
    expires = rules.expiry(tx.wall)
    id = await repository.insert_code(tx, phone_key, lane_key, _hash(ctx, phone_key, code), tx.wall, expires)
    told = {"phone": phone, "code": code, "language": language, "expires": expires.isoformat()}
    if organisation_id is not None:
        told |= {"organisation": str(organisation_id), "network": ctx.network}
    sealed = ctx.vault.seal_text(SEND_JOB, told)
    tx.enqueue(SEND_JOB, {"sealed": sealed})
    return id


def _hash(ctx: Context, phone_key: bytes, code: str) -> bytes:
    """Keyed, for a million codes are hashed in a second; the same for all challenges that share a message."""
    return ctx.vault.hash("code", phone_key, code)


def _challenge(id: UUID, life: timedelta, resend: timedelta) -> Challenge:
    second = timedelta(seconds=1)
    return Challenge(id, max(0, life // second), max(0, -(-resend // second)))


async def check(ctx: Context, phone: str, code: str, challenge_id: UUID | None) -> bytes:
    """Use a code up; the key of the phone that it proves.

    Without a challenge id the newest of the caller's own lane is meant. Every try is counted before it is compared.

    Raises CodeWrong, or TooOften when this lane, or all strangers together, tried too many.
    """
    phone_key = key_of(ctx.vault, PHONE, phone)
    lane, known = ctx.lane(PHONE, phone_key)
    if not rules.is_code(code):
        raise CodeWrong
    budget = {f"guess:{lane}": GUESSES_LANE}
    if not known:
        budget[f"guess:all:{phone_key.hex()}"] = GUESSES_STRANGERS
    right = False
    async with ctx.tx() as tx:
        held = await purse(tx, ctx.vault, list(budget))
        wait = limits.longest(held.wait(name, limit) for name, limit in budget.items())
        if wait > limits.ZERO:
            raise too_often(wait)
        row = (
            await repository.challenge_of(tx, phone_key, ctx.vault.hash("lane", lane))
            if challenge_id is None
            else await repository.challenge(tx, challenge_id, phone_key)
        )
        if row is not None and row.used_at is None and row.expires_at > tx.wall and rules.tries_left(row.tries):
            stored = bytes(row.code_hash)
            right = hmac.compare_digest(stored, _hash(ctx, phone_key, code))
            if right:
                right = await repository.use_code(tx, phone_key, stored)
            else:
                await repository.count_try(tx, row.id)
        if not right:
            for name, limit in budget.items():
                held.spend(name, limit)
            await held.store()
    if not right:
        raise CodeWrong
    return phone_key
