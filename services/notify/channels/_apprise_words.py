"""What a call of one of apprise's plug-ins came to, without apprise: what the wire noted, and the settings it heeds."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Given:
    """Seconds for the time-outs; `development` allows plain http and the own machine."""

    connect_timeout: float
    read_timeout: float
    most_seconds: float
    development: bool


@dataclass
class Call:
    """One call. `connected`: the line stood, so that it may have been heard; `whole`: its answer was read to the end;
    `carries`: the message's words were seen in it; `blocked`: why it was not made."""

    status: int | None = None
    connected: bool = False
    whole: bool = False
    carries: bool = False
    after: str = ""
    blocked: str | None = None

    @property
    def taken(self) -> bool:
        """Whether the other side took it."""
        return self.status is not None and 200 <= self.status < 300

    @property
    def busy(self) -> bool:
        """Whether the other side asks for patience."""
        return self.status in (408, 425, 429)

    @property
    def final(self) -> bool:
        """Whether no other call may follow it: what became of it is open, or wants patience."""
        return self.blocked is not None or self.status is None or not self.whole or self.busy or self.status >= 500
