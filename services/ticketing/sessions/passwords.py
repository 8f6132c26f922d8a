"""Passwords of staff: checked with a budget, set under the rules, with the second factor where it is on."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final
from uuid import UUID

from sqlalchemy import delete, update

from services.ticketing.domain.grants import limits, totp
from services.ticketing.domain.grants.passwords import DIFFERENT, LONGEST, SHORTEST, Bloom, weakness
from services.ticketing.domain.grants.policy import PASSWORD_BACKOFF, PASSWORD_SPRAY, PASSWORD_STRANGERS
from services.ticketing.models import credentials
from services.ticketing.sessions import hashing, repository
from services.ticketing.sessions.accounts import Account
from services.ticketing.sessions.context import Context
from services.ticketing.sessions.errors import OtpNeeded, PasswordWeak, SignInBusy, SignInRefused
from services.ticketing.sessions.identities import Candidate, find, key_of
from services.ticketing.sessions.limiter import give_back, purse, take, too_often
from services.ticketing.sessions.secrets import Vault
from shared.db.helpers import insert_rows
from shared.db.tx import Tx
from shared.errors import FieldError
from shared.ids import uuid7

PASSWORD: Final = "password"
TOTP: Final = "totp"
#: Accounts of one login whose passwords are compared; nobody works for more organisations than that.
_MOST: Final = 5

_WHY: Final = {
    "short": (f"密码至少 {SHORTEST} 位", f"A password has at least {SHORTEST} characters"),
    "long": (f"密码最多 {LONGEST} 位", f"A password has at most {LONGEST} characters"),
    "simple": (
        f"密码过于简单：不能全是数字，且至少有 {DIFFERENT} 个不同字符",
        f"Too simple: not digits alone, and at least {DIFFERENT} different characters",
    ),
    "common": ("该密码太常见，请换一个", "This password is among those that everybody tries first"),
    "about_you": ("密码不能包含您的手机号、邮箱或姓名", "A password may not contain your phone, e-mail or name"),
}


@cache
def known_passwords() -> Bloom:
    """The shipped list of common passwords."""
    return Bloom.loads((files("services.ticketing.sessions") / "common_passwords.txt").read_text())


async def check(
    ctx: Context, kind: str, address: str, password: str, otp: str | None, org_id: UUID | None
) -> tuple[list[Candidate], bytes]:
    """The accounts of this login whose password this is, and the login's key.

    The try is counted before it is compared and forgiven when it was right, so that a hundred at once are a hundred.

    Raises SignInRefused, OtpNeeded, TooOften or SignInBusy.
    """
    key = key_of(ctx.vault, kind, address)
    attempt = _Attempt.of(ctx, kind, key)
    await attempt.count()
    try:
        right = await _right(ctx, kind, key, password, org_id)
    except SignInBusy:
        await attempt.take_back()  # nothing was compared
        raise
    passed, wanted = [], False
    for candidate in right:
        state = await second_factor(ctx, candidate, otp)
        wanted = wanted or state == "wanted"
        if state == "passed":
            passed.append(candidate)
    if passed:
        await attempt.take_back(forgive=True)
        return passed, key
    if wanted:
        # No failure, but no success either: or whoever knows the password could guess its second factor for ever.
        await attempt.take_back()
        raise OtpNeeded
    raise SignInRefused


@dataclass(frozen=True, slots=True)
class _Attempt:
    """One try at a login: in its lane, and, of strangers, in the ceilings of the login and of the network."""

    ctx: Context
    lane: str
    everybody: str
    spray: str
    known: bool

    @classmethod
    def of(cls, ctx: Context, kind: str, key: bytes) -> _Attempt:
        lane, known = ctx.lane(kind, key)
        return cls(
            ctx, f"password:{lane}", f"password:all:{kind}:{key.hex()}", f"password:net:{ctx.network}", known
        )

    @property
    def _names(self) -> list[str]:
        return [self.lane] if self.known else [self.lane, self.everybody]

    async def count(self) -> None:
        """Count it as a failure. Raises TooOften, having counted nothing in the lane."""
        async with self.ctx.tx() as tx:
            held = await purse(tx, self.ctx.vault, self._names)
            wait = held.blocked(self.lane, PASSWORD_BACKOFF)
            if not self.known:
                wait = max(wait, held.wait(self.everybody, PASSWORD_STRANGERS))
            if wait > limits.ZERO:
                raise too_often(wait)
            held.fail(self.lane, PASSWORD_BACKOFF)
            if not self.known:
                held.spend(self.everybody, PASSWORD_STRANGERS)
            await held.store()
        if not self.known:
            # On its own, for everybody of a network waits for this row.
            async with self.ctx.tx() as tx:
                await take(tx, self.ctx.vault, self.spray, PASSWORD_SPRAY)

    async def take_back(self, *, forgive: bool = False) -> None:
        """It was no failure; ``forgive``: those before it in the lane are forgotten, too."""
        async with self.ctx.tx() as tx:
            held = await purse(tx, self.ctx.vault, self._names)
            if forgive:
                held.forgive(self.lane)
            else:
                held.retract(self.lane)
            if not self.known:
                held.refund(self.everybody, PASSWORD_STRANGERS)
            await held.store()
        if not self.known:
            async with self.ctx.tx() as tx:
                await give_back(tx, self.ctx.vault, self.spray, PASSWORD_SPRAY)


async def _right(ctx: Context, kind: str, key: bytes, password: str, org_id: UUID | None) -> list[Candidate]:
    async with ctx.plain() as raw:
        found = await find(raw, kind, key)
    staff = [c for c in found if c.subject == "staff" and org_id in (None, c.org_id)][:_MOST]
    right = []
    for candidate in staff:
        async with ctx.read(candidate.org_id) as tx:
            row = await repository.credential(tx, candidate.subject_id, PASSWORD)
        stored = None if row is None else bytes(row.secret)
        if await hashing.matches(stored, password):
            right.append(candidate)
            if stored is not None and hashing.is_dated(stored):
                await _renew(ctx, candidate, stored, await hashing.hashed(password))
    if not staff:
        await hashing.matches(None, password)  # an unknown login takes as long as a wrong password
    return right


async def _renew(ctx: Context, candidate: Candidate, old: bytes, new: bytes) -> None:
    """Store the same password under today's parameters, unless it was changed meanwhile."""
    c = credentials.c
    async with ctx.tx(candidate.org_id, actor_id=candidate.subject_id) as tx:
        await tx.execute(
            update(credentials)
            .where(c.org_id == tx.org_id, c.subject_id == candidate.subject_id, c.kind == PASSWORD, c.secret == old)
            .values(secret=new, updated_at=tx.wall)
        )


