"""Staff: the organisation's own OpenID Connect provider, by authorisation code with PKCE."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Final, Literal

from pydantic import Field

from services.ticketing.grants import _accounts, _base
from services.ticketing.providers import oidc
from services.ticketing.sessions.context import Context
from services.ticketing.sessions.errors import ProviderUnknown

EXAMPLES: Final[Sequence[Mapping[str, Any]]] = (
    _accounts.example(
        "oidc",
        redirect_uri="https://portal.example.com/signed-in",
        code_verifier="dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk",
        nonce="n-0S6_WzA2Mj",
    ),
)


class OidcFields(_base.Fields):
    """An authorisation code, with what the page was opened with."""

    grant: Literal["oidc"]
    code: Annotated[str, Field(min_length=1, max_length=2048)]
    redirect_uri: Annotated[str, Field(max_length=500)]
    code_verifier: Annotated[str | None, Field(min_length=43, max_length=128)] = None
    nonce: Annotated[str | None, Field(max_length=200, description="As sent to the provider; compared")] = None
    provider: Annotated[str | None, Field(max_length=40, description="Which, if several are set up")] = None


async def prove(ctx: Context, fields: OidcFields) -> _base.Proof:
    """Ask the provider. Raises ProviderUnknown, ProviderRefused, ProviderDown or NotRegistered.

    Whoever the provider knows; linked by a verified phone number or e-mail address.
    """
    provider = _accounts.provider_of(ctx, "oidc", fields.provider)
    if fields.redirect_uri not in provider.redirect_uris:
        raise ProviderUnknown
    found = await oidc.identify(
        provider, fields.code, fields.redirect_uri, fields.code_verifier, fields.nonce
    )
    return await _accounts.proof_of(ctx, provider, found, "staff")


GRANT: Final = _base.Grant(code="oidc", fields=OidcFields, examples=EXAMPLES, prove=prove)
