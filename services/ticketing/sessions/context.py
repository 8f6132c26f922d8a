"""What a grant works with: the process, the caller's network and device, and transactions in an orderly queue."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, TypeVar
from uuid import UUID

from fastapi import Request

from services.ticketing.sessions.origin import known_device, network_of
from services.ticketing.sessions.secrets import INSTALLATION, Vault, vault
from shared import clock
from shared.db.tx import Tx
from shared.errors import AppError
from shared.http.database_errors import is_retryable, translate
from shared.runtime import Runtime
from shared.telemetry.context import request_id

T = TypeVar("T")

_GATE: Final = "sign_in_gate"
#: Connections that sign-in leaves to everybody else of the process.
_LEFT: Final = 3
_ATTEMPTS: Final = 3


@dataclass(frozen=True, slots=True)
class Context:
    """One sign-in request. Its transactions are short: no network and no hashing while one is open."""

    rt: Runtime
    vault: Vault
    network: str
    device: str | None
    """The device token that the caller showed, not yet verified."""

    @property
    def now(self) -> datetime:
        """The machine's time."""
        return clock.wall()

    def lane(self, kind: str, key: bytes) -> tuple[str, bool]:
        """The caller's lane for an address, and whether it is a known device's own."""
        address = f"{kind}:{key.hex()}"
        device = known_device(self.vault, self.device, kind, key, self.now)
        if device is not None:
            return f"device:{device}:{address}", True
        return f"net:{self.network}:{address}", False

    @asynccontextmanager
    async def tx(self, org_id: UUID = INSTALLATION, *, actor_id: UUID | None = None) -> AsyncIterator[Tx]:
        """A write transaction. Callers wait here, however many come at once, and not in the pool, which gives up."""
        async with gate(self.rt), self.rt.db.tx(org_id, actor_id=actor_id, request_id=request_id.get()) as tx:
            yield tx

    @asynccontextmanager
    async def read(self, org_id: UUID) -> AsyncIterator[Tx]:
        """A transaction for reading."""
        async with gate(self.rt), self.rt.db.read(org_id) as tx:
            yield tx

    @asynccontextmanager
    async def plain(self) -> AsyncIterator[Any]:
        """A driver connection without an organisation, for the table of identities."""
        async with gate(self.rt), self.rt.db.plain() as raw:
            yield raw


def gate(rt: Runtime) -> asyncio.Semaphore:
    """The process's queue before the database: a thousand sign-ins at once leave the pool to others, too."""
    found: asyncio.Semaphore | None = rt.state.get(_GATE)
    if found is None:
        found = rt.state[_GATE] = asyncio.Semaphore(max(2, rt.settings.pool_size - _LEFT))
    return found


def context_of(request: Request, device: str | None = None) -> Context:
    """The context of a request. ``device``: the device token in its body."""
    rt: Runtime = request.app.state.runtime
    return Context(rt, vault(rt.settings.master_key), network_of(request), device)


def vault_of(request: Request) -> Vault:
    """The installation's keyed hashes, for what finds people by their phone."""
    rt: Runtime = request.app.state.runtime
    return vault(rt.settings.master_key)


async def settled(act: Callable[[], Awaitable[T]]) -> T:
    """Run what manages its own transactions: again after a deadlock, and with the database's errors as problems.

    ``act`` may run up to three times; what it did outside its transactions must bear that.
    """
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            return await act()
        except AppError:
            raise
        except Exception as problem:
            if attempt < _ATTEMPTS and is_retryable(problem):
                continue
            known = translate(problem)
            if known is None:
                raise
            raise known from problem
    raise AssertionError("unreachable: the last attempt returns or raises")
