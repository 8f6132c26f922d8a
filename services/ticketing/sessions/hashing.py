"""argon2id in threads of its own: at most as many at once as there are processors, never on the event loop.

19 MiB, two passes, one lane (the OWASP minimum that fits a machine which also serves requests): some 60 ms of one
processor each. The library releases the interpreter's lock while it works.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.low_level import Type

from services.ticketing.domain.grants.passwords import normal
from services.ticketing.sessions.errors import SignInBusy

T = TypeVar("T")

#: How many may wait: a minute's work of two processors. Beyond it waiting helps nobody.
MOST_WAITING: Final = 2000

_HASHER: Final = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1, type=Type.ID)
#: What a login without a password is compared with, so that it costs the same time. Nothing hashes to it.
_NOBODY: Final = (
    b"$argon2id$v=19$m=19456,t=2,p=1$c3Rld2FyZC1ub2JvZHkh$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
)


class _Pool:
    """The threads, made when first needed: a process that forks must not inherit them."""

    def __init__(self) -> None:
        self._threads: ThreadPoolExecutor | None = None
        self._owner = 0
        self.waiting = 0

    async def run(self, act: Callable[[], T]) -> T:
        """Run ``act`` in a thread. Raises SignInBusy when too many wait."""
        if self._threads is None or self._owner != os.getpid():
            self._threads = ThreadPoolExecutor(min(4, os.cpu_count() or 1), thread_name_prefix="argon2")
            self._owner, self.waiting = os.getpid(), 0
        if self.waiting >= MOST_WAITING:
            raise SignInBusy
        self.waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, act)
        finally:
            self.waiting -= 1


_pool: Final = _Pool()


async def hashed(password: str) -> bytes:
    """The argon2id text of a password, with its own salt. Raises SignInBusy."""
    return (await _pool.run(lambda: _HASHER.hash(normal(password)))).encode()


async def matches(stored: bytes | None, password: str) -> bool:
    """Whether this is the password. Without a stored one it takes as long and is False. Raises SignInBusy."""

    def act() -> bool:
        try:
            return _HASHER.verify((stored or _NOBODY).decode(), normal(password)) and stored is not None
        except (VerificationError, InvalidHashError):
            return False

    return await _pool.run(act)


def is_dated(stored: bytes) -> bool:
    """Whether a password was hashed with other parameters than today's and should be hashed again."""
    return _HASHER.check_needs_rehash(stored.decode())
