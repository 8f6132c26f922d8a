"""What adapters hand over: a trade to be paid, the provider's checked word, and the shape of an adapter."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.billing.domain.orders import Said
from services.billing.domain.refunds import SaidBack
from services.billing.providers._config import Account


class NotTheirs(Exception):
    """A message that the provider did not sign, or that is meant for somebody else, or is too old.

    The text is for the log; whoever sent it learns nothing from the answer.
    """


class NoAnswer(Exception):
    """The provider did not answer, or not in a way that can be trusted: nothing is known."""


class Refused(Exception):
    """The provider refused to begin this trade or refund (a wrong payer, too little money); the text is its code."""


@dataclass(frozen=True, slots=True)
class Trade:
    """What the provider is asked to take. ``id`` is the order's, its number at the provider."""

    id: UUID
    amount_fen: int
    subject: str
    expires_at: datetime
    notify_url: str
    payer: str | None


@dataclass(frozen=True, slots=True)
class Word:
    """What a provider said of a trade, its signature, merchant and application checked."""

    order_id: UUID
    said: Said
    trade: str | None
    paid_at: datetime | None
    notification: str | None = None
    """The id of the notification, the same in every delivery of it."""


@dataclass(frozen=True, slots=True)
class Back:
    """What the provider is asked to give back of a trade. ``id`` is the refund's, its number at the provider."""

    id: UUID
    order_id: UUID
    total_fen: int
    amount_fen: int
    notify_url: str


@dataclass(frozen=True, slots=True)
class BackWord:
    """What a provider said of a refund, its signature and merchant checked."""

    refund_id: UUID
    order_id: UUID
    said: SaidBack
    trade: str | None
    at: datetime | None
    notification: str | None = None
    trouble: str | None = None
    """What it says is wrong, for a person to read."""


@dataclass(frozen=True, slots=True)
class Callback:
    """A request as it came in, before anybody believed it."""

    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Provider:
    """An adapter. ``start`` returns what the payer's device needs; all but ``hear`` may talk to the network."""

    code: str
    start: Callable[[Account, Trade], Awaitable[dict[str, str]]]
    ask: Callable[[Account, UUID], Awaitable[Word]]
    close: Callable[[Account, UUID], Awaitable[None]]
    hear: Callable[[Account, Callback, datetime], Word | BackWord]
    refund: Callable[[Account, Back], Awaitable[BackWord]]
    ask_refund: Callable[[Account, Back], Awaitable[BackWord]]
    thanks: tuple[int, str, str]
    """Status, body and media type that the provider takes for "heard, do not repeat"."""
    needs_payer: bool
