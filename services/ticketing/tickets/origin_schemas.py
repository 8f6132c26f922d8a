"""By what way a matter came in, and what leads back to where it came from."""

from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, Field

from services.ticketing.domain.channels import CHANNELS
from shared.http.schemas import Input, UtcTime


def _known_channel(code: str) -> str:
    if code not in CHANNELS:
        raise ValueError(f"one of {', '.join(CHANNELS)}")
    return code


#: A way in or back; the list is that of ``domain/channels``.
Channel = Annotated[str, AfterValidator(_known_channel), Field(json_schema_extra={"enum": list(CHANNELS)})]


class OriginIn(Input):
    """What leads back to where a matter came from. Each channel says what it demands: see the channel."""

    call_id: Annotated[UUID | None, Field(description="phone: the call it was told in")] = None
    visit_id: Annotated[UUID | None, Field(description="visit: the visit it was told in")] = None
    screenshot_id: Annotated[
        UUID | None, Field(description="wechat_group: the picture of the message, one of the attachments")
    ] = None
    posted_at: Annotated[
        UtcTime | None, Field(description="wechat_group, media: when it was posted. In a group, limits count from here")
    ] = None
    number: Annotated[
        str | None,
        Field(min_length=1, max_length=60, description="hotline_12345, authority: the number it has there"),
    ] = None
    deadline: Annotated[
        UtcTime | None, Field(description="hotline_12345, authority: until when they want the answer")
    ] = None
    outlet: Annotated[
        str | None, Field(min_length=1, max_length=100, description="media, authority: which one")
    ] = None
