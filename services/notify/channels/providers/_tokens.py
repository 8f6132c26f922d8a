"""Access tokens of providers: kept per process until shortly before they end, and asked for anew when refused.

Asking for one hands nothing over: whatever goes wrong with it leaves the message unsent.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any, Final

import httpx

from services.notify.channels.providers._http import body_of
from services.notify.domain.delivery import Outcome, Result
from shared.clock import monotonic

#: Seconds before its end at which a token is not used any more.
MARGIN: Final = 120

Fetch = Callable[[], Awaitable[tuple[str, int] | Result]]


class Tokens:
    """Tokens by application; with the instant of the process's own clock at which each ends."""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[str, float]] = {}

    async def get(self, application: str, fetch: Fetch) -> str | Result:
        """The application's token; `fetch` gets a new one with the seconds it is good for."""
        kept = self._kept.get(application)
        if kept is not None and kept[1] > monotonic():
            return kept[0]
        found = await fetch()
        if isinstance(found, Result):
            handed = found.outcome in (Outcome.UNKNOWN, Outcome.REFUSED)
            # Of the token, not of the message: silence here has sent nothing, a refusal here is our account's.
            wrong = Outcome.UNREACHABLE if found.outcome is Outcome.UNKNOWN else Outcome.ACCOUNT
            return replace(found, outcome=wrong) if handed else found
        token, seconds = found
        self._kept[application] = token, monotonic() + max(seconds - MARGIN, 0)
        return token

    def drop(self, application: str) -> None:
        """The token is not taken any more."""
        self._kept.pop(application, None)

    def clear(self) -> None:
        """Forget all of them."""
        self._kept.clear()


TOKENS: Final = Tokens()


async def with_token(
    application: str,
    fetch: Fetch,
    call: Callable[[str], Awaitable[httpx.Response | Result]],
    stale: Callable[[dict[str, Any]], bool],
) -> tuple[httpx.Response, dict[str, Any]] | Result:
    """The answer to a call with the application's token and its JSON; with a new one, once, where the answer says that
    it is stale: nothing was done then."""
    while True:
        fresh = False

        async def anew() -> tuple[str, int] | Result:
            nonlocal fresh
            fresh = True
            return await fetch()

        token = await TOKENS.get(application, anew)
        if isinstance(token, Result):
            return token
        answer = await call(token)
        if isinstance(answer, Result):
            return answer
        body = body_of(answer)
        if fresh or not stale(body):
            return answer, body
        TOKENS.drop(application)
