"""Owners: the phone number and the one-time code that was sent to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Final, Literal
from uuid import UUID

from pydantic import Field

from services.ticketing.grants import _base
from services.ticketing.people.schemas import Phone
from services.ticketing.sessions import codes
from services.ticketing.sessions.context import Context
from services.ticketing.sessions.identities import PHONE, find

EXAMPLES: Final[Sequence[Mapping[str, Any]]] = (
    {"grant": "phone_code", "phone": "13812341234", "code": "482913"},
    {
        "grant": "phone_code",
        "phone": "13812341234",
        "code": "482913",
        "challenge_id": "0195712a-5e3c-7cc1-a8a5-1d5c0c1f3b77",
        "device": {"name": "张伟的手机"},
    },
)


class PhoneCodeFields(_base.Fields):
    """A phone and the code it received."""

    grant: Literal["phone_code"]
    phone: Phone
    code: Annotated[str, Field(min_length=1, max_length=20)]
    challenge_id: Annotated[
        UUID | None, Field(description="From `POST /sessions/codes`; wanted when the network changed in between")
    ] = None


async def prove(ctx: Context, fields: PhoneCodeFields) -> _base.Proof:
    """Use the code up. Raises CodeWrong or TooOften.

    Residents only: one message is too little for an employee's powers.
    """
    key = await codes.check(ctx, fields.phone, fields.code, fields.challenge_id)
    async with ctx.plain() as raw:
        found = await find(raw, PHONE, key)
    residents = [candidate for candidate in found if candidate.subject == "person"]
    return _base.Proof(residents, "phone_code", address=(PHONE, fields.phone), device=(PHONE, key))


GRANT: Final = _base.Grant(code="phone_code", fields=PhoneCodeFields, examples=EXAMPLES, prove=prove)
