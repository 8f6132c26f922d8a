"""``steward bench auth``: CPU time of the token check that every request passes, on one core.

Measured is what a route does before its handler: the header, the key ring, the power. The tokens belong to many
people and each is shown many times, as browsers and mini-programs do, so a check is mostly a look-up; what the first
showing of a token costs is told beside it (``first_ms``). With more people than a process remembers (10,000), each in
turn, every showing is a first one. The floor is the library's own work on the same tokens, as a service without a cache
would do it at each request: joserfc verifies the signature with the right key at hand and reads the claims. It leaves
out everything else that we check (issuer, audience, end, roles).
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import time
from collections.abc import Callable, Coroutine, Sequence
from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

from fastapi import Request
from joserfc import jwt

from deploy.bench._report import pss_mb, say
from shared.auth.keyring import KeyRing
from shared.auth.keys import ALGORITHM, generate_key, public_jwks
from shared.auth.powers import require
from shared.auth.tokens import mint_token, user_claims
from shared.http.transactions import authenticate

#: What a check may cost, in ms of CPU per request.
LIMIT_MS = 0.1
#: Checks that are timed together: one alone is shorter than the clock's own cost.
BATCH = 200


def run(arguments: Sequence[str]) -> int:
    """See the module. Exit code 1 when a check costs more than it may."""
    parser = argparse.ArgumentParser(prog="steward bench auth")
    parser.add_argument("--people", type=int, default=2000, help="tokens in use side by side")
    parser.add_argument("--showings", type=int, default=50, help="how often each is shown")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(list(arguments))
    if options.people < 1 or options.showings < 1:
        parser.error("--people and --showings are at least 1")
    report = asyncio.run(_measure(options.people, options.showings))
    say("auth", as_json=options.json, peak_mb=pss_mb([os.getpid()]), limit_ms=LIMIT_MS, **report)
    return 1 if report["measured"] > LIMIT_MS else 0


async def _measure(people: int, showings: int) -> dict[str, Any]:
    key = generate_key("bench")
    ring = KeyRing()
    ring.use_keys(public_jwks([key]))
    org = uuid4()
    tokens = [
        mint_token(key, user_claims(sub=uuid4(), org=org, roles=["clerk"], units=[org]), timedelta(minutes=15))
        for _ in range(people)
    ]
    state = SimpleNamespace(keyring=ring)
    requests = [_request(token, state) for token in tokens]
    powers = {"ticket.read": frozenset({"clerk"})}

    async def ours(n: int) -> None:
        require(await authenticate(requests[n % people]), "ticket.read", powers)

    async def library(n: int) -> None:
        jwt.decode(tokens[n % people], key, algorithms=[ALGORITHM])

    floor = await _cpu_ms(library, min(people, 2000))
    first = await _cpu_ms(ours, people)
    again = await _cpu_ms(ours, people * showings)
    checks = sorted(again)
    measured = statistics.fmean(again)
    return {
        "measured": round(measured, 5),
        "floor": round(statistics.fmean(floor), 5),
        "ratio": round(measured / statistics.fmean(floor), 4),
        "p50_ms": round(statistics.median(checks), 5),
        "p99_ms": round(checks[int(len(checks) * 0.99)], 5),
        "first_ms": round(statistics.fmean(first), 5),
        "people": people,
        "checks": people * showings,
    }


def _request(token: str, state: SimpleNamespace) -> Request:
    headers = [(b"host", b"127.0.0.1"), (b"authorization", f"Bearer {token}".encode()), (b"accept", b"*/*")]
    return Request({"type": "http", "headers": headers, "app": SimpleNamespace(state=state), "state": {}})


async def _cpu_ms(check: Callable[[int], Coroutine[Any, Any, None]], count: int) -> list[float]:
    """CPU ms per check, batch by batch, of ``count`` checks."""
    found = []
    for start in range(0, count, BATCH):
        size = min(BATCH, count - start)
        began = time.process_time_ns()
        for n in range(start, start + size):
            await check(n)
        found.append((time.process_time_ns() - began) / size / 1e6)
    return found
