"""The four services in one process: real apps over real Postgres, peers called through ASGI, no sockets.

``World.drain`` does what the workers' loops do (stamp, pull, jobs, timers) until nothing is left, so that a test can
write, drain and look. Each test works in an organisation of its own and commits.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from importlib import import_module
from typing import Any
from uuid import UUID

import httpx
from fastapi import FastAPI

from shared import clock
from shared.auth.keys import export_private, generate_key, public_jwks, service_kid
from shared.auth.tokens import ServiceTokens, mint_token, user_claims
from shared.db import organisations
from shared.db.provision import database_urls
from shared.http.clients import ServiceClient
from shared.ids import uuid7
from shared.messaging import puller, sequencer
from shared.runtime import Runtime, ServiceSpec
from shared.settings import SERVICES
from shared.timers import firing
from shared.worker import jobs
from tests.support import contracts
from tests.support.servers import SEED, Servers
from tests.support.simulators.payers import pay_accounts

ISSUER = generate_key("test-issuer")
SERVICE_KEYS = {name: generate_key(service_kid(name)) for name in SERVICES}
SERVICE_JWKS = public_jwks(SERVICE_KEYS.values())


def settings_of(service: str, servers: Servers, **more: Any) -> Any:
    """Settings of a service against the run's servers."""
    module = import_module(f"services.{service}.settings")
    values: dict[str, Any] = {
        "service": service,
        "mode": "development",
        "development_secrets": True,
        **database_urls(servers.admin_url, service, SEED),
        "redis_url": servers.redis_url,
        "service_key": export_private(SERVICE_KEYS[service]),
        "service_jwks": json.dumps(SERVICE_JWKS),
        "master_key": "11" * 32,
        "link_key": "22" * 32,
        "files_url": "memory:///",
        "pool_size": 8,
        "issuer_key": export_private(ISSUER),
        **{f"{peer}_url": f"http://{peer}" for peer in SERVICES},
        **({"pay_accounts": pay_accounts()} if service == "billing" else {}),
        **more,
    }
    return module.Settings(**values)


@dataclass
class World:
    """Apps and runtimes by service name; made by the ``world`` fixture."""

    apps: dict[str, FastAPI] = field(default_factory=dict)
    specs: dict[str, ServiceSpec] = field(default_factory=dict)
    stack: AsyncExitStack = field(default_factory=AsyncExitStack)
    client: httpx.AsyncClient | None = None
    admin_url: str = ""

    def runtime(self, service: str) -> Runtime:
        """The runtime of a service's app."""
        runtime: Runtime = self.apps[service].state.runtime
        return runtime

    async def start(self, servers: Servers, services: Iterable[str]) -> None:
        """Open the apps and wire their peers to each other."""
        self.admin_url = servers.admin_url
        for service in services:
            module = import_module(f"services.{service}.main")
            app = module.create_app(settings_of(service, servers))
            await self.stack.enter_async_context(app.router.lifespan_context(app))
            self.apps[service] = app
            self.specs[service] = import_module(f"services.{service}.worker").SERVICE
        for service, app in self.apps.items():
            tokens = ServiceTokens(service, SERVICE_KEYS[service])
            rt = app.state.runtime
            for peer in list(rt.peers):
                await rt.peers[peer].aclose()
                if peer in self.apps:
                    transport = httpx.ASGITransport(app=self.apps[peer])
                    rt.peers[peer] = ServiceClient(f"http://{peer}", tokens, peer, transport=transport)
                else:
                    del rt.peers[peer]
        self.client = httpx.AsyncClient(transport=_Router(self.apps), base_url="http://steward")

    async def new_org(self, name: str = "测试物业") -> UUID:
        """An organisation of one's own, known to every service; through ticketing when it runs."""
        org = uuid7()
        for service in self.apps:
            rt = self.runtime(service)
            async with rt.db.plain() as raw:
                await organisations.remember(raw, service, org, name)
        return org

    def token(
        self,
        role: str,
        org: UUID,
        *,
        units: Iterable[UUID] | None = None,
        sub: UUID | None = None,
        scope: Iterable[str] = (),
    ) -> dict[str, str]:
        """Headers of a caller; staff see the whole organisation unless ``units`` says less."""
        default = [] if role == "resident" else [org]
        claims = user_claims(
            sub=sub or uuid7(), org=org, roles=[role], units=default if units is None else units, scope=scope
        )
        return {"Authorization": f"Bearer {mint_token(ISSUER, claims, timedelta(hours=1))}"}

    async def drain(self, org: UUID, *, timers: bool = True, rounds: int = 50) -> None:
        """Stamp, pull, fire and run until nothing of this organisation is left to do."""
        for _ in range(rounds):
            work = 0
            for service in self.apps:
                rt = self.runtime(service)
                while await sequencer.stamp(rt.db, org) is not None:
                    work += 1
            for service in self.apps:
                rt = self.runtime(service)
                for source in rt.spec.subscriptions:
                    if source in rt.peers:
                        work += await puller.pull(rt, source, org)
                if timers:
                    work += await firing.fire_due(rt, org, clock.now())
                work += await jobs.run_due(rt, org)
            if not work:
                return
        raise AssertionError("the services do not come to rest")

    async def close(self) -> None:
        """Close everything. What the services said in the tests must have kept its contracts."""
        broken = await contracts.broken(self.admin_url, self.apps) if self.apps else []
        if self.client is not None:
            await self.client.aclose()
        await self.stack.aclose()
        assert not broken, "events of these tests break shared/contracts:\n" + "\n".join(broken[:40])


class _Router(httpx.AsyncBaseTransport):
    """Sends ``/<service>/…`` to that service's app, as the gateway does."""

    def __init__(self, apps: dict[str, FastAPI]) -> None:
        self._transports = {name: httpx.ASGITransport(app=app) for name, app in apps.items()}

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        service = request.url.path.split("/")[1]
        return await self._transports[service].handle_async_request(request)


class Standing:
    """A business clock that stands where a test puts it."""

    def __init__(self, path: Any, at: datetime) -> None:
        # A new clock runs: it is stopped a moment before, so that it stands at the very microsecond.
        self.clock = clock.SimulatedClock.create(path, at - timedelta(minutes=1))
        self.clock.stand()
        self.clock.set(at)
        clock.use_simulated(path)

    def to(self, at: datetime) -> None:
        """Move forward to ``at``."""
        self.clock.set(at)

    def by(self, delta: timedelta) -> None:
        """Move forward by ``delta``."""
        self.clock.set(self.clock.now() + delta)
