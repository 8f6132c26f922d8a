"""What packs refuse."""

from __future__ import annotations

from shared.errors import Conflict, NotFound


class NoSuchPack(NotFound):
    """There is no such line of business."""

    code = "ticketing.pack.unknown"
    zh = "没有这个业务包"
    en = "There is no such pack"


class AlwaysOn(Conflict):
    """The house's own business is never off."""

    code = "ticketing.pack.always_on"
    zh = "物业业务始终启用，不能开关"
    en = "The property pack is always on"
