"""The second half of a sign-in that fitted several accounts: which of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any, Final, Literal
from uuid import UUID

from pydantic import Field

from services.ticketing.domain.grants.limits import Limit
from services.ticketing.domain.grants.policy import CHOICE_LIFE
from services.ticketing.grants import _base
from services.ticketing.sessions.context import Context
from services.ticketing.sessions.errors import ChoiceInvalid, TooOften
from services.ticketing.sessions.identities import Candidate
from services.ticketing.sessions.limiter import take
from services.ticketing.sessions.secrets import Forged
from shared.ids import uuid7

_PURPOSE: Final = "choice"
#: Once in the token's life, which is once.
_ONCE: Final = Limit(1, 2 * CHOICE_LIFE)

EXAMPLES: Final[Sequence[Mapping[str, Any]]] = (
    {"grant": "choice", "choice_token": "pO8s…", "choice": "0195712a-5e3c-7cc1-a8a5-1d5c0c1f3b77"},
)


class ChoiceFields(_base.Fields):
    """The token and the chosen account."""

    grant: Literal["choice"]
    choice_token: Annotated[str, Field(max_length=20_000)]
    choice: Annotated[UUID, Field(description="`id` of one of the `choices`")]


def choice_token(ctx: Context, proof: _base.Proof) -> str:
    """Seal a proof that fits several accounts; good for five minutes, once."""
    return ctx.vault.seal_text(
        _PURPOSE,
        {
            "id": str(uuid7()),
            "ends": (ctx.now + CHOICE_LIFE).isoformat(),
            "method": proof.method,
            "candidates": [[str(c.org_id), c.subject, str(c.subject_id)] for c in proof.candidates],
            "address": proof.address,
            "device": None if proof.device is None else [proof.device[0], proof.device[1].hex()],
            "links": [[kind, key.hex()] for kind, key in proof.links],
        },
    )


def _pair(value: Any) -> tuple[str, bytes]:
    return value[0], bytes.fromhex(value[1])


async def prove(ctx: Context, fields: ChoiceFields) -> _base.Proof:
    """The proof, narrowed to one account. Raises ChoiceInvalid.

    Opens what the first half sealed.
    """
    try:
        told = ctx.vault.unseal_text(_PURPOSE, fields.choice_token)
    except Forged as problem:
        raise ChoiceInvalid from problem
    if ctx.now >= datetime.fromisoformat(told["ends"]):
        raise ChoiceInvalid
    chosen = [
        Candidate(UUID(org), subject, UUID(id))
        for org, subject, id in told["candidates"]
        if UUID(id) == fields.choice
    ]
    if not chosen:
        raise ChoiceInvalid
    try:
        async with ctx.tx() as tx:
            await take(tx, ctx.vault, f"choice:{told['id']}", _ONCE)
    except TooOften as problem:
        raise ChoiceInvalid from problem
    address = None if told["address"] is None else (told["address"][0], told["address"][1])
    device = None if told["device"] is None else _pair(told["device"])
    return _base.Proof(chosen, told["method"], address, device, [_pair(link) for link in told["links"]])


GRANT: Final = _base.Grant(code="choice", fields=ChoiceFields, examples=EXAMPLES, prove=prove)
