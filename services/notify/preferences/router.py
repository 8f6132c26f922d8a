"""A resident's preferences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from services.notify.domain.restraint import may_opt_out
from services.notify.preferences import service
from services.notify.preferences.schemas import PreferenceOut, PreferencesIn, PreferencesOut
from shared.auth import Principal, allow
from shared.http.routing import TxDep, service_router

router = service_router(prefix="/v1/preferences", tags=["preferences"])

Owner = Annotated[Principal, allow("preference.own")]


def _present(modes: Mapping[str, str]) -> PreferencesOut:
    return PreferencesOut(
        items=[PreferenceOut(message_class=code, mode=mode, optional=may_opt_out(code)) for code, mode in modes.items()]
    )


@router.get("", operation_id="get_preferences")
async def get_preferences(tx: TxDep, who: Owner) -> PreferencesOut:
    """How each class of messages reaches the caller outside the inbox."""
    return _present(await service.mine(tx, who))


@router.post("", operation_id="choose_preferences")
async def choose_preferences(body: PreferencesIn, tx: TxDep, who: Owner) -> PreferencesOut:
    """Change some classes; what is turned off still stands in the inbox."""
    return _present(await service.choose(tx, who, body.classes))
