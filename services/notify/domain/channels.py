"""What a channel is: a way to reach a person, one file in channels/ each.

A channel with a network is called between transactions by the sending job; one without writes rows in the
transaction of the event. The core knows neither SMTP nor any provider.
"""

from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any, Protocol

from services.notify.domain.delivery import Outcome, Result


@dataclass(frozen=True)
class Outgoing:
    """One message on its way: `key` is the same for every attempt, so that the far side can recognise a
    repetition."""

    key: str
    address: str
    title: str
    body: str
    locale: str


class Session(Protocol):
    """An open connection to a provider, used for a batch."""

    async def send(self, message: Outgoing) -> Result:
        """One attempt. Never raises for what the far side does: every such case is an Outcome."""
        ...


@dataclass(frozen=True)
class Example:
    """A case a channel's `classify` must judge so: what happened, in the channel's own terms, and the
    outcome."""

    what: str
    happened: Mapping[str, Any]
    outcome: Outcome


@dataclass(frozen=True)
class Channel:
    """A plug-in: its code, which contact field it needs, whether it is set up here, and how to open a
    session.

    `address` names the contact's field (None: the person is enough, as for the in-app inbox). `open` is
    None for a channel without a network.
    """

    code: str
    zh: str
    en: str
    address: str | None
    enabled: Callable[[], bool]
    open: Callable[[], AbstractAsyncContextManager[Session]] | None = None
    classify: Callable[..., Result] | None = None
