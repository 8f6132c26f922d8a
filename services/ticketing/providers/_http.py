"""One way to talk to a provider: four timeouts, JSON in and out, and what failed told apart."""

from __future__ import annotations

from typing import Any, Final

import httpx
import structlog

from services.ticketing.sessions.errors import ProviderDown, ProviderRefused
from shared.clock import monotonic

TIMEOUTS: Final = httpx.Timeout(connect=2.0, read=6.0, write=4.0, pool=2.0)
#: An access token is asked for anew this long before its end.
_SPARE_SECONDS: Final = 120.0

log = structlog.get_logger(__name__)


async def call(
    method: str,
    url: str,
    *,
    params: dict[str, str] | None = None,
    body: dict[str, Any] | None = None,
    form: dict[str, str] | None = None,
    headers: dict[str, str] | None = None,
    auth: tuple[str, str] | None = None,
) -> tuple[int, dict[str, Any]]:
    """Status and JSON object of the answer. Never repeated: login codes are good once.

    Raises ProviderDown when there is no (readable) answer. Addresses and bodies carry secrets and are never logged.
    """
    try:
        # Redirects are not followed: a secret in the address would travel with them.
        async with httpx.AsyncClient(timeout=TIMEOUTS, follow_redirects=False) as client:
            answer = await client.request(
                method,
                url,
                params=params,
                json=body,
                data=form,
                headers=headers,
                auth=httpx.BasicAuth(*auth) if auth is not None else None,
            )
            found = answer.json()
    except (httpx.HTTPError, ValueError) as problem:
        log.warning("provider.no_answer", host=httpx.URL(url).host, problem=type(problem).__name__)
        raise ProviderDown from problem
    if answer.status_code >= 500 or answer.status_code == 429 or not isinstance(found, dict):
        log.warning("provider.down", host=httpx.URL(url).host, status=answer.status_code)
        raise ProviderDown
    return answer.status_code, found


def refused(provider: str, code: object) -> ProviderRefused:
    """The refusal of a code, with the provider's own number in the log."""
    log.info("provider.refused", provider=provider, provider_code=str(code)[:40])
    return ProviderRefused()


def down(provider: str, code: object) -> ProviderDown:
    """The provider cannot now, or we are set up wrongly: either way nobody signs in by it."""
    log.error("provider.cannot", provider=provider, provider_code=str(code)[:40])
    return ProviderDown()


class TokenCache:
    """Access tokens of applications, which providers hand out sparingly; one per process."""

    def __init__(self) -> None:
        self._tokens: dict[str, tuple[str, float]] = {}

    def get(self, key: str) -> str | None:
        """The token, while it lives."""
        found = self._tokens.get(key)
        return found[0] if found is not None and found[1] > monotonic() else None

    def put(self, key: str, token: str, expires_in: float) -> None:
        """Keep a token for its life, less two minutes."""
        self._tokens[key] = token, monotonic() + max(0.0, expires_in - _SPARE_SECONDS)

    def drop(self, key: str) -> None:
        """Forget a token that the provider no longer takes."""
        self._tokens.pop(key, None)


TOKENS: Final = TokenCache()
