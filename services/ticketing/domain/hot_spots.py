"""Where reports pile up: what they can be grouped by, in words, and shares rounded once."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from types import MappingProxyType
from typing import Final

#: What a complaint is about (its field ``topic``) and what a repair is of (``category``).
WORDS: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "service_attitude": ("服务态度", "service attitude"),
        "staff_initiative": ("员工主动性", "staff initiative"),
        "service_quality": ("服务质量", "service quality"),
        "facility": ("设施设备", "facilities"),
        "order": ("秩序", "order"),
        "security": ("安保", "security"),
        "fees": ("收费", "fees"),
        "environment": ("环境", "environment"),
        "water": ("给水", "water"),
        "electricity": ("电气", "electricity"),
        "gas": ("燃气", "gas"),
        "door_window": ("门窗", "doors and windows"),
        "drainage": ("排水", "drainage"),
        "lift": ("电梯", "lifts"),
        "access": ("门禁", "access control"),
        "structure": ("房屋结构", "structure"),
        "other": ("其他", "other"),
    }
)


def share(part: int, whole: int) -> Decimal:
    """A part of a whole in percent, to one decimal, half up; 0.0 of nothing."""
    if whole == 0:
        return Decimal("0.0")
    return (Decimal(100 * part) / whole).quantize(Decimal("0.1"), ROUND_HALF_UP)


def change(now: int, before: int) -> Decimal | None:
    """Growth against the period before in percent, to one decimal, half up; None where there was nothing before."""
    return None if before == 0 else (Decimal(100 * (now - before)) / before).quantize(Decimal("0.1"), ROUND_HALF_UP)
