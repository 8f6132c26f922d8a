"""The channels and providers there are, found by discovery once per process."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

from services.notify.domain.channels import Channel, Provider
from shared.registry import discover


@cache
def channels() -> Mapping[str, Channel]:
    """All channels by code; a new one is a file in channels/."""
    found: Mapping[str, Channel] = discover("services.notify.channels", "CHANNEL")
    return found


@cache
def providers() -> Mapping[str, Provider]:
    """All providers by code; a new one is a file in channels/providers/."""
    found: Mapping[str, Provider] = discover("services.notify.channels.providers", "PROVIDER")
    return found


def providers_of(channel: Channel) -> list[Provider]:
    """Who carries this channel's messages here, in the order they are asked; a channel may be its own provider."""
    if channel.open is not None:
        own = Provider(
            channel.code, channel.code, channel.enabled, channel.open, channel.classify, apart=channel.apart
        )
        return [own] if channel.enabled() else []
    named = channel.providers() if channel.providers is not None else ()
    known = [providers()[code] for code in named if code in providers()]
    return [provider for provider in known if provider.channel == channel.code and provider.enabled()]


def usable(own: Mapping[str, Sequence[str]]) -> list[Channel]:
    """The channels by which messages leave the house here; people bring them only where `own`, an organisation's routes
    by class, says so."""
    named = {code for codes in own.values() for code in codes}
    return [
        channel
        for code, channel in channels().items()
        if channel.outside and channel.enabled() and (not channel.by_hand or code in named)
    ]


def kinds_of(channel: Channel) -> frozenset[str]:
    """The kinds of address by which somebody is reached over this channel here."""
    kinds = {provider.address or channel.address for provider in providers_of(channel)}
    return frozenset(kind for kind in kinds if kind is not None)
