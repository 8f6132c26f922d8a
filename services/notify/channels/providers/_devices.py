"""A person's devices, one call each: the person is told once one of them has it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Final

from services.notify.accounts.addresses import SEPARATOR
from services.notify.domain.delivery import Outcome, Result

#: What counts for the person, the first that happened: a device that has it, then one that may have it, then one for
#: which it can be tried again.
ORDER: Final = (
    Outcome.SENT,
    Outcome.UNKNOWN,
    Outcome.THROTTLED,
    Outcome.UNREACHABLE,
    Outcome.ACCOUNT,
    Outcome.REFUSED,
)


async def each(addresses: str, send: Callable[[str], Awaitable[Result]]) -> Result:
    """Call `send` for each device; what counts, with all devices that are gone."""
    results = [await send(address) for address in addresses.split(SEPARATOR)]
    gone = tuple(address for result in results for address in result.gone)
    return replace(min(results, key=lambda result: ORDER.index(result.outcome)), gone=gone)
