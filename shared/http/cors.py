"""Which pages of other origins may call us: an allow-list per organisation, `STEWARD_CORS_ORIGINS`.

A browser asks before it sends a token (the preflight), so the question is answered for all organisations together; the
answer itself carries the permission only when the organisation of the token allows the origin. Tokens travel in a
header and never in a cookie, so no answer allows credentials.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.errors import Forbidden
from shared.http.problems import from_app_error, wants_chinese
from shared.settings import ConfigurationError

EVERYBODY: Final = "*"
#: Seconds a browser keeps the answer to a preflight; a change of the list reaches everybody within them.
MAX_AGE: Final = 600
METHODS: Final = "GET, HEAD, POST, PUT, PATCH, DELETE"
#: What our clients send beyond what browsers allow by themselves.
REQUEST_HEADERS: Final = (
    "Authorization, Content-Type, Idempotency-Key, If-Match, Accept-Language, X-Request-Id, Last-Event-ID"
)
#: What a page may read of an answer beyond its body.
ANSWER_HEADERS: Final = "ETag, Location, Link, Retry-After, Content-Language, Idempotency-Replayed, X-Request-Id"

_ORIGIN: Final = re.compile(r"https?://(?:[a-z0-9.-]+|\[[0-9a-f:]+\])(?::\d{1,5})?")


class OriginRefused(Forbidden):
    """No organisation allows pages of this origin."""

    code = "http.origin.refused"
    zh = "不允许从该网站访问，请联系管理员将其加入允许列表"
    en = "Pages of this origin may not call this service; ask the administrator to add it to the allow-list"


@dataclass(frozen=True, slots=True)
class Origins:
    """The allow-lists: origin -> the organisations that allow it, None standing for all of them."""

    allowed: Mapping[str, frozenset[UUID | None]]

    @classmethod
    def parse(cls, text: str) -> Origins:
        """Read the setting: `{"<organisation id>" or "*": ["https://portal.example.com", …]}`.

        Raises ConfigurationError, naming what is wrong: origins have a scheme, a host, perhaps a port and nothing
        else, and cannot be a wildcard.
        """
        try:
            found = json.loads(text or "{}")
            if not isinstance(found, dict):
                raise ValueError("not an object")
            lists = {None if org == EVERYBODY else UUID(org): list(origins) for org, origins in found.items()}
        except (ValueError, TypeError, AttributeError) as error:
            raise ConfigurationError(
                'STEWARD_CORS_ORIGINS is JSON such as {"*": ["https://portal.example.com"]}, with organisation ids '
                f"for lists of their own ({error})."
            ) from error
        allowed: dict[str, set[UUID | None]] = {}
        for org, origins in lists.items():
            for origin in origins:
                if not isinstance(origin, str) or not _ORIGIN.fullmatch(origin.lower()):
                    raise ConfigurationError(
                        f"STEWARD_CORS_ORIGINS names {origin!r}; an origin is like https://portal.example.com:8443, "
                        "without a path or a wildcard."
                    )
                allowed.setdefault(origin.lower(), set()).add(org)
        return cls({origin: frozenset(orgs) for origin, orgs in allowed.items()})

    def __bool__(self) -> bool:
        return bool(self.allowed)

    def allows(self, origin: str, org: UUID | None) -> bool:
        """Whether pages of `origin` may read answers for `org`; None: nobody is signed in, so any list will do."""
        orgs = self.allowed.get(origin.lower())
        return orgs is not None and (org is None or None in orgs or org in orgs)


class CorsMiddleware:
    """Outside everything else of a service, so that errors, too, can be read by the page that caused them."""

    def __init__(self, app: ASGIApp, origins: Origins) -> None:
        self.app = app
        self._origins = origins

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = {name: value for name, value in scope["headers"] if name in _WATCHED}
        origin = headers.get(b"origin", b"").decode("latin-1")
        if origin and scope["method"] == "OPTIONS" and b"access-control-request-method" in headers:
            await self._preflight(origin, headers, scope, receive, send)
            return

        async def respond(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), (b"vary", b"Origin")]
                principal = scope.get("state", {}).get("principal")
                if origin and self._origins.allows(origin, principal.org if principal is not None else None):
                    message["headers"] += _permission(origin)
            await send(message)

        await self.app(scope, receive, respond)

    async def _preflight(
        self, origin: str, headers: Mapping[bytes, bytes], scope: Scope, receive: Receive, send: Send
    ) -> None:
        if not self._origins.allows(origin, None):
            chinese = wants_chinese(headers.get(b"accept-language", b"").decode("latin-1"))
            answer = from_app_error(OriginRefused(), chinese=chinese, instance=scope["path"])
            answer.headers["Vary"] = "Origin"
            await answer(scope, receive, send)
            return
        found = [
            *_permission(origin),
            (b"access-control-allow-methods", METHODS.encode()),
            (b"access-control-allow-headers", REQUEST_HEADERS.encode()),
            (b"access-control-max-age", str(MAX_AGE).encode()),
            (b"vary", b"Origin, Access-Control-Request-Method, Access-Control-Request-Headers"),
        ]
        await send({"type": "http.response.start", "status": 204, "headers": found})
        await send({"type": "http.response.body", "body": b""})


_WATCHED: Final = frozenset({b"origin", b"access-control-request-method", b"accept-language"})


def _permission(origin: str) -> list[tuple[bytes, bytes]]:
    return [
        (b"access-control-allow-origin", origin.encode("latin-1")),
        (b"access-control-expose-headers", ANSWER_HEADERS.encode()),
    ]
