"""From a scorecard to proposals: what its letter's rules conclude, one row each, waiting for a person."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from services.kpi.consequences import repository
from shared.db.tx import Tx
from shared.ids import uuid7


async def from_card(tx: Tx, card: Mapping[str, Any], result: Mapping[str, Any]) -> None:
    """Propose what the rules of the letter conclude; proposals of the card it restates are withdrawn, unless
    somebody has decided on them already."""
    if card["restates_id"] is not None:
        await repository.withdraw(tx, card["restates_id"])
    await repository.insert(
        tx,
        [
            row(tx, card, number, found["kind"], found["reason"], found["indicators"])
            for number, found in enumerate(result["consequences"], start=1)
        ],
    )


def row(
    tx: Tx, card: Mapping[str, Any], number: int, kind: str, rule: Mapping[str, str], indicators: list[str]
) -> dict[str, Any]:
    """A proposal as it is stored."""
    return {
        "id": uuid7(),
        "version": 1,
        "created_at": tx.now,
        "updated_at": tx.now,
        "scorecard_id": card["id"],
        "letter_id": card["letter_id"],
        "community_id": card["community_id"],
        "subject_id": card["subject_id"],
        "period": card["period"],
        "kind": kind,
        "number": number,
        "rule": dict(rule),
        "indicators": indicators,
        "state": "proposed",
        "file_ids": [],
    }
