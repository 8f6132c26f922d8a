"""Calls to peers: never unlimited waiting, retries only where a repeat is harmless, one request id throughout."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, Final, Self
from uuid import UUID

import httpx
import orjson
import stamina

from shared.auth.tokens import ServiceTokens
from shared.errors import AppError, PeerDown
from shared.telemetry.context import request_id

#: connect, read, write, pool: four different ways to wait for ever, each with its own end (seconds).
TIMEOUTS: Final = httpx.Timeout(connect=2.0, read=30.0, write=10.0, pool=5.0)
#: A feed's long poll and bulk reads may take their time; a look-up inside a request may not.
SHORT_TIMEOUTS: Final = httpx.Timeout(connect=1.0, read=5.0, write=5.0, pool=2.0)

_RETRIED_STATUS: Final = frozenset({502, 503, 504})


class PeerUnavailable(PeerDown):
    """A peer service did not answer, or said that it cannot now."""

    code = "http.peer.down"
    zh = "依赖的服务（{peer}）暂时不可用，请稍后再试"
    en = "A service needed for this ({peer}) cannot be reached at the moment; please try again shortly"


class PeerRefused(AppError):
    """A peer answered 4xx: its status and code are passed on, for they are about what was asked."""

    status = 409
    code = "http.peer.refused"
    zh = "{peer}：{detail}"
    en = "{peer}: {detail}"

    def __init__(self, peer: str, status: int, code: str, detail: str) -> None:
        super().__init__(peer=peer, detail=detail)
        # an instance's own, for this class stands for whatever the peer said
        self.__dict__.update(status=status, code=code)


class _Again(Exception):
    """A failure worth repeating, with its cause."""


class ServiceClient:
    """A typed hand on one peer. One per process and peer; close it, or use it as an async context manager.

    tokens: this service's own; base_url: `STEWARD_<SERVICE>_URL`, never the gateway's.
    """

    def __init__(
        self,
        base_url: str,
        tokens: ServiceTokens,
        peer: str,
        *,
        timeout: httpx.Timeout = TIMEOUTS,
        attempts: int = 3,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self.peer = peer
        self._tokens = tokens
        self._attempts = attempts
        self._http = httpx.AsyncClient(
            base_url=base_url,
            timeout=timeout,
            transport=transport,
            trust_env=False,  # a proxy in the environment must not see service tokens
            limits=httpx.Limits(max_connections=50, max_keepalive_connections=20, keepalive_expiry=30),
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def get_json(
        self, path: str, org: UUID, params: Mapping[str, Any] | None = None, *, timeout: float | None = None
    ) -> Any:
        """GET `path` for `org`; the parsed body.

        timeout: seconds to wait for the answer, where a long poll needs more. Raises PeerUnavailable (503) when the
        peer is down, also after retries; PeerRefused with the peer's own status and code for 4xx.
        """
        response = await self._send("GET", path, org, params=params, retry=True, timeout=timeout)
        return orjson.loads(response.content)

    async def post_json(
        self, path: str, org: UUID, body: Any, *, idempotency_key: str | None = None
    ) -> tuple[int, Any]:
        """POST `body`; status and parsed answer. Repeated on failure only with an idempotency key. Raises as get_json.

        Without a key, PeerUnavailable leaves open whether the peer did it.
        """
        headers = {"Content-Type": "application/json"}
        if idempotency_key is not None:
            headers["Idempotency-Key"] = idempotency_key
        response = await self._send(
            "POST", path, org, content=orjson.dumps(body), headers=headers, retry=idempotency_key is not None
        )
        return response.status_code, orjson.loads(response.content) if response.content else None

    @asynccontextmanager
    async def stream(self, path: str, org: UUID, params: Mapping[str, Any] | None = None) -> AsyncIterator[Any]:
        """An open GET whose body is read in pieces (`aiter_lines`), for feeds of events. Raises PeerUnavailable."""
        try:
            async with self._http.stream("GET", path, params=params, headers=self._headers(org)) as response:
                if response.status_code >= 400:
                    await response.aread()
                    self._refuse(response)
                yield response
        except httpx.TransportError as problem:
            raise PeerUnavailable(peer=self.peer) from problem

    def _headers(self, org: UUID) -> dict[str, str]:
        headers = {"Authorization": f"Bearer {self._tokens.for_org(org)}", "Accept-Language": "zh"}
        current = request_id.get()
        if current:
            headers["X-Request-Id"] = current
        return headers

    async def _send(
        self,
        method: str,
        path: str,
        org: UUID,
        *,
        params: Mapping[str, Any] | None = None,
        content: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        retry: bool,
        timeout: float | None = None,
    ) -> httpx.Response:
        extra: dict[str, Any] = {}
        if timeout is not None:
            extra["timeout"] = httpx.Timeout(TIMEOUTS.connect, read=timeout, write=10.0, pool=5.0)

        async def once() -> httpx.Response:
            sent = {**self._headers(org), **(headers or {})}
            try:
                response = await self._http.request(method, path, params=params, content=content, headers=sent, **extra)
            except httpx.TransportError as problem:
                raise _Again from problem
            if response.status_code in _RETRIED_STATUS:
                raise _Again from PeerUnavailable(peer=self.peer)
            return response

        try:
            if retry and self._attempts > 1:
                async for attempt in stamina.retry_context(
                    on=_Again, attempts=self._attempts, timeout=None, wait_initial=0.1, wait_max=1.0
                ):
                    with attempt:
                        response = await once()
            else:
                response = await once()
        except _Again as problem:
            raise PeerUnavailable(peer=self.peer) from problem.__cause__
        if response.status_code >= 400:
            self._refuse(response)
        return response

    def _refuse(self, response: httpx.Response) -> None:
        if response.status_code >= 500:
            raise PeerUnavailable(peer=self.peer)
        try:
            body = orjson.loads(response.content)
        except ValueError:
            body = {}
        detail = body.get("detail") if isinstance(body, dict) else None
        code = body.get("code") if isinstance(body, dict) else None
        raise PeerRefused(
            self.peer,
            response.status_code,
            str(code or "http.peer.refused"),
            str(detail or response.reason_phrase),
        )


async def fetch_jwks(url: str, *, transport: httpx.AsyncBaseTransport | None = None) -> Mapping[str, Any]:
    """The issuer's JWKS document at `url`. Raises httpx.HTTPError or ValueError; the key ring keeps what it had."""
    async with httpx.AsyncClient(timeout=SHORT_TIMEOUTS, trust_env=False, transport=transport) as http:
        response = await http.get(url, headers={"Accept": "application/json"})
        response.raise_for_status()
        document = orjson.loads(response.content)
    if not isinstance(document, dict):
        raise ValueError("a JWKS document is a JSON object")
    return document
