"""Owners in the WeChat mini-program: its login code, and the first time the code of a shared phone number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Annotated, Any, Final, Literal

from pydantic import Field

from services.ticketing.grants import _accounts, _base
from services.ticketing.providers import wechat
from services.ticketing.sessions.context import Context
from services.ticketing.sessions.errors import NotRegistered, PhoneNeeded
from services.ticketing.sessions.identities import PHONE

EXAMPLES: Final[Sequence[Mapping[str, Any]]] = (
    {"grant": "wechat", "login_code": "0e3xkQ000YyV5S1", "phone_code": "e3140c8de58e9b"},
    {"grant": "wechat", "login_code": "0e3xkQ000YyV5S1"},
)


class WechatFields(_base.Fields):
    """What ``wx.login`` and the phone number button give."""

    grant: Literal["wechat"]
    login_code: Annotated[str, Field(min_length=1, max_length=128, description="From `wx.login`")]
    phone_code: Annotated[
        str | None,
        Field(min_length=1, max_length=128, description="From `getPhoneNumber`; the first time, or to link anew"),
    ] = None
    provider: Annotated[str | None, Field(max_length=40, description="Which mini-program, if several")] = None


async def prove(ctx: Context, fields: WechatFields) -> _base.Proof:
    """Ask WeChat. Raises ProviderUnknown, ProviderRefused, ProviderDown, PhoneNeeded or NotRegistered.

    A shared phone number decides, also for an account that was linked before: phones change hands, and so do
    WeChat accounts.

    WeChat vouches for the phone number, so no message is sent and no limit of codes applies.
    """
    provider = _accounts.provider_of(ctx, "wechat", fields.provider)
    found = await wechat.session(provider, fields.login_code)
    if fields.phone_code is None:
        try:
            return await _accounts.proof_of(ctx, provider, found, "person")
        except NotRegistered as unknown:
            raise PhoneNeeded from unknown
    phone = await wechat.phone(provider, fields.phone_code)
    by_phone = replace(found, ids=(), phone=phone)
    links = _accounts.links_of(ctx, found)
    try:
        proof = await _accounts.proof_of(ctx, provider, by_phone, "person")
    except NotRegistered:
        # A phone that WeChat vouches for may ask the organisation of its mini-program to be bound to a unit.
        if PHONE not in provider.link_by or provider.org not in (None, fields.organisation_id):
            raise
        return _base.Proof([], "wechat", address=(PHONE, phone), links=links)
    return replace(proof, links=links)


GRANT: Final = _base.Grant(code="wechat", fields=WechatFields, examples=EXAMPLES, prove=prove)
