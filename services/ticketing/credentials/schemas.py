"""What goes in and out of ``/ticketing/v1/credentials``."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import ConfigDict, Field

from services.ticketing.grants._base import DeviceIn
from services.ticketing.people.schemas import Phone
from shared.http.schemas import Input, Output

Secret = Annotated[str, Field(min_length=1, max_length=200)]
Otp = Annotated[str, Field(min_length=6, max_length=10)]


class ChangePasswordIn(Input):
    """The old password and the new one."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"current": "Tr4ktor-Himbeere", "password": "Regen&Schirm-Laden"}]}
    )

    current: Secret
    password: Annotated[Secret, Field(description="At least 10 characters, none of the well-known ones")]


class SetPasswordIn(Input):
    """A first or forgotten password, proven by a code sent to one's phone (`POST /sessions/codes`)."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"phone": "13900000001", "code": "482913", "password": "Regen&Schirm-Laden"}]}
    )

    phone: Phone
    code: Annotated[str, Field(min_length=1, max_length=20)]
    challenge_id: UUID | None = None
    password: Secret
    otp: Annotated[str | None, Field(max_length=10, description="Where the second factor is on")] = None
    organisation_id: Annotated[UUID | None, Field(description="Without it, in every organisation one works for")] = None
    device: DeviceIn | None = None


class PasswordSetOut(Output):
    """In how many organisations the password is good now; all sessions there have ended."""

    accounts: int


class TotpOut(Output):
    """The secret for the authenticator app; shown once, counts after its first code."""

    secret: str
    uri: Annotated[str, Field(description="`otpauth://…`, for a QR code")]


class OtpIn(Input):
    """A code of the authenticator app."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"otp": "287082"}]})

    otp: Otp


class ResetIn(Input):
    """Whose second factor is taken off, and why."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"subject_id": "0195712a-5e3c-7cc1-a8a5-1d5c0c1f3b77", "reason": "手机遗失，已当面核实身份"}]
        }
    )

    subject_id: UUID
    reason: Annotated[str, Field(min_length=4, max_length=300)]
