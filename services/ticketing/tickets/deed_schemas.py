"""What goes into ``/ticketing/v1/tickets/{id}/deeds``."""

from typing import Annotated, Any

from pydantic import Field

from services.ticketing.domain.kind import kinds
from services.ticketing.tickets.schemas import Told

#: Codes of all deeds of all kinds; what each takes, `GET /ticketing/v1/kinds` says.
DEEDS = sorted({deed.code for kind in kinds().values() for deed in kind.deeds})


class DeedIn(Told):
    """A deed of the ticket's kind, with the fields that the kind asks for it."""

    deed: Annotated[str, Field(max_length=40, json_schema_extra={"enum": DEEDS})]
    fields: dict[str, Any] = {}

    model_config = {
        "json_schema_extra": {"examples": [{"deed": "propose-major", "fields": {"reason": "十余户业主联名投诉"}}]}
    }
