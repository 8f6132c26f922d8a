"""Whose signatures count: the issuer's published keys (fetched, kept, refreshed) and the peers' own keys (settings).

The last good copy of the issuer's keys is kept through two injected functions, so that a service that restarts while
the issuer is down still knows its users. The key that signed decides what a token is: a service's key makes service
tokens only, the issuer's keys make users' tokens only.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import json
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final
from uuid import UUID

import structlog
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from shared.auth.errors import KeysUnavailable, TokenExpired, TokenInvalid
from shared.auth.keys import ALGORITHM, SERVICE_KID_PREFIX, BadKey, public_jwks, read_jwks
from shared.auth.principal import Principal
from shared.auth.roles import ROLES, SERVICE
from shared.auth.tokens import AUDIENCE, DEFAULT_ISSUER
from shared.clock import monotonic, wall

Fetch = Callable[[], Awaitable[Mapping[str, Any]]]
Load = Callable[[], Awaitable[Mapping[str, Any] | None]]
Save = Callable[[Mapping[str, Any]], Awaitable[None]]

LEEWAY_SECONDS: Final = 5
_LONGEST_TOKEN: Final = 8192
_FIRST_INTERVAL: Final = 0.2

log = structlog.get_logger(__name__)


class KeyRing:
    """Verifies tokens. One per process; safe for many requests at once on one event loop.

    fetch: reads the issuer's JWKS document; load and save: the last good copy. All three may be None (tests, a
    service without users). `ttl` seconds after a fetch the keys are refreshed in the background, the old ones serving
    meanwhile; an unknown key id asks at once, at most every `min_interval` seconds, so that made-up ids cost nothing.
    """

    def __init__(
        self,
        *,
        issuer: str = DEFAULT_ISSUER,
        service_jwks: Mapping[str, Any] | str | None = None,
        fetch: Fetch | None = None,
        load: Load | None = None,
        save: Save | None = None,
        ttl: float = 600.0,
        min_interval: float = 5.0,
        cache_size: int = 10_000,
    ) -> None:
        self._issuer = issuer
        self._services = {
            kid: key for kid, key in read_jwks(service_jwks).items() if kid.startswith(SERVICE_KID_PREFIX)
        }
        self._keys: dict[str, ECKey] = {}
        self._fetch, self._load, self._save = fetch, load, save
        self._ttl, self._min_interval = ttl, min_interval
        self._asked: float | None = None
        self._fetched: float | None = None
        self._lock = asyncio.Lock()
        self._background: asyncio.Task[bool] | None = None
        self._cache: OrderedDict[str, tuple[Principal, float]] = OrderedDict()
        self._cache_size = cache_size

    async def start(self) -> None:
        """Take the kept copy, then the issuer's own if it answers. Never fails: users wait for keys,
        services do not.
        """
        if self._load is not None:
            try:
                kept = await self._load()
                if kept:
                    self._use(kept)
            except Exception as problem:
                log.warning("auth.keys.kept_copy_unreadable", problem=repr(problem))
        await self._refresh()

    async def close(self) -> None:
        """Stop the background refresh, if one is under way."""
        if self._background is not None:
            self._background.cancel()

    @property
    def key_ids(self) -> frozenset[str]:
        """The key ids known now, of the issuer and of peers."""
        return frozenset(self._keys) | frozenset(self._services)

    async def ready(self) -> bool:
        """Whether users can be known: the issuer's keys are here, or are got now."""
        if self._fetch is not None and not self._keys:
            await self._refresh()
        return self._fetch is None or bool(self._keys)

    def use_keys(self, document: Mapping[str, Any]) -> None:
        """Take a JWKS document as the issuer's, as a fetch would (the issuer itself, tests). Raises BadKey."""
        self._use(document)
        self._fetched = monotonic()

    async def principal(self, token: str) -> Principal:
        """The holder of `token`. Raises TokenInvalid, TokenExpired or KeysUnavailable.

        A token seen before costs a look-up, for verifying takes some 100 µs and every request carries one; its end is
        checked each time.
        """
        cached = self._cache.get(token)
        if cached is not None:
            if wall().timestamp() >= cached[1]:
                del self._cache[token]
                raise TokenExpired
            self._cache.move_to_end(token)
            return cached[0]
        kid = _key_id(token)
        key = self._services.get(kid) if kid.startswith(SERVICE_KID_PREFIX) else await self._issuer_key(kid)
        if key is None:
            raise TokenInvalid
        try:
            claims = jwt.decode(token, key, algorithms=[ALGORITHM]).claims
        except (JoseError, ValueError) as problem:
            raise TokenInvalid from problem
        principal, ends = self._check(claims, kid)
        if len(self._cache) >= self._cache_size:
            self._cache.popitem(last=False)
        self._cache[token] = (principal, ends)
        return principal

    def _check(self, claims: Mapping[str, Any], kid: str) -> tuple[Principal, float]:
        now = wall().timestamp()
        expires, starts = claims.get("exp"), claims.get("nbf", 0)
        if not _is_instant(expires) or not _is_instant(starts):
            raise TokenInvalid
        audience = claims.get("aud")
        if audience != AUDIENCE and not (isinstance(audience, list) and AUDIENCE in audience):
            raise TokenInvalid
        by_service = kid.startswith(SERVICE_KID_PREFIX)
        if claims.get("iss") != (kid if by_service else self._issuer) or starts > now + LEEWAY_SECONDS:
            raise TokenInvalid
        ends = float(expires) + LEEWAY_SECONDS  # type: ignore[arg-type]  # _is_instant has seen it
        # row: G-014, D-073 a token that was kept too long opens nothing
        if now >= ends:
            raise TokenExpired
        try:
            principal = _principal(claims, kid if by_service else None, int(ends))
        except (KeyError, ValueError, TypeError, AttributeError) as problem:
            raise TokenInvalid from problem
        return principal, ends

    async def _issuer_key(self, kid: str) -> ECKey | None:
        key = self._keys.get(kid)
        if key is not None:
            if self._stale() and (self._background is None or self._background.done()):
                self._background = asyncio.create_task(self._refresh())
            return key
        await self._refresh()
        if not self._keys and self._fetch is not None:
            raise KeysUnavailable
        return self._keys.get(kid)

    def _stale(self) -> bool:
        now = monotonic()
        if self._fetch is None or (self._asked is not None and now - self._asked < self._min_interval):
            return False
        return self._fetched is None or now - self._fetched > self._ttl

    async def _refresh(self) -> bool:
        """Ask the issuer, unless it was asked a moment ago. True when its answer was taken."""
        if self._fetch is None:
            return False
        async with self._lock:
            now = monotonic()
            # Without any key nobody can come in: a service that started a moment before the issuer asks again soon.
            interval = self._min_interval if self._keys else min(self._min_interval, _FIRST_INTERVAL)
            if self._asked is not None and now - self._asked < interval:
                return False
            self._asked = now
            try:
                document = await self._fetch()
                changed = self._use(document)
            except Exception as problem:
                # The issuer may be down for hours; the kept keys go on serving and the log says so.
                log.warning("auth.keys.not_refreshed", problem=repr(problem))
                return False
            self._fetched = monotonic()
            if changed and self._save is not None:
                try:
                    await self._save(public_jwks(self._keys.values()))
                except Exception as problem:
                    log.warning("auth.keys.not_kept", problem=repr(problem))
            return True

    def _use(self, document: Mapping[str, Any]) -> bool:
        # A key of the issuer that calls itself a service's would let the issuer mint service tokens: left out.
        keys = {kid: key for kid, key in read_jwks(document).items() if not kid.startswith(SERVICE_KID_PREFIX)}
        if not keys:
            raise BadKey("the issuer publishes no usable key")
        if public_jwks(keys.values()) == public_jwks(self._keys.values()):
            return False
        self._keys = keys
        self._cache.clear()  # tokens of a withdrawn key end with it
        return True


