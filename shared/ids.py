"""Ids are UUIDv7: ordered by the wall clock, made by the application, never by the database."""

from __future__ import annotations

import os
import sys
import threading
from array import array
from datetime import UTC, datetime, timedelta
from uuid import UUID

from shared import clock

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TAIL = (1 << 62) - 1
_VARIANT = 0b10 << 62
_lock = threading.Lock()
_last = 0
_entropy = b""
_used = 0


def _forked() -> None:
    # A child that went on with its parent's random bytes could make its parent's ids.
    global _lock, _last, _entropy, _used
    _lock = threading.Lock()
    _last = 0
    _entropy = b""
    _used = 0


os.register_at_fork(after_in_child=_forked)


def uuid7() -> UUID:
    """A new id: 48 bits of milliseconds, 12 bits of the fraction below, 62 random bits.

    Ids of one process always grow, also within a microsecond and when the machine's clock is set back.
    """
    global _last, _entropy, _used
    micros = clock.wall_micros()
    ticks = (micros // 1000 << 12) | (micros % 1000 * 4096 // 1000)
    with _lock:
        ticks = max(ticks, _last + 1)
        _last = ticks
        if _used == len(_entropy):  # one call to the system for many ids
            _entropy, _used = os.urandom(4096), 0
        tail = int.from_bytes(_entropy[_used : _used + 8], "big") & _TAIL
        _used += 8
    millis, fraction = ticks >> 12, ticks & 0xFFF
    return UUID(int=(millis << 80) | (0x7 << 76) | (fraction << 64) | (0b10 << 62) | tail)


def uuid7_texts(count: int) -> list[str]:
    """So many new ids as 32 hexadecimal digits, growing, as :func:`uuid7` would give one by one.

    For rows by the ten thousand: made in two columns of whole numbers and stored as text, because an object for each,
    and its encoding, would cost more than the row.
    """
    global _last
    micros = clock.wall_micros()
    ticks = (micros // 1000 << 12) | (micros % 1000 * 4096 // 1000)
    with _lock:
        first = max(ticks, _last + 1)
        _last = first + max(0, count - 1)
    both = array("Q", bytes(16 * count))
    both[0::2] = array("Q", [(at >> 12 << 16) | 0x7000 | (at & 0xFFF) for at in range(first, first + count)])
    both[1::2] = array("Q", [tail & _TAIL | _VARIANT for tail in memoryview(os.urandom(8 * count)).cast("Q")])
    if sys.byteorder == "little":
        both.byteswap()
    digits = both.tobytes().hex()
    return [digits[at : at + 32] for at in range(0, 32 * count, 32)]


def uuid7_floor(at: datetime) -> UUID:
    """The smallest id of an instant, for the bounds of partitions and of time ranges."""
    millis = (at - _EPOCH) // timedelta(milliseconds=1)
    return UUID(int=(millis << 80) | (0x7 << 76) | (0b10 << 62))


def uuid7_time(id: UUID) -> datetime:
    """When an id was made, to the millisecond, UTC."""
    return _EPOCH + timedelta(milliseconds=id.int >> 80)
