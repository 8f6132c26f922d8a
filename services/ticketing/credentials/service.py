"""Passwords and second factors of staff, beyond the sign-in itself."""

from __future__ import annotations

import secrets
from uuid import UUID

from services.ticketing.credentials.schemas import SetPasswordIn
from services.ticketing.domain.grants import limits, totp
from services.ticketing.domain.grants.policy import PASSWORD_BACKOFF
from services.ticketing.errors import NoSuchStaff
from services.ticketing.people.repository import reaches
from services.ticketing.sessions import codes, hashing, passwords, repository
from services.ticketing.sessions.accounts import Account, account, goes_by
from services.ticketing.sessions.context import Context
from services.ticketing.sessions.errors import (
    NotRegistered,
    OtpAlreadyOn,
    OtpNeeded,
    OtpNotOn,
    OtpWrong,
    SignInRefused,
)
from services.ticketing.sessions.identities import PHONE, Candidate, find
from services.ticketing.sessions.limiter import purse, too_often
from services.ticketing.sessions.passwords import TOTP
from shared.auth import Principal
from shared.db.tx import Tx


async def _own(ctx: Context, who: Principal) -> Account:
    async with ctx.read(who.org) as tx:
        found = await account(tx, Candidate(who.org, "staff", who.sub))
    if found is None:
        raise NoSuchStaff
    return found


async def change_password(ctx: Context, who: Principal, current: str, password: str) -> None:
    """Change one's own password; all sessions end, this one too. Raises SignInRefused, PasswordWeak or TooOften.

    A stolen access token must not guess the password, so the tries have a back-off of their own.
    """
    passwords.judge(password, await _own(ctx, who))
    name = f"password:own:{who.org}:{who.sub}"
    async with ctx.tx() as tx:
        held = await purse(tx, ctx.vault, [name])
        wait = held.blocked(name, PASSWORD_BACKOFF)
        if wait > limits.ZERO:
            raise too_often(wait)
        held.fail(name, PASSWORD_BACKOFF)
        await held.store()
    async with ctx.read(who.org) as tx:
        row = await repository.credential(tx, who.sub, passwords.PASSWORD)
    if not await hashing.matches(None if row is None else bytes(row.secret), current):
        raise SignInRefused
    async with ctx.tx() as tx:
        held = await purse(tx, ctx.vault, [name])
        held.forgive(name)
        await held.store()
    stored = await hashing.hashed(password)
    async with ctx.tx(who.org, actor_id=who.sub) as tx:
        await passwords.set_password(tx, who.sub, stored)


async def set_by_code(ctx: Context, body: SetPasswordIn) -> int:
    """Set the password of the employee whose phone the code was sent to; in how many organisations.

    The password is judged before the code is used up, so that a weak one does not cost a message.

    Raises CodeWrong, TooOften, PasswordWeak, OtpNeeded, SignInRefused or NotRegistered.
    """
    passwords.judge(body.password, None)
    key = await codes.check(ctx, body.phone, body.code, body.challenge_id)
    async with ctx.plain() as raw:
        found = await find(raw, PHONE, key)
    accounts = []
    for candidate in found:
        if candidate.subject != "staff" or body.organisation_id not in (None, candidate.org_id):
            continue
        async with ctx.read(candidate.org_id) as tx:
            known = await account(tx, candidate)
        if known is not None and goes_by(known, PHONE, body.phone):
            passwords.judge(body.password, known)
            accounts.append(known)
    if not accounts:
        raise NotRegistered
    # A message alone must not get around the second factor.
    states = {a.candidate: await passwords.second_factor(ctx, a.candidate, body.otp) for a in accounts}
    passed = [candidate for candidate, state in states.items() if state == "passed"]
    if not passed:
        raise OtpNeeded if "wanted" in states.values() else SignInRefused
    stored = await hashing.hashed(body.password)
    for candidate in passed:
        async with ctx.tx(candidate.org_id, actor_id=candidate.subject_id) as tx:
            await passwords.set_password(tx, candidate.subject_id, stored)
    return len(passed)


async def begin_totp(ctx: Context, who: Principal) -> tuple[bytes, str]:
    """A new secret, which counts once its first code was shown; and what the app calls the account.

    Raises OtpAlreadyOn: whoever stole a session must not put their own factor in place of the owner's.
    """
    mine = await _own(ctx, who)
    secret = secrets.token_bytes(20)
    async with ctx.tx(who.org, actor_id=who.sub) as tx:
        row = await repository.credential(tx, who.sub, TOTP, lock=True)
        if row is not None and row.confirmed:
            raise OtpAlreadyOn
        await passwords.put(tx, who.sub, TOTP, passwords.sealed_totp(ctx.vault, secret), confirmed=False)
    return secret, mine.email or mine.organisation or "steward"


async def confirm_totp(ctx: Context, tx: Tx, who: Principal, otp: str) -> None:
    """Turn the second factor on by its first code. Raises OtpNotOn, OtpAlreadyOn or OtpWrong."""
    row = await repository.credential(tx, who.sub, TOTP, lock=True)
    if row is None:
        raise OtpNotOn
    if row.confirmed:
        raise OtpAlreadyOn
    step = totp.matching_step(ctx.vault.unseal(TOTP, bytes(row.secret)), otp, tx.wall, row.last_step)
    if step is None:
        raise OtpWrong
    await passwords.use_step(tx, who.sub, step, confirm=True)
    tx.audit("otp.on", "staff", who.sub)


async def remove_totp(ctx: Context, who: Principal, otp: str) -> None:
    """Turn one's own second factor off, by one of its codes. Raises OtpNotOn, OtpWrong or TooOften."""
    name = f"otp:own:{who.org}:{who.sub}"
    async with ctx.tx() as tx:
        held = await purse(tx, ctx.vault, [name])
        wait = held.blocked(name, PASSWORD_BACKOFF)
        if wait > limits.ZERO:
            raise too_often(wait)
        held.fail(name, PASSWORD_BACKOFF)
        await held.store()
    async with ctx.tx(who.org, actor_id=who.sub) as tx:
        row = await repository.credential(tx, who.sub, TOTP, lock=True)
        if row is None or not row.confirmed:
            raise OtpNotOn
        if totp.matching_step(ctx.vault.unseal(TOTP, bytes(row.secret)), otp, tx.wall, row.last_step) is None:
            raise OtpWrong
        await passwords.drop(tx, who.sub, TOTP)
        tx.audit("otp.off", "staff", who.sub)
    async with ctx.tx() as tx:
        held = await purse(tx, ctx.vault, [name])
        held.forgive(name)
        await held.store()


async def reset_totp(tx: Tx, who: Principal, subject_id: UUID, reason: str) -> None:
    """Take the second factor of somebody who lost it; their sessions end.

    Raises OtpNotOn, for employees outside the caller's reach as well.
    Nobody resets their own this way: that is what the factor guards against.
    """
    within = subject_id != who.sub and await reaches(tx, who, subject_id)
    if not within or not await passwords.drop(tx, subject_id, TOTP):
        raise OtpNotOn
    await repository.end_sessions(tx, subject_id, "password")
    tx.audit("otp.reset", "staff", subject_id, after={"reason": reason})
