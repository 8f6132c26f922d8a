"""Returns and exchanges of goods (退换货) at the shops of the retail pack (C-034)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from services.ticketing.domain.kinds._affairs import affair, done_in_a_day


@dataclass(frozen=True, slots=True)
class Fields:
    """What is brought back, why, and what the customer wants for it; the amount in fen."""

    # row: C-034 returns and exchanges are business of their own
    wants: Literal["return", "exchange", "refund"]
    goods: str = ""
    receipt: str = ""
    amount_fen: int | None = None
    fault: bool = False


KIND = affair(
    "retail_return",
    "退换货",
    "Return or exchange",
    "X",
    Fields,
    pack="retail",
    examples=(done_in_a_day({"wants": "exchange", "goods": "电饭煲"}),),
)
