"""How the history of a case names what happens in the field, Chinese and English."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

FIELD_NAMES: Final[Mapping[str, tuple[str, str]]] = {
    "order.pool": ("等待接单", "waiting for somebody to take it"),
    "order.accept": ("接单", "order accepted"),
    "order.refuse": ("拒单", "order refused"),
    "order.transfer": ("转派交接", "handed over"),
}
