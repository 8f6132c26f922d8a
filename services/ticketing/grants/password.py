"""Staff: phone or e-mail address, password, and the authenticator app's code where it is on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Final, Literal

from pydantic import Field

from services.ticketing.grants import _base
from services.ticketing.sessions import passwords
from services.ticketing.sessions.context import Context
from services.ticketing.sessions.errors import SignInRefused
from services.ticketing.sessions.identities import EMAIL, PHONE
from shared.masking import normal_phone

EXAMPLES: Final[Sequence[Mapping[str, Any]]] = (
    {"grant": "password", "login": "13900000001", "password": "Tr4ktor-Himbeere"},
    {"grant": "password", "login": "chen@example.com", "password": "Tr4ktor-Himbeere", "otp": "287082"},
)


class PasswordFields(_base.Fields):
    """Login and password."""

    grant: Literal["password"]
    login: Annotated[str, Field(min_length=3, max_length=254, description="Phone number or e-mail address")]
    password: Annotated[str, Field(min_length=1, max_length=200)]
    otp: Annotated[str | None, Field(max_length=10, description="The authenticator app's code")] = None


def address_of(login: str) -> tuple[str, str]:
    """Whether a login is an e-mail address or a phone number, in its normal form. Raises SignInRefused for neither."""
    if "@" in login:
        return EMAIL, login.lower()
    try:
        return PHONE, normal_phone(login)
    except ValueError as problem:
        raise SignInRefused from problem


async def prove(ctx: Context, fields: PasswordFields) -> _base.Proof:
    """Check the password. Raises SignInRefused, OtpNeeded, TooOften or SignInBusy.

    One login may have accounts in several organisations; those whose password fits remain.
    """
    kind, address = address_of(fields.login)
    found, key = await passwords.check(ctx, kind, address, fields.password, fields.otp, fields.organisation_id)
    return _base.Proof(found, "password", address=(kind, address), device=(kind, key))


GRANT: Final = _base.Grant(code="password", fields=PasswordFields, examples=EXAMPLES, prove=prove)
