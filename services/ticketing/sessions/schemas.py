"""What goes in and out of ``/ticketing/v1/sessions``."""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import ConfigDict, Field

from services.ticketing.grants._base import DeviceIn, grants
from services.ticketing.people.schemas import Phone
from services.ticketing.sessions.accounts import Account
from shared.http.schemas import Input, Output, UtcTime
from shared.masking import mask_name

_FIELDS: Any = reduce(or_, (grant.fields for _, grant in sorted(grants().items())))

#: A sign-in by any grant: each has its own fields, told apart by ``grant``.
SessionIn: Any = Annotated[_FIELDS, Field(discriminator="grant")]

#: Examples of every grant, for the documentation.
SIGN_IN_EXAMPLES = {
    code if n == 0 else f"{code}_{n + 1}": {"value": dict(example)}
    for code, grant in sorted(grants().items())
    for n, example in enumerate(grant.examples)
}


class CodeIn(Input):
    """Ask for a one-time code."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"phone": "13812341234"}]})

    phone: Phone
    device: DeviceIn | None = None
    organisation_id: Annotated[
        UUID | None, Field(description="Whose app it is: a phone that is not registered may then ask to be bound")
    ] = None


class CodeOut(Output):
    """A code is on its way, if the phone is registered or may ask to be; the answer does not tell."""

    challenge_id: UUID
    expires_in: Annotated[int, Field(description="Seconds for which the code is good")]
    resend_after: Annotated[int, Field(description="Seconds before asking again sends another message")]


class UnitChoiceOut(Output):
    """A unit of a resident."""

    id: UUID
    number: str
    community_id: UUID
    community: str


class ChoiceOut(Output):
    """One of several accounts that the proof fits."""

    id: UUID
    kind: Literal["person", "staff", "client"]
    organisation_id: UUID
    organisation: str
    name: Annotated[str | None, Field(description="Masked")]
    units: Annotated[list[UnitChoiceOut], Field(description="A resident's units; empty for staff")]


class SessionOut(Output):
    """Signed in, or asked to choose: then the tokens are null and `choices` are not."""

    access_token: str | None
    refresh_token: Annotated[str | None, Field(description="Good once; null for connected systems")]
    token_type: Literal["Bearer"]
    expires_in: Annotated[int | None, Field(description="Seconds of the access token")]
    session_id: UUID | None
    account: ChoiceOut | None
    device_token: Annotated[
        str | None, Field(description="Keep it on the device and show it next time: strangers cannot use up its tries")
    ]
    choice_token: Annotated[str | None, Field(description="For the grant `choice`, five minutes, once")]
    choices: list[ChoiceOut] | None


class RefreshIn(Input):
    """The session's present refresh token."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"refresh_token": "AZVxKl48fMGo…"}]})

    refresh_token: Annotated[str, Field(min_length=1, max_length=400)]


class EndAllIn(Input):
    """Sign out everywhere."""

    model_config = ConfigDict(json_schema_extra={"examples": [{}, {"keep_current": True}]})

    keep_current: Annotated[bool, Field(description="Leave the session of this very token alive")] = False
    subject_id: Annotated[
        UUID | None, Field(description="Somebody else's sessions; wants the power `session.end_others`")
    ] = None


class EndedOut(Output):
    """How many sessions ended."""

    ended: int


class SessionItemOut(Output):
    """One of one's own sessions."""

    id: UUID
    method: str
    device: str | None
    started_at: UtcTime
    last_used_at: UtcTime
    expires_at: UtcTime
    current: bool


class SessionsOut(Output):
    """One's living sessions, the latest used first."""

    items: list[SessionItemOut]


class ProviderOut(Output):
    """An outside account that people sign in with."""

    id: str
    grant: str
    app_id: str
    organisation_id: UUID | None


class MethodsOut(Output):
    """What an app may offer on its sign-in page."""

    grants: list[str]
    providers: list[ProviderOut]


class RebuildOut(Output):
    """The job that was given to the worker."""

    job_id: UUID


def choice_out(account: Account) -> ChoiceOut:
    """An account as a choice shows it."""
    return ChoiceOut(
        id=account.candidate.subject_id,
        kind=account.candidate.subject,
        organisation_id=account.candidate.org_id,
        organisation=account.organisation,
        name=mask_name(account.name),
        units=[
            UnitChoiceOut(id=home.id, number=home.number, community_id=home.community_id, community=home.community)
            for home in account.homes
        ],
    )
