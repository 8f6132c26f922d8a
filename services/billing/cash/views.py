"""How shifts, entries and days go out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row

from services.billing.cash.schemas import EntryOut, ShiftOut, SumOut
from services.billing.domain import cash as rules
from shared.http.schemas import MoneyModel, Text


def _money(fen: int | None) -> MoneyModel | None:
    return None if fen is None else MoneyModel.of_fen(fen)


_DERIVED = frozenset({"float", "carried", "expected", "counted", "difference", "owed", "offered", "in_time"})


def shift(row: Row[Any]) -> ShiftOut:
    """A shift as it goes out."""
    same = {name: getattr(row, name) for name in ShiftOut.model_fields if name not in _DERIVED}
    done = row.counted_fen is not None
    return ShiftOut(
        **same,
        float=MoneyModel.of_fen(row.float_fen),
        carried=MoneyModel.of_fen(row.carried_fen),
        expected=_money(row.expected_fen),
        counted=_money(row.counted_fen),
        difference=_money(row.counted_fen - row.expected_fen if done else None),
        owed=_money(rules.takings(row.counted_fen, row.float_fen, row.carried_fen) if done else None),
        offered=_money(row.offered_fen),
        in_time=in_time(row),
    )


def in_time(row: Row[Any]) -> bool | None:
    """Whether a shift's takings were settled in time; None while they may still be."""
    if row.settled_at is not None:
        return rules.settled_in_time(row.settled_at, row.settle_due_at)
    return False if row.missed_at is not None else None


def entry(row: Row[Any]) -> EntryOut:
    """What went through a drawer."""
    return EntryOut(
        at=row.at,
        kind=row.kind,
        name=Text(**rules.KINDS[row.kind]),
        unit=row.unit,
        reference=row.reference,
        amount=MoneyModel.of_fen(row.amount_fen),
        act_id=row.act_id,
        after_close=row.after_close,
    )


def sums(entries: Sequence[Row[Any]]) -> list[SumOut]:
    """Entries by kind, in the order of the kinds."""
    found = []
    for kind, name in rules.KINDS.items():
        amounts = [row.amount_fen for row in entries if row.kind == kind]
        if amounts:
            fen = MoneyModel.of_fen(sum(amounts))
            found.append(SumOut(kind=kind, name=Text(**name), times=len(amounts), amount=fen))
    return found
