"""Suggestions: made by anybody who works here, adopted and seen to work by somebody else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Row

from services.kpi import access, registers
from services.kpi.register_errors import NoSuchSuggestion, OwnSuggestion, SuggestionInvalid, SuggestionMoved
from services.kpi.suggestions import repository
from services.kpi.suggestions.schemas import EffectIn, SuggestionIn
from shared.auth import Principal
from shared.db.tx import Tx
from shared.errors import FieldError


async def make(tx: Tx, who: Principal, body: SuggestionIn) -> UUID:
    """Store a suggestion. Raises NoSuchCommunity."""
    place = await access.community(tx, who, body.community_id)
    id_ = await repository.add(
        tx,
        {
            "number": f"J{await tx.number('suggestion'):06d}",
            **body.model_dump(exclude={"community_id"}),
            "community_id": place.id,
            "suggested_by": who.sub,
            "suggested_on": tx.now.astimezone(place.zone).date(),
            "state": "made",
            "file_ids": [],
        },
    )
    tx.audit("suggestion.made", "suggestion", id_)
    return id_


async def decide(tx: Tx, who: Principal, suggestion_id: UUID, decision: str, note: str, version: int | None) -> None:
    """Adopt or refuse. Raises NoSuchSuggestion, LostUpdate, SuggestionMoved, OwnSuggestion."""
    row = await _of_another(tx, who, suggestion_id, version, "made")
    state = "adopted" if decision == "adopt" else "refused"
    values = {"state": state, "decided_by": who.sub, "decided_at": tx.now, "decision": note}
    seq = await repository.change(tx, row, values)
    tx.audit(f"suggestion.{state}", "suggestion", row.id, before={"state": row.state}, after={"state": state})
    _tell(tx, row, "decided", seq, state=state)


async def effect(tx: Tx, who: Principal, suggestion_id: UUID, body: EffectIn, version: int | None) -> None:
    """Say what an adopted suggestion brought; made and effective in one month it is a bonus (B-113).

    Raises NoSuchSuggestion, LostUpdate, SuggestionMoved, OwnSuggestion, SuggestionInvalid.
    """
    row = await _of_another(tx, who, suggestion_id, version, "adopted")
    today = tx.now.astimezone(ZoneInfo(row.timezone)).date()
    if not row.suggested_on <= body.effective_on <= today:
        told = ("应在提出之后、今天之前", "Should lie between the suggestion and today")
        raise SuggestionInvalid(fields=[FieldError("effective_on", *told)])
    seq = await repository.change(tx, row, {"state": "effective", "effect_by": who.sub, **body.model_dump()})
    tx.audit("suggestion.effective", "suggestion", row.id, after={"effective_on": body.effective_on.isoformat()})
    days = {"suggested_on": row.suggested_on.isoformat(), "effective_on": body.effective_on.isoformat()}
    _tell(tx, row, "effective", seq, **days)


async def get(tx: Tx, who: Principal, suggestion_id: UUID, *, lock: bool = False) -> Row[Any]:
    """A suggestion within reach. Raises NoSuchSuggestion."""
    row = await repository.get(tx, who, suggestion_id, lock=lock)
    if row is None:
        raise NoSuchSuggestion()
    return row


async def page(
    tx: Tx, who: Principal, filters: Mapping[str, Any], after: UUID | None, limit: int
) -> Sequence[Row[Any]]:
    """Suggestions within reach."""
    return await repository.page(tx, who, filters, after, limit)


async def _of_another(tx: Tx, who: Principal, suggestion_id: UUID, version: int | None, state: str) -> Row[Any]:
    row = await get(tx, who, suggestion_id, lock=True)
    registers.demand(row, version)
    if who.sub == row.suggested_by:
        raise OwnSuggestion()
    if row.state != state:
        raise SuggestionMoved(state=row.state)
    return row


def _tell(tx: Tx, row: Row[Any], what: str, seq: int, **more: Any) -> None:
    tx.emit(
        f"suggestion.{what}.v1",
        subject=row.id,
        seq=seq,
        community_id=row.community_id,
        data={"number": row.number, "suggested_by": str(row.suggested_by), **more},
    )
