"""From an outside account to people of the register: by the account itself, or, the first time, by phone or e-mail."""

from __future__ import annotations

from typing import Any

from services.ticketing.grants._base import Proof
from services.ticketing.providers._config import Provider, configured
from services.ticketing.providers._found import Found
from services.ticketing.sessions.context import Context
from services.ticketing.sessions.errors import NotRegistered, ProviderUnknown
from services.ticketing.sessions.identities import EMAIL, PHONE, Candidate, Subject, find, key_of


def provider_of(ctx: Context, grant: str, name: str | None) -> Provider:
    """The provider that a request means: by its name, or the only one of its grant. Raises ProviderUnknown."""
    found = [p for p in configured(ctx.rt.settings) if p.grant == grant and name in (None, p.id)]
    if len(found) != 1:
        raise ProviderUnknown
    return found[0]


async def proof_of(ctx: Context, provider: Provider, found: Found, subject: Subject) -> Proof:
    """Whom an outside account stands for. Raises NotRegistered.

    The account's own ids come first; what the provider vouches for (phone, e-mail address) finds a person who has not
    signed in this way before, if the provider's configuration trusts it for that, and the account is linked then.
    """
    links = links_of(ctx, found)
    async with ctx.plain() as raw:
        for kind, key in links:
            known = _of(provider, subject, await find(raw, kind, key))
            if known:
                return Proof(known, provider.grant, links=links)
        for kind, told in ((PHONE, found.phone), (EMAIL, found.email)):
            if told and kind in provider.link_by:
                known = _of(provider, subject, await find(raw, kind, key_of(ctx.vault, kind, told)))
                if known:
                    return Proof(known, provider.grant, address=(kind, told), links=links)
    raise NotRegistered


def links_of(ctx: Context, found: Found) -> list[tuple[str, bytes]]:
    """The keys under which an outside account is remembered."""
    return [(kind, key_of(ctx.vault, kind, address)) for kind, address in found.ids]


def _of(provider: Provider, subject: Subject, found: list[Candidate]) -> list[Candidate]:
    return [c for c in found if c.subject == subject and provider.org in (None, c.org_id)]


def example(grant: str, **more: Any) -> dict[str, Any]:
    """A request of a work account, for the documentation."""
    return {"grant": grant, "code": "0f3c1e2d9b8a7c6d", **more}
