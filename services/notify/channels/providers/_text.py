"""Plain text for work accounts and group robots, none of which takes as much as an e-mail."""

from __future__ import annotations

from typing import Final

from services.notify.domain.channels import Outgoing

#: The most bytes that all of them take.
MOST: Final = 2000


def text_of(message: Outgoing, most: int = MOST) -> str:
    """Title and text as one, cut to so many bytes, between characters."""
    whole = f"{message.title}\n{message.body}"
    data = whole.encode()
    return whole if len(data) <= most else data[: most - 3].decode(errors="ignore") + "…"
