"""From a proof to a session: which account is meant, what its tokens say, how it is kept and how it ends."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

import structlog

from services.ticketing.domain.grants.policy import ACCESS_LIFE, DOOR, session_life
from services.ticketing.domain.grants.rotation import judge, next_idle
from services.ticketing.grants._base import Fields, Proof, grants
from services.ticketing.grants.choice import choice_token
from services.ticketing.people.arrivals import by_phone
from services.ticketing.sessions import repository, tokens
from services.ticketing.sessions.accounts import Account, account, goes_by, is_organisation
from services.ticketing.sessions.context import Context
from services.ticketing.sessions.errors import NoSuchUnitOfYours, NotRegistered, SessionOver, SessionReused
from services.ticketing.sessions.identities import PHONE, Candidate, link, relink
from services.ticketing.sessions.issuer import issuer_of
from services.ticketing.sessions.limiter import take
from services.ticketing.sessions.origin import device_token
from services.ticketing.sessions.schemas import SessionOut, choice_out
from services.ticketing.sessions.secrets import Forged
from shared.db.tx import Tx
from shared.ids import uuid7

#: Ways to sign in that prove a phone; a work account belongs to staff, whom only the register makes.
_ARRIVES: Final = frozenset({"phone_code", "wechat"})
_SECONDS: Final = int(ACCESS_LIFE.total_seconds())

log = structlog.get_logger(__name__)


async def enter(ctx: Context) -> None:
    """Come through the door: everything that anybody may call counts here. Raises TooOften."""
    async with ctx.tx() as tx:
        await take(tx, ctx.vault, f"door:{ctx.network}", DOOR)


async def sign_in(ctx: Context, fields: Fields) -> SessionOut:
    """Sign somebody in by the grant that the fields name, or answer with the choice between several accounts.

    Raises what the grant raises, NotRegistered when nobody of the register stands behind the proof, and
    NoSuchUnitOfYours for units that are not the resident's.
    """
    grant = grants()[fields.grant]  # type: ignore[attr-defined]  # every grant's own fields name it
    proof = await grant.prove(ctx, fields)
    found = [a for a in await _accounts(ctx, proof) if fields.organisation_id in (None, a.candidate.org_id)]
    if not found:
        found = [await _arrive(ctx, proof, fields.organisation_id)]
    if len(found) > 1:
        return _choice(ctx, proof, found)
    return await _begin(ctx, proof, found[0], fields)


async def _arrive(ctx: Context, proof: Proof, organisation_id: UUID | None) -> Account:
    """The account of a proven phone that an organisation does not know: a resident without units, who may ask for one.

    Their tokens name no unit, and so read nothing but what is their own. Raises NotRegistered.
    """
    if proof.address is None or proof.address[0] != PHONE or proof.method not in _ARRIVES or organisation_id is None:
        raise NotRegistered
    async with ctx.tx(organisation_id) as tx:
        if not await is_organisation(tx):
            raise NotRegistered
        person_id = await by_phone(tx, ctx.vault, proof.address[1], None)
    async with ctx.read(organisation_id) as tx:
        known = await account(tx, Candidate(organisation_id, "person", person_id))
    if known is None:
        raise NotRegistered
    return known


async def _accounts(ctx: Context, proof: Proof) -> list[Account]:
    found = []
    for candidate in proof.candidates:
        async with ctx.read(candidate.org_id) as tx:
            known = await account(tx, candidate)
        if known is not None and (proof.address is None or goes_by(known, *proof.address)):
            found.append(known)
    return found


def _choice(ctx: Context, proof: Proof, found: Sequence[Account]) -> SessionOut:
    narrowed = Proof([a.candidate for a in found], proof.method, proof.address, proof.device, proof.links)
    return SessionOut(
        access_token=None,
        refresh_token=None,
        token_type="Bearer",
        expires_in=None,
        session_id=None,
        account=None,
        device_token=None,
        choice_token=choice_token(ctx, narrowed),
        choices=[choice_out(a) for a in found],
    )


async def _begin(ctx: Context, proof: Proof, known: Account, fields: Fields) -> SessionOut:
    who = known.candidate
    units = known.units(fields.unit_ids)
    if fields.unit_ids is not None and len(units) < len(set(fields.unit_ids)):
        raise NoSuchUnitOfYours
    issuer = issuer_of(ctx.rt)
    if who.subject == "client":
        access = await issuer.access_token(
            sub=who.subject_id, org=who.org_id, roles=known.roles, units=units, scope=known.scope
        )
        return _signed_in(known, access, None, None, None)
    first = tokens.first(who.org_id, uuid7())
    # Signed before it is stored: an installation without a key must leave no session behind.
    access = await issuer.access_token(
        sub=who.subject_id, org=who.org_id, roles=known.roles, units=units, sid=first.session_id
    )
    idle, life = session_life(known.is_staff)
    device = None if fields.device is None else fields.device.name
    async with ctx.tx(who.org_id, actor_id=who.subject_id) as tx:
        await repository.insert_session(
            tx,
            {
                "id": first.session_id,
                "subject_id": who.subject_id,
                "subject": who.subject,
                "method": proof.method,
                "unit_ids": None if fields.unit_ids is None else sorted(set(fields.unit_ids)),
                "device": device,
                "generation": first.generation,
                "token_hash": first.hash(),
                "previous_hash": None,
                "retry_hash": None,
                "idle_until": tx.wall + min(idle, life),
                "expires_at": tx.wall + life,
                "ended_at": None,
                "end_reason": None,
            },
        )
        for kind, key in proof.links:
            if proof.address is not None:
                await relink(tx, kind, key, proof.candidates)
            await link(tx, kind, key, who.subject, who.subject_id)
        tx.audit("session.started", "session", first.session_id, after={"method": proof.method})
    shown = None if proof.device is None else device_token(ctx.vault, *proof.device, ctx.now)
    return _signed_in(known, access, first.text(ctx.vault), first.session_id, shown)


def _signed_in(
    known: Account, access: str, refresh_token: str | None, session_id: UUID | None, device: str | None
) -> SessionOut:
    return SessionOut(
        access_token=access,
        refresh_token=refresh_token,
        token_type="Bearer",
        expires_in=_SECONDS,
        session_id=session_id,
        account=choice_out(known),
        device_token=device,
        choice_token=None,
        choices=None,
    )


async def refresh(ctx: Context, text: str, retry_key: str | None) -> SessionOut:
    """Take a refresh token and give its successor, with claims as they are now.

    ``retry_key``: the request's Idempotency-Key; the same request again, because its answer was lost, is answered
    again. Raises SessionOver, or SessionReused after ending the family.
    """
    try:
        shown = tokens.read(ctx.vault, text)
    except Forged as problem:
        raise SessionOver from problem
    retry_hash = None if retry_key is None else ctx.vault.hash("retry", retry_key)
    known: Account | None = None
    reused = False
    units: frozenset[UUID] = frozenset()
    following = shown.successor(ctx.vault, retry_hash)
    async with ctx.tx(shown.org_id) as tx:
        row = await repository.lock_session(tx, shown.session_id)
        if row is None:
            raise SessionOver
        outcome = judge(repository.family_of(row), shown.generation, shown.hash(), retry_hash, tx.wall)
        if outcome == "over":
            raise SessionOver
        if outcome == "reuse":
            reused = True
            await _end(tx, row.subject_id, row.id, "reuse")
        else:
            known = await account(tx, Candidate(tx.org_id, row.subject, row.subject_id))
            if known is None:
                await _end(tx, row.subject_id, row.id, "gone")
            else:
                units = known.units(row.unit_ids)
                if outcome == "rotate":
                    await repository.update_session(tx, row, _rotated(tx, row, known, shown, following, retry_hash))
    if reused:
        log.warning("session.reused", session_id=str(shown.session_id))
        raise SessionReused
    if known is None:
        raise SessionOver
    access = await issuer_of(ctx.rt).access_token(
        sub=known.candidate.subject_id, org=shown.org_id, roles=known.roles, units=units, sid=shown.session_id
    )
    return _signed_in(known, access, following.text(ctx.vault), shown.session_id, None)


def _rotated(
    tx: Tx, row: Any, known: Account, shown: tokens.RefreshToken, following: tokens.RefreshToken, retry: bytes | None
) -> dict[str, Any]:
    return {
        "generation": following.generation,
        "token_hash": following.hash(),
        "previous_hash": shown.hash(),
        "retry_hash": retry,
        "rotated_at": tx.wall,
        "idle_until": next_idle(tx.wall, session_life(known.is_staff)[0], row.expires_at),
    }


async def _end(tx: Tx, subject_id: UUID, session_id: UUID, reason: str) -> bool:
    ended = await repository.end_sessions(tx, subject_id, reason, only=session_id)
    for id in ended:
        tx.audit("session.ended", "session", id, after={"reason": reason})
    return bool(ended)


async def sign_out(tx: Tx, subject_id: UUID, session_id: UUID) -> bool:
    """End one of somebody's own sessions; False when there is no such living one."""
    return await _end(tx, subject_id, session_id, "signed_out")


async def end_all(tx: Tx, subject_id: UUID, *, but: UUID | None = None, reason: str = "everywhere") -> int:
    """End somebody's sessions: signing out everywhere, leaving the company, a role taken away in a hurry.

    Access tokens already given out end within ten minutes by themselves.
    """
    ended = await repository.end_sessions(tx, subject_id, reason, but=but)
    if ended:
        tx.audit("sessions.ended", "account", subject_id, after={"reason": reason, "count": len(ended)})
    return len(ended)
