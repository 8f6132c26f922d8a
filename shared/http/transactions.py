"""How a request runs: authenticated, allowed, in one transaction that is committed before the answer leaves.

A 201 must mean that it is stored. FastAPI's own `yield` dependencies would commit after the response was sent, so
the route class opens and closes the transaction around the whole handler.
"""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final

from fastapi import Request, Response

from shared import faults
from shared.auth.errors import TokenMissing
from shared.auth.powers import require
from shared.auth.principal import Principal
from shared.clock import wall
from shared.db import idempotency
from shared.db.claims import Claim
from shared.errors import AppError
from shared.http.database_errors import is_retryable, translate
from shared.http.errors import BadIdempotencyKey
from shared.http.texts import refuse_unstorable
from shared.telemetry import metrics
from shared.telemetry.context import request_id

Handler = Callable[[Request], Awaitable[Response]]

ATTEMPTS: Final = 3
_LONGEST_KEY: Final = 200
#: Headers of an answer that a replay repeats; lengths and dates are made anew.
_KEPT_HEADERS: Final = ("location", "etag", "content-type", "content-language", "link")


class _Refused(Exception):
    """Carries an answer of status 400 or more out of the transaction, so that it is rolled back."""

    def __init__(self, response: Response) -> None:
        self.response = response


async def authenticate(request: Request) -> Principal:
    """The caller, also left in `request.state.principal`. Raises TokenMissing, TokenInvalid or TokenExpired."""
    header = request.headers.get("authorization")
    if header is None or len(header) < 8 or header[:7].lower() != "bearer ":
        raise TokenMissing
    principal: Principal = await request.app.state.keyring.principal(header[7:].strip())
    request.state.principal = principal
    return principal


def reading(inner: Handler, powers: Sequence[str], *, with_tx: bool) -> Handler:
    """GET and HEAD, and writes that manage their own transactions: with a read-only transaction if one is asked for."""

    async def handle(request: Request) -> Response:
        principal = await authenticate(request)
        # row: G-016, D-072, D-078 only authorised persons, checked before anything is looked up
        for power in powers:
            require(principal, power, request.app.state.powers)
        try:
            if not with_tx:
                return await inner(request)
            async with request.app.state.runtime.db.read(principal.org) as tx:
                request.state.tx = tx
                return await inner(request)
        except AppError:
            raise
        except Exception as problem:
            known = translate(problem)
            if known is None:
                raise
            raise known from problem

    return handle


def writing(inner: Handler, powers: Sequence[str], route: str, *, keeps_answers: bool) -> Handler:
    """POST, PUT, PATCH, DELETE: one transaction, the idempotency key first in it, the commit before the answer.

    Without ``keeps_answers`` a key is passed over and the answer marked as not to be stored by anybody.

    A serialization failure or deadlock undid everything, so the handler runs again, up to three times in all.
    """

    async def handle(request: Request) -> Response:
        principal = await authenticate(request)
        # row: G-016, D-072, D-078 only authorised persons, checked before anything is looked up
        for power in powers:
            require(principal, power, request.app.state.powers)
        # The body is read before the transaction: a slow caller must not hold a connection.
        body = await request.body()
        refuse_unstorable(body)
        key = _Key.of(request, principal, route, body) if keeps_answers else None
        for attempt in range(1, ATTEMPTS + 1):
            try:
                response = await _once(request, principal, inner, key)
                if not keeps_answers:
                    response.headers["Cache-Control"] = "no-store"
                return response
            except AppError:
                raise
            except Exception as problem:
                if attempt < ATTEMPTS and is_retryable(problem):
                    metrics.REQUESTS_RETRIED.labels(request.app.state.service).inc()
                    continue
                known = translate(problem)
                if known is None:
                    raise
                raise known from problem
        raise AssertionError("unreachable: the last attempt returns or raises")

    return handle


async def _once(request: Request, principal: Principal, inner: Handler, key: _Key | None) -> Response:
    try:
        async with request.app.state.runtime.db.tx(
            principal.org,
            actor_id=principal.sub,
            request_id=request_id.get(),
            claim=None if key is None else Claim(**key.scope, body_hash=key.body_hash, at=wall()),
        ) as tx:
            if key is not None and not tx.claimed:
                return _replay(await idempotency.answered(tx, body_hash=key.body_hash, **key.scope))
            request.state.tx = tx
            response = await inner(request)
            if response.status_code >= 400:
                raise _Refused(response)
            if key is not None:
                await idempotency.finish(
                    tx,
                    status=response.status_code,
                    headers={name: response.headers[name] for name in _KEPT_HEADERS if name in response.headers},
                    body=bytes(response.body),
                    **key.scope,
                )
        faults.point("after_commit")
        return response
    except _Refused as refused:
        return refused.response


def _replay(stored: idempotency.StoredResponse) -> Response:
    headers = dict(stored.headers)
    headers["Idempotency-Replayed"] = "true"
    return Response(stored.body, status_code=stored.status, headers=headers)


class _Key:
    """An Idempotency-Key with its scope: organisation (of the transaction), subject, method, route template."""

    __slots__ = ("body_hash", "scope")

    def __init__(self, scope: dict[str, Any], body_hash: bytes) -> None:
        self.scope = scope
        self.body_hash = body_hash

    @classmethod
    def of(cls, request: Request, principal: Principal, route: str, body: bytes) -> _Key | None:
        """The key of this request, or None without the header. Raises BadIdempotencyKey.

        The hash covers the address too: the same key and body on another ticket is another request, not a repeat.
        """
        key = request.headers.get("idempotency-key")
        if key is None:
            return None
        if not 1 <= len(key) <= _LONGEST_KEY or not (key.isascii() and key.isprintable()):
            raise BadIdempotencyKey
        digest = hashlib.sha256(request.scope["path"].encode())
        digest.update(b"?" + request.scope["query_string"] + b"\n")
        digest.update(body)
        scope = {"subject": str(principal.sub), "method": request.method, "route": route, "key": key}
        return cls(scope, digest.digest())
