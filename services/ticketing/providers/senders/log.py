"""For development: the code stands in the log, the phone masked. Production mode refuses this sender."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import structlog

from services.ticketing.providers.senders._base import CodeMessage, Sender
from shared.masking import mask_email, mask_phone
from shared.settings import ServiceSettings

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Log:
    """Writes a line."""

    code: str = "log"
    development: bool = True

    async def send(self, settings: ServiceSettings, message: CodeMessage) -> None:
        """Never fails."""
        masked = mask_email if "@" in message.phone else mask_phone
        log.warning("sign_in.code", to=masked(message.phone), one_time_code=message.code)


SENDER: Final[Sender] = Log()
