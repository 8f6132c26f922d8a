"""One way to talk to a provider: four timeouts, and no answer told apart from a refusal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import httpx
import structlog

from services.billing.providers._said import NoAnswer

TIMEOUTS: Final = httpx.Timeout(connect=2.0, read=6.0, write=4.0, pool=2.0)

log = structlog.get_logger(__name__)


async def call(
    method: str,
    url: str,
    *,
    content: bytes | None = None,
    form: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
) -> httpx.Response:
    """The answer, whatever its status below 500. Raises NoAnswer. Bodies hold secrets and are never logged."""
    try:
        # Redirects are not followed: what is signed for one host must not travel to another.
        async with httpx.AsyncClient(timeout=TIMEOUTS, follow_redirects=False) as client:
            answer = await client.request(method, url, content=content, data=form, headers=headers)
    except httpx.HTTPError as problem:
        log.warning("provider.no_answer", host=httpx.URL(url).host, problem=type(problem).__name__)
        raise NoAnswer(type(problem).__name__) from problem
    if answer.status_code >= 500 or answer.status_code == 429:
        log.warning("provider.down", host=httpx.URL(url).host, status=answer.status_code)
        raise NoAnswer(f"status {answer.status_code}")
    return answer
