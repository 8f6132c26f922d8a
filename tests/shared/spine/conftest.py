"""The toys, made once per worker."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import pytest

from shared.ids import uuid7
from shared.runtime import Runtime
from tests.shared.spine import toy
from tests.support.servers import Servers


@pytest.fixture(scope="session")
async def toys(servers: Servers) -> AsyncIterator[tuple[Runtime, Runtime]]:
    """Runtimes of alpha and beta; beta pulls from alpha without sockets."""
    await toy.create(servers, toy.alpha_metadata)
    await toy.create(servers, toy.beta_metadata)
    alpha = Runtime(toy.ALPHA, toy.toy_settings("alpha", servers))
    beta = Runtime(toy.BETA, toy.toy_settings("beta", servers))
    peer: Any = toy.DirectPeer(alpha.db)
    beta.peers["alpha"] = peer
    yield alpha, beta
    for rt in (alpha, beta):
        await rt.db.close()
        await rt.redis.aclose()


@pytest.fixture
def alpha(toys: tuple[Runtime, Runtime]) -> Runtime:
    """The source."""
    return toys[0]


@pytest.fixture
def beta(toys: tuple[Runtime, Runtime]) -> Runtime:
    """The subscriber."""
    return toys[1]


@pytest.fixture
def tenant() -> UUID:
    """An organisation nobody else uses."""
    toy.REFUSED.clear()
    return uuid7()
