"""The power of the door to a service's registry of personal data."""

from __future__ import annotations

from typing import Final

POWER: Final = "personal.read"
#: Only the service that keeps the register, which records who asked for the bundle and why.
HOLDS_IT: Final = frozenset({"service:ticketing"})
