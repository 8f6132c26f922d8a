"""Staff: their WeCom (企业微信) account, by the code of its login page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Final, Literal

from pydantic import Field

from services.ticketing.grants import _accounts, _base
from services.ticketing.providers import wecom
from services.ticketing.sessions.context import Context

EXAMPLES: Final[Sequence[Mapping[str, Any]]] = (_accounts.example("wecom"),)


class WeComFields(_base.Fields):
    """A login code."""

    grant: Literal["wecom"]
    code: Annotated[str, Field(min_length=1, max_length=512)]
    provider: Annotated[str | None, Field(max_length=40, description="Which, if several are set up")] = None


async def prove(ctx: Context, fields: WeComFields) -> _base.Proof:
    """Ask WeCom. Raises ProviderUnknown, ProviderRefused, ProviderDown or NotRegistered.

    The company's members; the account is linked to the employee with the member's phone number.
    """
    provider = _accounts.provider_of(ctx, "wecom", fields.provider)
    return await _accounts.proof_of(ctx, provider, await wecom.identify(provider, fields.code), "staff")


GRANT: Final = _base.Grant(code="wecom", fields=WeComFields, examples=EXAMPLES, prove=prove)
