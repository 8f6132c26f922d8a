"""Using an invitation: every try is counted, and committed, before the code is compared."""

from __future__ import annotations

import hmac
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row

from services.ticketing.domain.grants import invitation as rules
from services.ticketing.domain.grants import limits
from services.ticketing.domain.grants.limits import Limit
from services.ticketing.domain.grants.policy import GUESSES_LANE, GUESSES_STRANGERS
from services.ticketing.invitations import repository
from services.ticketing.invitations.service import hashed
from services.ticketing.sessions import hashing, passwords
from services.ticketing.sessions.accounts import Account, account, goes_by
from services.ticketing.sessions.context import Context
from services.ticketing.sessions.errors import CodeWrong, OtpNeeded, PasswordWeak, SignInRefused
from services.ticketing.sessions.identities import Candidate, find, key_of
from services.ticketing.sessions.limiter import purse, too_often

#: Accounts of one login whose invitations are compared; nobody works for more organisations than that.
_MOST: Final = 5


async def redeem(
    ctx: Context, kind: str, address: str, code: str, password: str, otp: str | None, org_id: UUID | None
) -> Candidate:
    """Set the password of whoever was sent this code at this address; who that is.

    A weak password costs no try, nor does a second factor that is missing: the code stays good for the next request.

    Raises CodeWrong (wrong, used, withdrawn, run out or tried too often; which of them is not said), TooOften,
    PasswordWeak, OtpNeeded or SignInRefused (the second factor is wrong).
    """
    passwords.judge(password, None)
    if not rules.is_code(code):
        raise CodeWrong
    key = key_of(ctx.vault, kind, address)
    lane, known = ctx.lane(kind, key)
    lanes = {f"invitation:{lane}": GUESSES_LANE}
    if not known:
        lanes[f"invitation:all:{kind}:{key.hex()}"] = GUESSES_STRANGERS
    async with ctx.plain() as raw:
        found = await find(raw, kind, key)
    open_ones = []
    for candidate in [c for c in found if c.subject == "staff" and org_id in (None, c.org_id)][:_MOST]:
        async with ctx.read(candidate.org_id) as tx:
            row = await repository.current(tx, candidate.subject_id)
            who = await account(tx, candidate)
        if row is not None and who is not None and row.channel == kind and goes_by(who, kind, address):
            open_ones.append((who, row))
    tries = {_name(row): rules.TRIES for _, row in open_ones}
    allowed = await _spend(ctx, lanes, tries)
    for who, row in open_ones:
        right = hmac.compare_digest(bytes(row.code_hash), _hash(ctx, who, row, kind, address, code))
        if right and _name(row) in allowed and rules.is_good(row.state, row.expires_at, ctx.now):
            try:
                await _use(ctx, who, row, password, otp)
            except SignInRefused:
                await _refund(ctx, lanes)
                raise
            except (OtpNeeded, PasswordWeak):
                await _refund(ctx, {**lanes, **{name: tries[name] for name in allowed}})
                raise
            await _refund(ctx, lanes)
            return who.candidate
    raise CodeWrong


def _name(row: Row[Any]) -> str:
    return f"invitation:one:{row.org_id}:{row.id}"


def _hash(ctx: Context, who: Account, row: Row[Any], kind: str, address: str, code: str) -> bytes:
    return hashed(ctx.vault, who.candidate.org_id, row.id, kind, address, code)


async def _spend(ctx: Context, lanes: dict[str, Limit], tries: dict[str, Limit]) -> frozenset[str]:
    """Count a try; at which invitations it may be one. Raises TooOften, having counted nothing."""
    async with ctx.tx() as tx:
        held = await purse(tx, ctx.vault, [*lanes, *tries])
        wait = limits.longest(held.wait(name, limit) for name, limit in lanes.items())
        if wait > limits.ZERO:
            raise too_often(wait)
        allowed = frozenset(name for name, limit in tries.items() if held.wait(name, limit) <= limits.ZERO)
        for name, limit in (*lanes.items(), *((name, tries[name]) for name in allowed)):
            held.spend(name, limit)
        await held.store()
    return allowed


async def _refund(ctx: Context, spent: dict[str, Limit]) -> None:
    async with ctx.tx() as tx:
        held = await purse(tx, ctx.vault, list(spent))
        for name, limit in spent.items():
            held.refund(name, limit)
        await held.store()


async def _use(ctx: Context, who: Account, row: Row[Any], password: str, otp: str | None) -> None:
    passwords.judge(password, who)
    # A message alone must not get around the second factor.
    state = await passwords.second_factor(ctx, who.candidate, otp)
    if state != "passed":
        raise OtpNeeded if state == "wanted" else SignInRefused
    stored = await hashing.hashed(password)
    subject = who.candidate.subject_id
    async with ctx.tx(who.candidate.org_id, actor_id=subject) as tx:
        now = await repository.one(tx, row.id, lock=True)
        # Somebody else used it, or it was withdrawn, since it was looked at.
        if now is None or not rules.is_good(now.state, now.expires_at, tx.wall):
            raise CodeWrong
        await repository.use(tx, row.id)
        await passwords.set_password(tx, subject, stored)
        tx.audit("staff.invitation_used", "staff", subject, after={"invitation_id": row.id, "kind": row.kind})
