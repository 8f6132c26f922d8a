"""A day's money as the bank or provider lists it, against what we booked: typed differences, nothing smoothed over."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

PAYMENT, REFUND = "payment", "refund"

MISSING_THERE, MISSING_HERE, AMOUNT, STATUS, REFUNDS = "missing_there", "missing_here", "amount", "status", "refund"
KINDS: Final = (MISSING_THERE, MISSING_HERE, AMOUNT, STATUS, REFUNDS)


@dataclass(frozen=True, slots=True)
class Theirs:
    """A line of the statement: ``kind`` PAYMENT or REFUND, the reference of the payment it is about, fen."""

    kind: str
    reference: str
    fen: int


@dataclass(frozen=True, slots=True)
class Ours:
    """A payment of the day; ``reversed`` when it was undone since; ``refunded_fen`` given back out of it."""

    id: UUID
    reference: str | None
    fen: int
    reversed: bool
    refunded_fen: int


@dataclass(frozen=True, slots=True)
class Difference:
    """Something that a person must explain; fen as each side has them, None where a side has nothing."""

    kind: str
    reference: str | None
    payment_id: UUID | None
    ours_fen: int | None
    theirs_fen: int | None


@dataclass(frozen=True, slots=True)
class Result:
    """How many payments agree, the fen in them, and what does not."""

    matched: int
    matched_fen: int
    differences: Sequence[Difference]


def _sums(lines: Sequence[Theirs], kind: str) -> Mapping[str, int]:
    found: defaultdict[str, int] = defaultdict(int)
    for line in lines:
        if line.kind == kind:
            found[line.reference] += line.fen
    return found


def compare(ours: Sequence[Ours], theirs: Sequence[Theirs]) -> Result:
    """Match by reference; several lines of one reference are one sum.

    A payment is ``matched`` when money, standing and refunds agree. One without a reference is on no statement and
    therefore ``missing_there``.
    """
    paid, back = _sums(theirs, PAYMENT), _sums(theirs, REFUND)
    matched = fen = 0
    found: list[Difference] = []
    for own in sorted(ours, key=lambda o: (o.reference or "", o.id)):
        before = len(found)
        told = paid.get(own.reference) if own.reference is not None else None
        if own.reversed:
            # Undone here: right when it is not there either.
            if told is not None:
                found.append(Difference(STATUS, own.reference, own.id, 0, told))
        elif told is None:
            found.append(Difference(MISSING_THERE, own.reference, own.id, own.fen, None))
        elif told != own.fen:
            found.append(Difference(AMOUNT, own.reference, own.id, own.fen, told))
        given = back.get(own.reference, 0) if own.reference is not None else 0
        if given != own.refunded_fen:
            found.append(Difference(REFUNDS, own.reference, own.id, own.refunded_fen, given))
        if len(found) == before and not own.reversed:
            matched, fen = matched + 1, fen + own.fen
    known = {own.reference for own in ours}
    found += [
        Difference(MISSING_HERE, reference, None, None, told)
        for reference, told in sorted(paid.items())
        if reference not in known
    ]
    found += [
        Difference(REFUNDS, reference, None, None, given)
        for reference, given in sorted(back.items())
        if reference not in known
    ]
    return Result(matched, fen, found)
