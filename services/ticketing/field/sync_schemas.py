"""What goes in and out of reports sent later."""

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, model_validator

from shared.http.schemas import Input, Output, Text, UtcTime

SyncAction = Literal[
    "respond",
    "arrive",
    "follow-up-note",
    "pause",
    "resume",
    "complete",
    "accept-order",
    "refuse-order",
    "transfer-order",
    "draft-slip",
]


class SyncCommand(Input):
    """One thing that was done: when, to which ticket or order, and the body that its own endpoint takes."""

    client_id: Annotated[
        str,
        Field(min_length=1, max_length=100, pattern=r"^[\x21-\x7e]+$", description="The device's own, used once"),
    ]
    action: SyncAction
    ticket_id: UUID | None = None
    order_id: UUID | None = None
    occurred_at: UtcTime
    body: dict[str, Any] = {}

    @model_validator(mode="after")
    def _about_something(self) -> "SyncCommand":
        wanted = self.order_id if self.action.endswith("-order") else self.ticket_id
        if wanted is None:
            name = "order_id" if self.action.endswith("-order") else "ticket_id"
            raise ValueError(f"{self.action} needs {name}")
        return self


class SyncIn(Input):
    """What a device has to tell, at most fifty at a time."""

    commands: Annotated[list[SyncCommand], Field(min_length=1, max_length=50)]

    model_config = {
        "json_schema_extra": {
            "examples": [
                {
                    "commands": [
                        {
                            "client_id": "device-7-0001",
                            "action": "arrive",
                            "ticket_id": "01955a3e-7c00-7000-8000-000000000003",
                            "occurred_at": "2025-03-07T01:30:00Z",
                            "body": {"place": "3 栋地下水泵房"},
                        }
                    ]
                }
            ]
        }
    }


class SyncFault(Output):
    """What is wrong with one field."""

    path: str
    message: Text


class Outcome(Output):
    """What became of a command: 200, or the status, code and sentence that its own endpoint would have answered."""

    client_id: str
    status: int
    code: str | None
    detail: Text | None
    errors: list[SyncFault]
    replayed: bool
    id: Annotated[UUID | None, Field(description="Of the ticket, order or slip after it")]
    version: int | None


class SyncOut(Output):
    """Outcomes in the order in which the commands were sent."""

    outcomes: list[Outcome]
