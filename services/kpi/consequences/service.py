"""Consequences: proposed by the letter's rules or by people, approved by others, and recorded when they were done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from services.kpi.consequences import proposing, repository
from services.kpi.consequences.schemas import ConsequenceDecisionIn, ExecutionIn, ProposalIn
from services.kpi.domain.concluding import proposal
from services.kpi.domain.letter_files import letter_from
from services.kpi.domain.letters import LetterError, ProposalOutOfRange
from services.kpi.domain.times import SHANGHAI
from services.kpi.errors import BadInput, BadProposal
from services.kpi.letters import repository as letters
from services.kpi.review_errors import ConsequenceMoved, NoSuchConsequence, NotStanding, OwnConsequence
from services.kpi.scorecards import repository as closed
from services.kpi.scorecards import service as cards
from shared.auth import Principal
from shared.db.tx import Tx
from shared.errors import LostUpdate


async def propose(tx: Tx, who: Principal, body: ProposalIn) -> Row[Any]:
    """Propose what the letter leaves to people, within the amounts it allows.

    Raises NoSuchScorecard, NotStanding, OwnConsequence, BadProposal, BadInput.
    """
    card = await cards.get(tx, who, body.scorecard_id)
    if who.sub == card.subject_id:
        raise OwnConsequence()
    await letters.lock(tx, card.letter_id)  # the next number is taken by one at a time
    standing = await closed.standing_of(tx, card.letter_id, card.period)
    if standing != card.id:
        raise NotStanding(scorecard_id=standing)
    letter = letter_from(await letters.definition(tx, card.letter_id))
    fen = None if body.amount is None else body.amount.money().fen
    rule = {"zh": body.reason, "en": body.reason}
    if body.kind in letter.proposals:
        if fen is None:
            raise BadInput.of(LetterError("amount", "请填写金额", "give the amount"))
        try:
            # row: C-239 a reward or fine stays within the amounts the letter prints
            rule = proposal(letter, body.kind, Fraction(fen, 100), card.parameters, "body").reason.as_json()
        except ProposalOutOfRange as error:
            raise BadProposal.of(error) from error
    elif fen is not None:
        raise BadInput.of(
            LetterError("amount", "本责任书没有规定该类金额", "the letter names no amounts of this kind")
        )
    number = await repository.next_number(tx, card.id)
    row = proposing.row(tx, card._asdict(), number, body.kind, rule, [])
    await repository.insert(tx, [{**row, "amount_fen": fen, "proposed_by": who.sub, "reason": body.reason}])
    tx.audit("consequence.proposed", "consequence", row["id"], after={"kind": body.kind, "amount_fen": fen})
    return await get(tx, who, row["id"])


async def decide(
    tx: Tx, who: Principal, consequence_id: UUID, body: ConsequenceDecisionIn, version: int | None
) -> Row[Any]:
    """Approve or refuse. Raises NoSuchConsequence, LostUpdate, ConsequenceMoved, OwnConsequence."""
    row = await _step(tx, who, consequence_id, version, "proposed")
    if who.sub in (row.subject_id, row.proposed_by):
        raise OwnConsequence()
    state = "approved" if body.decision == "approve" else "refused"
    values = {"state": state, "decided_by": who.sub, "decided_at": tx.now, "decision": body.reason}
    return await _moved(tx, who, row, values)


async def execute(tx: Tx, who: Principal, consequence_id: UUID, body: ExecutionIn, version: int | None) -> Row[Any]:
    """Record what was done outside.

    Raises NoSuchConsequence, LostUpdate, ConsequenceMoved, OwnConsequence, BadInput.
    """
    row = await _step(tx, who, consequence_id, version, "approved")
    if who.sub == row.subject_id:
        raise OwnConsequence()
    first, last = (at.astimezone(SHANGHAI).date() for at in (row.created_at, tx.now))
    if not first <= body.on <= last:
        raise BadInput.of(LetterError("on", "日期应在提出之后、今天之前", "between its proposal and today"))
    # row: C-238, E-027, E-052 a self-criticism, and whatever else the letter wants in writing, is filed with the record
    if row.kind in ("accountability", "learning", "improvement_plan") and not body.file_ids:
        raise BadInput.of(LetterError("file_ids", "须附书面材料", "the written paper is filed with it"))
    values = {"state": "executed", "done_on": body.on, "done_note": body.note, "file_ids": body.file_ids}
    return await _moved(tx, who, row, values)


async def archive(tx: Tx, who: Principal, consequence_id: UUID, version: int | None) -> Row[Any]:
    """Put the record on file. Raises NoSuchConsequence, LostUpdate, ConsequenceMoved."""
    row = await _step(tx, who, consequence_id, version, "executed")
    return await _moved(tx, who, row, {"state": "archived"})


async def _step(tx: Tx, who: Principal, consequence_id: UUID, version: int | None, state: str) -> Row[Any]:
    row = await get(tx, who, consequence_id, lock=True)
    if version is not None and version != row.version:
        raise LostUpdate()
    if row.state != state:
        raise ConsequenceMoved(state=row.state)
    return row


async def _moved(tx: Tx, who: Principal, row: Row[Any], values: Mapping[str, Any]) -> Row[Any]:
    await repository.move(tx, row, values)
    # row: C-244, E-028 rewards and accountability are kept with who decided what, when and on what grounds
    tx.audit(f"consequence.{values['state']}", "consequence", row.id, after={"state": values["state"]})
    return await get(tx, who, row.id)


async def get(tx: Tx, who: Principal, consequence_id: UUID, *, lock: bool = False) -> Row[Any]:
    """A consequence within reach. Raises NoSuchConsequence."""
    row = await repository.get(tx, consequence_id, lock=lock)
    if row is None or not who.sees(row.path):
        raise NoSuchConsequence()
    return row


async def page(
    tx: Tx, who: Principal, filters: Mapping[str, Any], after: UUID | None, limit: int
) -> Sequence[Row[Any]]:
    """Consequences within reach."""
    return await repository.page(tx, who, filters, after, limit)
