"""One POST to somebody else's address: resolved, judged and pinned, redirects not followed, every wait with an end.

The name is resolved here and now and the connection goes to exactly the address that was judged; the certificate is
that of the name. A client a call: a kept connection to one address must not carry what is meant for another name.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

import httpx

from services.notify.domain.targets import BadTarget, Target, parse, pin

CONNECT_SECONDS: Final = 5.0
ANSWER_SECONDS: Final = 15.0
#: Of one call altogether: an answer that trickles in does not hold it longer.
MOST_SECONDS: Final = 30.0


@dataclass(frozen=True)
class Posted:
    """What came of it: the status, or None with what happened instead; and the address it went to."""

    status: int | None
    detail: str | None
    address: str | None


@cache
def tls() -> ssl.SSLContext:
    """What certificates are checked with, read once: reading them takes as long as some ten messages."""
    return ssl.create_default_context()


async def _resolve(target: Target) -> list[str]:
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


async def post(url: str, body: bytes, headers: Mapping[str, str], *, development: bool) -> Posted:
    """POST a body. Raises BadTarget where the address, or what its name leads to, is none that may be called; then
    nothing was sent. Never raises for what the far side does."""
    target = parse(url, development=development)
    address: str | None = None
    try:
        async with asyncio.timeout(MOST_SECONDS):
            address = pin(await _resolve(target), development=development)
            return await _post(target, address, body, headers)
    except BadTarget:
        raise
    except (TimeoutError, OSError, UnicodeError, httpx.HTTPError, httpx.InvalidURL) as error:
        return Posted(None, type(error).__name__, address)


async def _post(target: Target, address: str, body: bytes, headers: Mapping[str, str]) -> Posted:
    host = f"[{address}]" if ":" in address else address
    standard = target.port == (443 if target.scheme == "https" else 80)
    name = f"[{target.host}]" if ":" in target.host else target.host
    named = {**headers, "Host": name if standard else f"{name}:{target.port}"}
    timeout = httpx.Timeout(ANSWER_SECONDS, connect=CONNECT_SECONDS)
    async with (
        httpx.AsyncClient(verify=tls(), timeout=timeout, follow_redirects=False, trust_env=False) as client,
        client.stream(
            "POST",
            f"{target.scheme}://{host}:{target.port}{target.path}",
            content=body,
            headers=named,
            extensions={"sni_hostname": target.host},
        ) as answer,
    ):
        return Posted(answer.status_code, None, address)  # its body is nobody's business, and may have no end
