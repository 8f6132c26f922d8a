"""A client that remembers what it was answered, to be looked for in the database afterwards."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from deploy.demo.client import Api

#: Seconds for which an unanswered request is repeated: longer than anything that is killed takes to come back.
PATIENCE = 90.0


@dataclass(frozen=True)
class Answered:
    """A POST that was answered with 2xx: to whom, under which key, and what was said."""

    service: str
    path: str
    key: str
    body: Any


class Recorder(Api):
    """The demo's client, patient, and with a memory."""

    def __init__(self, gateway: str, on_answer: Callable[[], None]) -> None:
        super().__init__(gateway, on_answer, patience=PATIENCE)
        self.answered: list[Answered] = []

    async def post(self, path: str, token: str, body: Any, key: str) -> Any:
        """POST as the demo does, and remember the answer."""
        said = await super().post(path, token, body, key)
        self.answered.append(Answered(path.split("/")[1], path, f"demo-{self._run}-{key}", said))
        return said
