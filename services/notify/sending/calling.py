"""One attempt at each of a group of deliveries: the providers of its channel in order, no transaction open.

A provider that did not take the message, for a reason that is not the message's, is followed by the next one
at once; what may have been handed over is not. Breakers and paces are this process's own: they protect, they
decide nothing that must survive it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import structlog

from services.notify.domain.breaker import WELL, Breaker, Pace
from services.notify.domain.channels import Channel, Outgoing, Provider, ProviderTemplate
from services.notify.domain.delivery import NOT_HANDED_OVER, Outcome, Result
from services.notify.registry import channels, providers_of
from services.notify.sending.claims import Claimed
from services.notify.sending.sessions import Borrowed
from shared import clock
from shared.runtime import Runtime

log = structlog.get_logger(__name__)

#: (provider, template, locale) -> the provider's own template, approved ones only
Approved = Mapping[tuple[str, str, str], ProviderTemplate]


#: Whether a campaign was paused or cancelled, as of a moment ago.
Halted = Callable[[UUID], Awaitable[bool]]


@dataclass(frozen=True)
class Tried:
    """A provider that was asked: what came of it, and when, in wall time."""

    delivery: Claimed
    provider: str | None
    result: Result
    started_at: datetime
    ended_at: datetime
    address: str | None


@dataclass
class Health:
    """How the providers do, as this process has seen it."""

    breakers: dict[str, Breaker] = field(default_factory=dict)
    paces: dict[str, Pace] = field(default_factory=dict)

    def admits(self, code: str) -> bool:
        """Whether a provider may be asked now; a resting one admits a single call when its rest is over."""
        admitted = self.breakers.get(code, WELL).admit(clock.wall())
        if admitted is not None:
            self.breakers[code] = admitted
        return admitted is not None

    def note(self, code: str, result: Result) -> None:
        """Learn from a call."""
        before = self.breakers.get(code, WELL)
        self.breakers[code] = after = before.after(result.outcome, clock.wall(), result.after)
        if after.until is not None and before.until is None:
            log.warning("provider.rests", provider=code, outcome=result.outcome, until=after.until.isoformat())

    def awake(self, codes: Sequence[str]) -> datetime:
        """When the first of these providers may be asked again."""
        return min(self.breakers[code].until or clock.wall() for code in codes)

    async def pace(self, provider: Provider) -> None:
        """Wait for this provider's turn."""
        pace, wait = self.paces.get(provider.code, Pace()).reserve(clock.wall(), provider.rate())
        self.paces[provider.code] = pace
        if wait:
            await asyncio.sleep(wait.total_seconds())


def health_of(rt: Runtime) -> Health:
    """The health of the providers in this process."""
    found: Health = rt.state.setdefault("notify.health", Health())
    return found


@dataclass
class Called:
    """A group after its attempt: every call made, the result that counts for each delivery, and until when
    those without one should wait because their providers rest."""

    tried: list[Tried] = field(default_factory=list)
    results: dict[UUID, Result] = field(default_factory=dict)
    rest_until: datetime | None = None


class Caller:
    """Calls providers for one job, over one session each. `echo` makes what comes back with a delivery's receipt."""

    def __init__(self, health: Health, sessions: Borrowed, echo: Callable[[UUID], str], halted: Halted) -> None:
        self._halted = halted
        self._health = health
        self._sessions = sessions
        self._echo = echo
        self._usable: dict[str, tuple[Channel | None, list[Provider]]] = {}

    async def call(
        self, group: Sequence[Claimed], approved: Approved, permitted: Collection[UUID] = frozenset()
    ) -> Called:
        """Try the group one by one; deliveries whose providers all rest are left untried. `permitted` are those for
        which a permit of their reader is held."""
        called = Called()
        for delivery in group:
            if delivery.campaign_id is not None and await self._halted(delivery.campaign_id):
                continue  # given back untried
            await self._one(delivery, approved, permitted, called)
        return called

    async def _one(self, delivery: Claimed, approved: Approved, permitted: Collection[UUID], called: Called) -> None:
        if (known := self._usable.get(delivery.channel)) is None:
            found = channels().get(delivery.channel)
            known = self._usable[delivery.channel] = found, [] if found is None else providers_of(found)
        channel, usable = known
        own = channel.address if channel is not None else None
        addresses = {p.code: delivery.contact.get(p.address or own or "") for p in usable}
        reaching = [p for p in usable if addresses[p.code]]
        fit = {p.code: approved.get((p.code, delivery.template, delivery.locale)) for p in usable}
        fitting = [p for p in reaching if fit[p.code] is not None or not p.needs_template]
        able = [p for p in fitting if p.permit is None or delivery.id in permitted]
        if not usable:
            refusal = Result(Outcome.REFUSED, "channel", "the channel is not set up here")
        elif not reaching or delivery.title is None or delivery.body is None:
            refusal = Result(Outcome.REFUSED, "address", "the person has no address for this channel any more")
        elif not fitting:
            refusal = Result(Outcome.REFUSED, "template", "no provider has approved this template")
        elif not able:
            refusal = Result(Outcome.REFUSED, "permit", "the person has given no permit that is left")
        else:
            await self._ask(delivery, addresses, able, fit, called)
            return
        at = clock.wall()
        address = next((address for address in addresses.values() if address), None)
        called.tried.append(Tried(delivery, None, refusal, at, at, address))
        called.results[delivery.id] = refusal

    async def _ask(
        self,
        delivery: Claimed,
        addresses: Mapping[str, str | None],
        able: Sequence[Provider],
        fit: Mapping[str, ProviderTemplate | None],
        called: Called,
    ) -> None:
        assert delivery.title is not None and delivery.body is not None  # `_one` looked
        for provider in able:
            if not provider.apart and not self._health.admits(provider.code):
                continue
            await self._health.pace(provider)
            address = addresses[provider.code] or ""
            started = clock.wall()
            session = await self._sessions.of(provider)
            result = await session.send(
                Outgoing(
                    key=str(delivery.id),
                    address=address,
                    title=delivery.title,
                    body=delivery.body,
                    locale=delivery.locale,
                    echo=self._echo(delivery.id) if provider.receipts is not None else "",
                    variables=delivery.shown,
                    provider_template=fit[provider.code],
                )
            )
            if not provider.apart:
                self._health.note(provider.code, result)
            called.tried.append(Tried(delivery, provider.code, result, started, clock.wall(), address))
            called.results[delivery.id] = result
            if result.outcome not in NOT_HANDED_OVER:
                return
        if delivery.id not in called.results:
            until = self._health.awake([p.code for p in able])
            called.rest_until = min(called.rest_until or until, until)
