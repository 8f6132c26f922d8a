"""What a sender is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from shared.settings import ServiceSettings


@dataclass(frozen=True, slots=True)
class CodeMessage:
    """What is sent: to whom, what, in which language (``zh`` or ``en``). ``id`` is the same for every attempt."""

    id: str
    phone: str
    code: str
    language: str

    @property
    def text(self) -> str:
        """The sentence, for senders whose provider keeps no template of its own."""
        if self.language == "en":
            return f"Your code is {self.code}. It is good for 10 minutes. Never give it to anybody."
        return f"您的验证码是 {self.code}，10 分钟内有效。请勿告诉任何人。"


class Sender(Protocol):
    """Sends one message. ``development`` senders are refused in production mode."""

    @property
    def code(self) -> str:
        """The file's name."""
        ...

    @property
    def development(self) -> bool:
        """Whether production mode refuses it."""
        ...

    async def send(self, settings: ServiceSettings, message: CodeMessage) -> None:
        """Send it. Raises Retryable, Throttled, Permanent or OutcomeUnknown."""
        ...
