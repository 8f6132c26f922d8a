"""An organisation's own routes."""

from __future__ import annotations

from collections.abc import Sequence

from services.notify.domain.by_hand_errors import RoutesWrong
from services.notify.domain.catalogue import CLASSES
from services.notify.domain.routes import default_order
from services.notify.registry import channels
from services.notify.routing import repository
from shared.db.tx import Tx
from shared.errors import FieldError


async def routes_of(tx: Tx) -> list[tuple[str, Sequence[str], bool]]:
    """(class, channels in order, whether the organisation said so) of all classes."""
    own = await repository.own(tx)
    return [(code, own.get(code) or default_order(code), code in own) for code in CLASSES]


async def change(tx: Tx, message_class: str, codes: Sequence[str] | None) -> None:
    """Say over which channels a class goes. Raises RoutesWrong (422)."""
    wrong = []
    if message_class not in CLASSES:
        wrong.append(FieldError("message_class", "没有这个消息类别", "no class of messages"))
    known = {code for code, channel in channels().items() if channel.outside}
    for n, code in enumerate(codes or ()):
        if code not in known or code in (codes or ())[:n]:
            wrong.append(FieldError(f"channels.{n}", "没有此渠道，或重复", "no such channel, or named twice"))
    if codes is not None and not codes:
        wrong.append(FieldError("channels", "至少保留一个渠道", "at least one channel must remain"))
    if wrong:
        raise RoutesWrong(fields=wrong)
    before = (await repository.own(tx)).get(message_class)
    await repository.put(tx, message_class, codes)
    tx.audit(
        "route.change",
        "organisation",
        tx.org_id,
        before={"message_class": message_class, "channels": before},
        after={"message_class": message_class, "channels": codes},
    )
