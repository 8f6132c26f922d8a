"""The two clocks, and the only module that asks the machine for the time.

``now()`` is business time: deadlines, periods, what people read; it can be simulated. ``wall()`` is for ids, leases,
security, limits and telemetry and is never moved. Both are aware UTC.

The simulated clock is one small memory-mapped file shared by the processes of a local stack: a sequence counter (odd
while it is being written), the business instant and the wall instant it was set at, both in microseconds, and whether
it runs. Reading it costs about a microsecond.
"""

from __future__ import annotations

import mmap
import os
import struct
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LAYOUT = struct.Struct("<qqqq")
_ENV = "STEWARD_SIMULATED_CLOCK"


def wall() -> datetime:
    """The machine's time, aware UTC."""
    return datetime.now(UTC)


def wall_micros() -> int:
    """The machine's time in microseconds since 1970, for ids: a busy process makes thousands a second."""
    return time.time_ns() // 1000


def monotonic() -> float:
    """Seconds that only grow, for measuring how long something took."""
    return time.monotonic()


def _micros(at: datetime) -> int:
    return (at - _EPOCH) // timedelta(microseconds=1)


def _instant(micros: int) -> datetime:
    return _EPOCH + timedelta(microseconds=micros)


class SimulatedClock:
    """A business clock in a file: it stands, or runs at the machine's speed from where it was set."""

    def __init__(self, path: Path | str) -> None:
        """Open an existing clock. Raises FileNotFoundError."""
        self.path = Path(path)
        descriptor = os.open(self.path, os.O_RDWR)
        try:
            self._map = mmap.mmap(descriptor, _LAYOUT.size)
        finally:
            os.close(descriptor)

    @classmethod
    def create(cls, path: Path | str, start: datetime) -> SimulatedClock:
        """Make the file, running from ``start``; an existing one is opened as it is."""
        target = Path(path)
        if not target.exists():
            fresh = target.with_name(f".{target.name}.{os.getpid()}")
            fresh.write_bytes(_LAYOUT.pack(0, _micros(start), _micros(wall()), 1))
            os.replace(fresh, target)
        return cls(target)

    def _load(self) -> tuple[int, int, bool]:
        patience = time.monotonic() + 1.0
        while True:
            seq, business, set_at, running = _LAYOUT.unpack(self._map[:])
            if seq % 2 == 0 and struct.unpack_from("<q", self._map, 0)[0] == seq:
                return business, set_at, bool(running)
            if time.monotonic() > patience:
                # A writer died between its two stamps. Both values still in the file are from before or after: either
                # is a time that was set, and waiting longer would stop every process of the stack.
                return business, set_at, bool(running)
            time.sleep(0)

    def _store(self, business: int, running: bool) -> None:
        seq = struct.unpack_from("<q", self._map, 0)[0]
        seq += seq % 2  # a writer that died left it odd
        struct.pack_into("<q", self._map, 0, seq + 1)
        struct.pack_into("<qqq", self._map, 8, business, _micros(wall()), int(running))
        struct.pack_into("<q", self._map, 0, seq + 2)

    def read(self) -> tuple[datetime, bool]:
        """The business instant and whether the clock runs."""
        business, set_at, running = self._load()
        if running:
            business += _micros(wall()) - set_at
        return _instant(business), running

    def now(self) -> datetime:
        """The business instant."""
        return self.read()[0]

    def set(self, instant: datetime) -> None:
        """Move to ``instant``; whether it runs stays. Raises ValueError when that would be backwards."""
        current, running = self.read()
        if instant < current:
            raise ValueError(f"the clock is at {current.isoformat()} and does not go back to {instant.isoformat()}")
        self._store(_micros(instant), running)

    def stand(self) -> None:
        """Stop where it is."""
        self._store(_micros(self.now()), False)

    def run(self) -> None:
        """Go on from where it is, at the machine's speed."""
        self._store(_micros(self.now()), True)

    def close(self) -> None:
        """Let go of the file."""
        self._map.close()


_simulated: SimulatedClock | None = None
_looked = False


def use_simulated(path: Path | str | None) -> None:
    """Read business time from this file from now on; None goes back to the machine's time."""
    global _simulated, _looked
    _simulated = None if path is None else SimulatedClock(path)
    _looked = True


def simulated() -> SimulatedClock | None:
    """The simulated clock of this process, or None."""
    global _looked
    if not _looked:
        path = os.environ.get(_ENV)
        if path:
            use_simulated(path)
        _looked = True
    return _simulated


def now() -> datetime:
    """Business time, aware UTC."""
    clock = simulated()
    return wall() if clock is None else clock.now()
