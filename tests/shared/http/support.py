"""A tiny service and fakes of what is behind it: a runtime whose transactions remember how they ended."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
from fastapi import APIRouter, FastAPI
from sqlalchemy import MetaData

from shared.auth import (
    ServiceTokens,
    export_private,
    generate_key,
    mint_token,
    public_jwks,
    service_kid,
    user_claims,
)
from shared.http.app import build_app
from shared.runtime import Heartbeat, ServiceSpec
from shared.settings import ServiceSettings

ORG = uuid4()
ISSUER_KEY = generate_key("issuer")
PEER_KEY = generate_key(service_kid("billing"))


@dataclass
class FakeTx:
    """Enough of a Tx for endpoints that do not ask the database."""

    org_id: UUID
    actor_id: UUID | None = None
    request_id: str = ""
    schema: str = "tiny"


@dataclass
class FakeDatabase:
    """Remembers every transaction: how it was opened and how it ended."""

    log: list[str] = field(default_factory=list)
    commit_fails: list[Exception] = field(default_factory=list)
    begin_fails: list[Exception] = field(default_factory=list)
    last: FakeTx | None = None

    @asynccontextmanager
    async def tx(
        self, org_id: UUID, *, actor_id: UUID | None = None, request_id: str = "", claim: None = None
    ) -> AsyncIterator[FakeTx]:
        if self.begin_fails:
            raise self.begin_fails.pop(0)
        self.log.append("begin")
        self.last = FakeTx(org_id, actor_id, request_id)
        try:
            yield self.last
        except BaseException:
            self.log.append("rollback")
            raise
        if self.commit_fails:
            self.log.append("rollback")
            raise self.commit_fails.pop(0)
        self.log.append("commit")

    @asynccontextmanager
    async def read(self, org_id: UUID) -> AsyncIterator[FakeTx]:
        self.log.append("read")
        try:
            yield FakeTx(org_id)
        finally:
            self.log.append("read end")


@dataclass
class FakeRuntime:
    """What build_app needs of a Runtime."""

    db: FakeDatabase = field(default_factory=FakeDatabase)
    checks: dict[str, dict[str, Any]] = field(default_factory=lambda: {"database": {"ok": True}})

    async def readiness(self) -> dict[str, dict[str, Any]]:
        return self.checks

    async def heartbeat(self) -> Heartbeat | None:
        return None

    async def jwks_load(self, issuer: str) -> None:
        return None

    async def jwks_save(self, issuer: str, document: Any) -> None:
        return None


@dataclass
class Tiny:
    """The app, a client of it, and what is behind it."""

    app: FastAPI
    http: httpx.AsyncClient
    runtime: Any

    @property
    def db(self) -> Any:
        return self.runtime.db


def user_token(*roles: str, org: UUID = ORG, sub: UUID | None = None, ttl: int = 60, **rest: Any) -> str:
    """A token of the test issuer."""
    claims = user_claims(sub=sub or uuid4(), org=org, roles=roles, **rest)
    return mint_token(ISSUER_KEY, claims, timedelta(seconds=ttl))


def bearer(*roles: str, **rest: Any) -> dict[str, str]:
    """The Authorization header of such a token."""
    return {"Authorization": f"Bearer {user_token(*roles, **rest)}"}


def peer_bearer(org: UUID = ORG) -> dict[str, str]:
    """The Authorization header of the service billing."""
    return {"Authorization": f"Bearer {ServiceTokens('billing', PEER_KEY).for_org(org)}"}


def settings(**changes: Any) -> ServiceSettings:
    """Settings that reach nothing."""
    values: dict[str, Any] = {
        "service": "tiny",
        "database_url": "postgresql://nowhere",
        "redis_url": "redis://nowhere",
        "issuer_key": export_private(ISSUER_KEY),
        "service_jwks": str(public_jwks([PEER_KEY])).replace("'", '"'),
        **changes,
    }
    return ServiceSettings(**values)


@asynccontextmanager
async def serve(
    routers: Sequence[APIRouter],
    *,
    powers: dict[str, set[str]] | None = None,
    runtime: Any = None,
    opened: Callable[..., Any] | None = None,
    changes: dict[str, Any] | None = None,
    **options: Any,
) -> AsyncIterator[Tiny]:
    """Run a tiny service in this process, lifespan included; `changes`: of its settings."""
    fake = runtime or FakeRuntime()

    @asynccontextmanager
    async def open_fake(spec: ServiceSpec, _: ServiceSettings) -> AsyncIterator[Any]:
        yield fake

    spec = ServiceSpec(name="tiny", metadata=MetaData(), powers=powers or {})
    app = build_app(spec, settings(**(changes or {})), routers, runtime=opened or open_fake, **options)
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://tiny") as http,
    ):
        yield Tiny(app, http, fake)


@asynccontextmanager
async def serve_real(
    runtime: Any, routers: Sequence[APIRouter], *, powers: dict[str, set[str]] | None = None, **options: Any
) -> AsyncIterator[Tiny]:
    """The same over a real runtime: a service's schema with the spine's tables, under test endpoints."""

    @asynccontextmanager
    async def open_real(spec: ServiceSpec, _: ServiceSettings) -> AsyncIterator[Any]:
        yield runtime

    name = runtime.spec.name
    spec = ServiceSpec(name=name, metadata=MetaData(), powers=powers or {})
    app = build_app(spec, settings(service=name), routers, runtime=open_real, **options)
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://tiny") as http,
    ):
        yield Tiny(app, http, runtime)
