"""What a movement makes of the stock of the desk's store (C-254)."""

from __future__ import annotations

from typing import Final, Literal

from services.ticketing.domain.company_errors import StoreInvalid, StoreShort
from shared.errors import FieldError

Kind = Literal["in", "out", "count", "lost", "damaged"]

#: The most of one thing that is kept; more is a slip of the hand.
MOST: Final = 1_000_000


def after(stock: int, kind: Kind, quantity: int) -> int:
    """The stock after ``quantity`` came in, went out, or was counted.

    Raises:
        StoreShort: more would go out than there is. StoreInvalid: more would be kept than fits.
    """
    if kind == "count":
        left = quantity
    else:
        left = stock + quantity if kind == "in" else stock - quantity
    if left < 0:
        # row: C-254 nothing is handed out that is not there
        raise StoreShort(stock=stock)
    if left > MOST:
        raise StoreInvalid(fields=[FieldError("quantity", f"库存不能超过 {MOST}", f"At most {MOST} are kept")])
    return left
