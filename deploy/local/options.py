"""What a stack is started with."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True)
class Options:
    """What `steward up` was asked for. `simulated_clock`: the business instant to start at, None for the real
    one.

    `background`: output goes to the log of the supervisor.
    """

    port: int = 8080
    simulated_clock: datetime | None = None
    background: bool = False
    mode: str = field(default_factory=lambda: os.environ.get("STEWARD_MODE") or "development")
    bind: str = field(default_factory=lambda: os.environ.get("STEWARD_BIND") or "127.0.0.1")
