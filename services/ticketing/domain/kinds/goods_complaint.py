"""Complaints about goods (商品投诉) at the shops of the retail pack: quality, price, weight, date (C-034)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from services.ticketing.domain.kinds._affairs import affair, done_in_a_day


@dataclass(frozen=True, slots=True)
class Fields:
    """What is wrong with which goods."""

    # row: C-034 complaints about goods are kept apart from those about service
    problem: Literal["quality", "price", "weight", "expired", "missing", "other"]
    goods: str = ""
    receipt: str = ""


KIND = affair(
    "goods_complaint",
    "商品投诉",
    "Complaint about goods",
    "GD",
    Fields,
    pack="retail",
    examples=(done_in_a_day({"problem": "expired", "goods": "牛奶"}),),
)
