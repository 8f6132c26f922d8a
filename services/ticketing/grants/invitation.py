"""Staff: the code of an invitation, and the password that is to be theirs from now on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Final, Literal

from pydantic import Field

from services.ticketing.grants import _base
from services.ticketing.grants.password import address_of
from services.ticketing.invitations.redeem import redeem
from services.ticketing.sessions.context import Context
from services.ticketing.sessions.identities import key_of

EXAMPLES: Final[Sequence[Mapping[str, Any]]] = (
    {"grant": "invitation", "login": "13900000001", "code": "48291307", "password": "Regen&Schirm-Laden"},
)


class InvitationFields(_base.Fields):
    """The address the code was sent to, the code, and the new password."""

    grant: Literal["invitation"]
    login: Annotated[str, Field(min_length=3, max_length=254, description="The phone or e-mail the code came by")]
    code: Annotated[str, Field(min_length=1, max_length=20)]
    password: Annotated[str, Field(min_length=1, max_length=200, description="To be set; the rules are those of any")]
    otp: Annotated[str | None, Field(max_length=10, description="Where the second factor is on")] = None


async def prove(ctx: Context, fields: InvitationFields) -> _base.Proof:
    """Use the code up and set the password. Raises CodeWrong, TooOften, PasswordWeak, OtpNeeded or SignInRefused."""
    kind, address = address_of(fields.login)
    who = await redeem(ctx, kind, address, fields.code, fields.password, fields.otp, fields.organisation_id)
    return _base.Proof([who], "invitation", address=(kind, address), device=(kind, key_of(ctx.vault, kind, address)))


GRANT: Final = _base.Grant(code="invitation", fields=InvitationFields, examples=EXAMPLES, prove=prove)