async def second_factor(ctx: Context, candidate: Candidate, otp: str | None) -> str:
    """``passed`` (or not on), ``wanted`` (on and not given), ``wrong``."""
    async with ctx.tx(candidate.org_id, actor_id=candidate.subject_id) as tx:
        row = await repository.credential(tx, candidate.subject_id, TOTP, lock=True)
        if row is None or not row.confirmed:
            return "passed"
        if otp is None:
            return "wanted"
        step = totp.matching_step(ctx.vault.unseal(TOTP, bytes(row.secret)), otp, tx.wall, row.last_step)
        if step is None:
            return "wrong"
        await use_step(tx, candidate.subject_id, step)
        return "passed"


async def use_step(tx: Tx, subject_id: UUID, step: int, *, confirm: bool = False) -> None:
    """Remember a used code, and that the secret works."""
    c = credentials.c
    values = {"last_step": step, "updated_at": tx.wall, **({"confirmed": True} if confirm else {})}
    await tx.execute(
        update(credentials).where(c.org_id == tx.org_id, c.subject_id == subject_id, c.kind == TOTP).values(**values)
    )


def judge(password: str, account: Account | None) -> None:
    """Raise PasswordWeak unless a password may be used by this person."""
    about = [] if account is None else [fact for fact in (account.phone, account.email, account.name) if fact]
    why = weakness(password, known_passwords(), about)
    if why is not None:
        raise PasswordWeak(fields=[FieldError("password", *_WHY[why])])


async def set_password(tx: Tx, subject_id: UUID, stored: bytes) -> None:
    """Give somebody a password (already hashed: hashing takes too long for a transaction) and end their sessions."""
    await put(tx, subject_id, PASSWORD, stored, confirmed=True)
    await repository.end_sessions(tx, subject_id, "password")
    tx.audit("password.set", "staff", subject_id)


async def put(tx: Tx, subject_id: UUID, kind: str, secret: bytes, *, confirmed: bool) -> None:
    """Store a credential in place of the one of its kind."""
    c = credentials.c
    row = await repository.credential(tx, subject_id, kind, lock=True)
    if row is not None:
        await tx.execute(
            update(credentials)
            .where(c.org_id == tx.org_id, c.id == row.id)
            .values(
                secret=secret, confirmed=confirmed, last_step=None, version=row.version + 1, updated_at=tx.wall
            )
        )
        return
    values = {
        "id": uuid7(),
        "version": 1,
        "created_at": tx.wall,
        "updated_at": tx.wall,
        "subject_id": subject_id,
        "kind": kind,
        "secret": secret,
        "confirmed": confirmed,
        "last_step": None,
    }
    await insert_rows(tx, credentials, [values])


async def drop(tx: Tx, subject_id: UUID, kind: str) -> bool:
    """Take a credential away; False when there was none."""
    c = credentials.c
    rows = await tx.rows(
        delete(credentials)
        .where(c.org_id == tx.org_id, c.subject_id == subject_id, c.kind == kind)
        .returning(c.id)
    )
    return bool(rows)


def sealed_totp(vault: Vault, secret: bytes) -> bytes:
    """A TOTP secret as it is stored."""
    return vault.seal(TOTP, secret)
