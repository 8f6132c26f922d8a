"""Staff: their Feishu (飞书) account, by the code of its authorisation page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Final, Literal

from pydantic import Field

from services.ticketing.grants import _accounts, _base
from services.ticketing.providers import feishu
from services.ticketing.sessions.context import Context
from services.ticketing.sessions.errors import ProviderUnknown

EXAMPLES: Final[Sequence[Mapping[str, Any]]] = (_accounts.example("feishu"),)


class FeishuFields(_base.Fields):
    """A login code, with what the page was opened with."""

    grant: Literal["feishu"]
    code: Annotated[str, Field(min_length=1, max_length=512)]
    redirect_uri: Annotated[str | None, Field(max_length=500)] = None
    code_verifier: Annotated[str | None, Field(min_length=43, max_length=128)] = None
    provider: Annotated[str | None, Field(max_length=40, description="Which, if several are set up")] = None


async def prove(ctx: Context, fields: FeishuFields) -> _base.Proof:
    """Ask Feishu. Raises ProviderUnknown, ProviderRefused, ProviderDown or NotRegistered.

    The tenant's users; the account is linked to the employee with the user's phone number.
    """
    provider = _accounts.provider_of(ctx, "feishu", fields.provider)
    if fields.redirect_uri is not None and fields.redirect_uri not in provider.redirect_uris:
        raise ProviderUnknown
    found = await feishu.identify(provider, fields.code, fields.redirect_uri, fields.code_verifier)
    return await _accounts.proof_of(ctx, provider, found, "staff")


GRANT: Final = _base.Grant(code="feishu", fields=FeishuFields, examples=EXAMPLES, prove=prove)