def _key_id(token: str) -> str:
    """The key id in the token's header, unverified; refuses any other algorithm than ours before any work is done."""
    if len(token) > _LONGEST_TOKEN:
        raise TokenInvalid
    head, _, rest = token.partition(".")
    if not head or rest.count(".") != 1:
        raise TokenInvalid
    try:
        header = json.loads(base64.urlsafe_b64decode(head + "=" * (-len(head) % 4)))
    except (binascii.Error, ValueError) as problem:
        raise TokenInvalid from problem
    if not isinstance(header, dict) or header.get("alg") != ALGORITHM or not isinstance(header.get("kid"), str):
        raise TokenInvalid
    return str(header["kid"])


def _is_instant(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _words(claims: Mapping[str, Any], name: str) -> list[str]:
    value = claims.get(name) or []
    if isinstance(value, str):  # OAuth writes scope as one string of words
        value = value.split()
    if not isinstance(value, list) or not all(isinstance(word, str) for word in value):
        raise ValueError(name)
    return value


def _principal(claims: Mapping[str, Any], service_kid: str | None, ends: int) -> Principal:
    sub, org = UUID(claims["sub"]), UUID(claims["org"])
    if service_kid is not None:
        service = service_kid.removeprefix(SERVICE_KID_PREFIX)
        roles = frozenset({SERVICE, service_kid})
        return Principal(sub, org, roles=roles, kind="service", service=service, expires_at=ends)
    return Principal(
        sub,
        org,
        roles=frozenset(role for role in _words(claims, "roles") if role in ROLES),
        units=frozenset(UUID(unit) for unit in _words(claims, "units")),
        scope=frozenset(_words(claims, "scope")),
        expires_at=ends,
    )
