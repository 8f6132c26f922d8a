"""Which sender this installation uses for one-time codes."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Final

from services.ticketing.providers.senders._base import Sender
from shared.registry import discover
from shared.runtime import Runtime
from shared.settings import ConfigurationError, ServiceSettings

#: Where a process may keep another sender than the settings name (tests listen so).
STATE: Final = "code_sender"


@cache
def senders() -> Mapping[str, Sender]:
    """All senders by code."""
    return discover("services.ticketing.providers.senders", "SENDER")


def configured(settings: ServiceSettings) -> Sender | None:
    """The sender of the settings; None when codes cannot be sent. Raises ConfigurationError for a wrong name."""
    production = settings.mode == "production"
    code: str = getattr(settings, "code_sender", "") or ("" if production else "log")
    if not code:
        return None
    sender = senders().get(code)
    if sender is None:
        raise ConfigurationError(f"STEWARD_TICKETING_CODE_SENDER is one of {', '.join(sorted(senders()))}, not {code}.")
    if production and sender.development:
        raise ConfigurationError(f"Production mode refuses the code sender {code}: logs are read by many.")
    return sender


def sender_of(rt: Runtime) -> Sender | None:
    """This process's sender, or None."""
    found: Sender | None = rt.state.get(STATE) or configured(rt.settings)
    return found
