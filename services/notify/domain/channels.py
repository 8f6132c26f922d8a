"""What a channel is: a way to reach a person, one file in channels/ each; and a provider of one.

A channel with a network is called between transactions by the sending job; one without writes rows in the
transaction of the event. The core knows neither SMTP nor any provider.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from services.notify.domain.delivery import Outcome, Result


@dataclass(frozen=True)
class ProviderTemplate:
    """A template of ours as one provider knows it: its `code` there, the signature, and which of our
    variables it wants, in its order."""

    code: str
    signature: str
    parameters: Sequence[str]

    def pairs(self) -> list[tuple[str, str]]:
        """(their name, ours) of each parameter: `thing1=place` gives our `place` as their `thing1`, and `place` alone
        is called so on both sides."""
        split = [name.partition("=") for name in self.parameters]
        return [(theirs, ours or theirs) for theirs, _, ours in split]


@dataclass(frozen=True)
class Outgoing:
    """One message on its way: `key` is the same for every attempt, so that the far side can recognise a
    repetition; `echo` is signed and comes back with the receipt.

    `variables` are the values as the reader sees them, for providers that set the text themselves;
    `provider_template` is theirs, approved, where the provider needs one.
    """

    key: str
    address: str
    title: str
    body: str
    locale: str
    echo: str = ""
    variables: Mapping[str, str] = field(default_factory=dict)
    provider_template: ProviderTemplate | None = None


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
class Receipt:
    """What a provider reports of a message it took: `echo` as we gave it, `reference` its own id."""

    echo: str
    reference: str
    arrived: bool
    code: str
    at: datetime | None = None


@dataclass(frozen=True)
class Receipts:
    """How a provider's callbacks are read. `token` is the secret in the callback's address (None: none are
    taken), `parse` reads the body (ValueError where it is none), `answer` is what the provider wants to hear."""

    token: Callable[[], str | None]
    parse: Callable[[bytes], Sequence[Receipt]]
    answer: Mapping[str, Any]


@dataclass(frozen=True)
class Provider:
    """Somebody who carries messages of a channel: a file in channels/providers/, or the channel itself.

    `rate` is the most calls a second of one process, None for no limit. `needs_template`: the provider sets
    the text itself, from a template that it has approved; without one it is passed over. `address` is the kind of
    account that it writes to, where that is not the channel's. `permit` is for those who take a message only against
    a permit that the reader gave: the codes by which they say that there is none left. `link` finds out which account
    a code of theirs, made by the app, stands for. `apart`: behind each address is a service of its own, so that one
    which is down says nothing about the others.
    """

    code: str
    channel: str
    enabled: Callable[[], bool]
    open: Callable[[], AbstractAsyncContextManager[Session]]
    classify: Callable[..., Result] | None = None
    rate: Callable[[], int | None] = lambda: None
    needs_template: bool = False
    receipts: Receipts | None = None
    address: str | None = None
    permit: frozenset[str] | None = None
    link: Callable[[str], Awaitable[str | Result]] | None = None
    apart: bool = False


@dataclass(frozen=True)
class Channel:
    """A plug-in: its code, which contact field it needs, whether it is set up here, and how to open a
    session.

    `address` names the contact's field (None: the person is enough, as for the in-app inbox). `open` is
    None for a channel without a network, and for one with `providers`, named in the order they are asked.
    `rings`: it makes a telephone ring, so that quiet hours hold it back. `by_hand`: people bring its messages. `apart`
    as of a provider.
    """

    code: str
    zh: str
    en: str
    address: str | None
    enabled: Callable[[], bool]
    open: Callable[[], AbstractAsyncContextManager[Session]] | None = None
    classify: Callable[..., Result] | None = None
    providers: Callable[[], Sequence[str]] | None = None
    rings: bool = False
    by_hand: bool = False
    apart: bool = False

    @property
    def outside(self) -> bool:
        """Whether its messages leave the house, as deliveries."""
        return self.open is not None or self.providers is not None
