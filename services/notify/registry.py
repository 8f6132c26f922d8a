"""The channels there are, found by discovery once per process."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from services.notify.domain.channels import Channel
from shared.registry import discover


@cache
def channels() -> Mapping[str, Channel]:
    """All channels by code; a new one is a file in channels/."""
    found: Mapping[str, Channel] = discover("services.notify.channels", "CHANNEL")
    return found
