"""``/ticketing/v1/survey-settings``: what the organisation asks in every quarterly survey."""

from __future__ import annotations

from typing import Annotated

from fastapi import Response

from services.ticketing.surveys import settings
from services.ticketing.surveys.settings_schemas import SettingsIn, SettingsOut
from shared.auth import Principal, allow
from shared.http.routing import IfMatch, TxDep, etag, problems, service_router

router = service_router(prefix="/v1/survey-settings", tags=["surveys"])


@router.get("", operation_id="get_survey_settings")
async def get_settings(
    tx: TxDep, who: Annotated[Principal, allow("survey.results")], response: Response
) -> SettingsOut:
    """The eight dimensions of the next quarterly survey: three named, five of the organisation's choice."""
    found = await settings.shown(tx)
    etag(response, found.version)
    return found


@router.put("", operation_id="choose_survey_dimensions", responses=problems(404, 412))
async def choose(
    body: SettingsIn,
    tx: TxDep,
    who: Annotated[Principal, allow("survey.configure")],
    if_match: IfMatch,
    response: Response,
) -> SettingsOut:
    """Choose the five dimensions asked besides the three named ones, from the next survey on."""
    found = await settings.choose(tx, who, body, if_match)
    etag(response, found.version)
    return found
