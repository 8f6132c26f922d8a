"""What every request gets, whatever it hits: an id, a line in the log, a place in the metrics, and an answer.

Plain ASGI: Starlette's BaseHTTPMiddleware starts a task group per request, which costs more than all of this.
"""

from __future__ import annotations

import re
from typing import Any, Final

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.clock import monotonic
from shared.http.problems import unexpected, wants_chinese
from shared.ids import uuid7
from shared.telemetry import logs
from shared.telemetry.context import request_id
from shared.telemetry.metrics import RequestMetrics

HEADER: Final = b"x-request-id"
#: What we take over from a caller: ids as others make them, nothing that could break a log line, and no longer than
#: the columns that keep them (trace_id, request_id).
_SANE: Final = re.compile(rb"[A-Za-z0-9._:-]{8,80}")
#: Asked every few seconds by machines: counted, but not written to the log.
_QUIET: Final = ("/healthz", "/readyz", "/metrics")

log = structlog.get_logger(__name__)


class RequestMiddleware:
    """Outermost of a service's own middleware."""

    def __init__(self, app: ASGIApp, service: str) -> None:
        self.app = app
        self._metrics = RequestMetrics(service)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = monotonic()
        current = _request_id(scope)
        token = request_id.set(current)
        echoed = (HEADER, current.encode())
        status = 0

        async def respond(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message.get("headers", ()), echoed]
            await send(message)

        try:
            await self.app(scope, receive, respond)
        except Exception:
            log.exception("http.unexpected", method=scope["method"], route=_route(scope))
            if status:  # the answer is on its way; the server has to cut it off
                raise
            answer = unexpected(chinese=wants_chinese(_header(scope, b"accept-language")), instance=scope["path"])
            await answer(scope, receive, respond)
        finally:
            self._account(scope, status or 499, monotonic() - started, current)
            request_id.reset(token)

    def _account(self, scope: Scope, status: int, seconds: float, current: str) -> None:
        route, method = _route(scope), scope["method"]
        self._metrics.observe(method if route else "other", route, status, seconds)
        if scope["path"].endswith(_QUIET) and status < 400:
            return
        line: dict[str, Any] = {
            "level": "info" if status < 500 else "error",
            "event": "http.request",
            "method": method,
            "route": route,
            "status": status,
            "ms": round(seconds * 1000, 2),
            "request_id": current,
        }
        state = scope.get("state", {})
        if "problem" in state:
            line["problem"] = state["problem"]
        principal = state.get("principal")
        if principal is not None:
            line["org_id"] = principal.org
            line["actor_id"] = principal.sub
        logs.access(line)


def _header(scope: Scope, name: bytes) -> str | None:
    for key, value in scope["headers"]:
        if key == name:
            text: str = value.decode("latin-1")
            return text
    return None


def _request_id(scope: Scope) -> str:
    for key, value in scope["headers"]:
        if key == HEADER and _SANE.fullmatch(value):
            given: str = value.decode()
            return given
    return str(uuid7())


def _route(scope: Scope) -> str:
    """The template of the route that was taken, "" for none: paths carry ids and must not become labels."""
    return getattr(scope.get("route"), "path_format", "") or ""
