"""Letters in force: negotiated, signed by everybody their template names, amended, voided, handed out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from services.kpi.delegations import repository as delegations
from services.kpi.domain import signing
from services.kpi.domain.amending import change_of
from services.kpi.domain.letter_files import letter_from
from services.kpi.domain.letters import LetterError
from services.kpi.domain.settling import resolve
from services.kpi.errors import BadInput
from services.kpi.feeds import publishing
from services.kpi.letter_errors import (
    AlreadySigned,
    AmendmentTooEarly,
    LetterChanged,
    LetterNotDraft,
    LetterNotInForce,
    NoSuchPaper,
    NotTheSignatory,
)
from services.kpi.letters import cascade, papers, repository, terms
from services.kpi.letters import service as letters
from services.kpi.letters.paper_schemas import AmendmentIn, HandOverIn, NegotiationIn, RecordIn, SignatureIn, VoidIn
from services.kpi.scorecards import nights
from shared.auth import Principal
from shared.db.tx import Tx
from shared.ids import uuid7
from shared.periods import Period

VOID = "void"
LETTER = "letter"


async def locked(tx: Tx, who: Principal, letter_id: UUID) -> Row[Any]:
    """A letter within reach, kept from everybody else until the commit. Raises NoSuchLetter."""
    await repository.lock(tx, letter_id)
    return await letters.get(tx, who, letter_id)


async def negotiate(tx: Tx, who: Principal, letter_id: UUID, body: NegotiationIn) -> Row[Any]:
    """Change what a draft says before anybody has signed. Raises NoSuchLetter, LetterNotDraft, BadInput,
    BlankParameters."""
    row = await locked(tx, who, letter_id)
    if row.state != "draft" or await papers.signatures(tx, row.id):
        raise LetterNotDraft()
    try:
        letter = letter_from(row.definition)
        parameters = resolve(letter, {**row.parameters, **body.parameters})
    except LetterError as error:
        raise BadInput.of(error) from error
    letters.demand_filled(letter, parameters)
    # row: C-186 the targets are agreed by both before they are signed, and how is on record
    await keep(tx, row, "negotiation", body.note, {"before": dict(row.parameters), "after": parameters}, [])
    fresh = signing.letter_hash({**row._asdict(), "parameters": parameters})
    await papers.change(tx, row, {"parameters": parameters, "hash": fresh})
    tx.audit("letter.negotiated", "letter", row.id, after={"hash": fresh})
    return await letters.get(tx, who, row.id)


async def sign(tx: Tx, who: Principal, letter_id: UUID, body: SignatureIn) -> Row[Any]:
    """Sign a letter, an amendment or a void record at one place; the last signature puts it in force.

    Raises NoSuchLetter, NoSuchPaper, LetterChanged, AlreadySigned, NotTheSignatory, ParentNotInForce, BadInput.
    """
    row = await locked(tx, who, letter_id)
    wanted, state = await _paper(tx, row, body.paper)
    if state != "open":
        raise AlreadySigned()
    if body.hash != wanted:
        raise LetterChanged()
    places = {place.place: place for place in signing.signatories(row.definition)}
    place = places.get(body.place)
    if place is None:
        raise NotTheSignatory()
    found = await papers.signatures(tx, row.id, body.paper)
    if any(signature.place == body.place for signature in found):
        raise AlreadySigned()
    lent = body.method != "electronic" or (
        body.delegated_by is not None
        and await delegations.lent(tx, row.id, str(place.place), body.delegated_by, who.sub)
    )
    _check_signer(tx, who, row, place, body, found, lent=lent)
    on = body.signed_on or tx.now.astimezone(letters.zone(row)).date()
    await papers.sign(
        tx,
        {
            "letter_id": row.id,
            "paper": body.paper,
            "place": body.place,
            "signer_id": body.signer_id or who.sub,
            "method": body.method,
            "hash": wanted,
            "signed_on": on,
            "sealed": body.sealed,
            "file_ids": body.file_ids,
            "delegated_by": body.delegated_by,
            "delegation": body.delegation,
            "recorded_by": who.sub,
            "recorded_at": tx.now,
        },
    )
    tx.audit("letter.signed", "letter", row.id, after={"paper": body.paper, "place": body.place, "hash": wanted})
    # row: AMB-083 one side alone declares nothing: a letter is void when both have signed that it is
    if signing.all_signed(list(places.values()), {body.place, *(s.place for s in found)}):
        await _in_force(tx, row, body.paper, max([on, *(s.signed_on for s in found)]))
    return await letters.get(tx, who, row.id)


def _check_signer(
    tx: Tx, who: Principal, row: Row[Any], place: signing.Signatory, body: SignatureIn, found: Any, *, lent: bool
) -> None:
    earlier = {str(s.signer_id) for s in found} | {str(s.delegated_by) for s in found if s.delegated_by}
    signer = str(body.signer_id or who.sub)
    today = tx.now.astimezone(letters.zone(row)).date()
    try:
        if body.method == "electronic":
            if body.signer_id not in (None, who.sub) or body.signed_on not in (None, today):
                raise LetterError("signer_id", "电子签名只能由本人当天签署", "electronically one signs oneself, today")
            roles = who.roles
        else:
            # row: C-187, C-306, C-309 a paper signature names its signer and its date, and its scan is kept
            if body.signer_id is None or body.signed_on is None or not body.file_ids:
                raise LetterError("file_ids", "纸质签署须有签署人、日期和扫描件", "signer, date and scan are needed")
            if body.signed_on > today or not _clerk(who):
                raise LetterError("signed_on", "日期不能晚于今天，且由人事登记", "not later than today, entered by HR")
            roles = frozenset({place.by, *signing.COMPANY})  # the post stands on the paper, before the clerk's eyes
        if (body.delegated_by is None) != (body.delegation is None):
            raise LetterError("delegation", "代签须写明受谁委托及依据", "name who delegated, and on what grounds")
        if place.seal and not body.sealed:  # row: C-304 sealed as well as signed
            raise LetterError("sealed", "须加盖公章", "it is sealed as well")
    except LetterError as error:
        raise BadInput.of(error) from error
    by = None if body.delegated_by is None else str(body.delegated_by)
    if not signing.may_sign(place, signer, roles, str(row.subject_id), by, earlier, lent=lent):
        raise NotTheSignatory()


def _clerk(who: Principal) -> bool:
    return not who.roles.isdisjoint({"hr", "gm", "qa", "admin"})


async def _paper(tx: Tx, row: Row[Any], paper: str) -> tuple[str, str]:
    """The hash to sign, and whether it is still open. Raises NoSuchPaper."""
    if paper == LETTER:
        if row.hash is None:
            raise NoSuchPaper()
        return row.hash, "open" if row.state == "draft" else "closed"
    if paper == VOID:
        found = [record for record in await papers.records(tx, row.id) if record.kind == VOID]
        if not found:
            raise NoSuchPaper()
        return found[-1].details["hash"], "closed" if row.state == "void" else "open"
    for amendment in await papers.amendments(tx, [row.id]):
        if str(amendment.id) == paper:
            return amendment.hash, "open" if amendment.state == "proposed" else "closed"
    raise NoSuchPaper()


async def _in_force(tx: Tx, row: Row[Any], paper: str, on: date) -> None:
    if paper == LETTER:
        await cascade.demand_parent(tx, row.parent_id)
        # row: C-195 in force from its last signature on
        await papers.change(tx, row, {"state": "effective", "effective_on": on})
        await papers.register_copies(tx, row.id, signing.copies(row.definition))
        nights.plan(tx, row.id, row.term, letters.zone(row))
    elif paper == VOID:
        await _void(tx, row)
    else:
        await papers.put_in_force(tx, UUID(paper))
        await papers.change(tx, row, {})


async def amend(tx: Tx, who: Principal, letter_id: UUID, body: AmendmentIn) -> Row[Any]:
    """Propose a change of numbers or a further clause, from a date on; it binds when everybody has signed it.

    Raises NoSuchLetter, LetterNotInForce, AmendmentTooEarly, BadInput.
    """
    row = await locked(tx, who, letter_id)
    if row.state in ("draft", "void"):
        raise LetterNotInForce()
    closed = [Period.parse(period).end for period in await papers.closed_periods(tx, row.id)]
    term = Period.parse(row.term)
    if not term.contains(body.effective_on) or body.effective_on < max(closed, default=term.start):
        raise AmendmentTooEarly()
    try:
        if not body.changes and not body.clause:
            raise LetterError("changes", "请给出变更或补充条款", "give changes or a clause")
        today = await terms.on(tx, row, body.effective_on)
        # row: C-206, C-207, E-059 the old value, the new one and the reason stand beside each other, up or down
        changes = [
            change_of(today.definition, today.parameters, change.model_dump()).as_json() for change in body.changes
        ]
    except LetterError as error:
        raise BadInput.of(error) from error
    number, id_ = await papers.next_amendment(tx, row.id), uuid7()
    paper = {
        "number": number,
        "changes": changes,
        "clause": body.clause,  # row: C-310 what is settled later is a supplementary agreement
        "reason": body.reason,
        "effective_on": body.effective_on.isoformat(),
    }
    alone = not signing.signatories(row.definition)
    await papers.amend(
        tx,
        {
            "id": id_,
            "version": 1,
            "created_at": tx.now,
            "updated_at": tx.now,
            "letter_id": row.id,
            **paper,
            "effective_on": body.effective_on,
            "hash": signing.paper_hash(row.hash or "", paper),
            "state": "effective" if alone else "proposed",
        },
    )
    await papers.change(tx, row, {})
    tx.audit("letter.amended", "letter", row.id, after={"number": number, "changes": changes})
    return await letters.get(tx, who, row.id)


async def void(tx: Tx, who: Principal, letter_id: UUID, body: VoidIn) -> Row[Any]:
    """Record force majeure with what is left open; the whole letter is void when both parties have signed that.

    Raises NoSuchLetter, LetterNotInForce.
    """
    row = await locked(tx, who, letter_id)
    if row.state in ("draft", "void"):
        raise LetterNotInForce()
    details: dict[str, Any] = {"reason": body.reason, "open_items": body.open_items}
    details["hash"] = signing.paper_hash(row.hash or "", details)
    # row: C-200 the void record lists the open items, which the parties settle between them
    await keep(tx, row, VOID, body.reason, details, body.file_ids)
    tx.audit("letter.void_recorded", "letter", row.id, after={"open_items": len(body.open_items)})
    if not signing.signatories(row.definition):
        await _void(tx, row)
    return await letters.get(tx, who, row.id)


async def _void(tx: Tx, row: Row[Any]) -> None:
    await papers.change(tx, row, {"state": "void"})
    tx.cancel_timer(nights.TIMER, row.id)
    await publishing.withdraw(tx, row)


async def record(tx: Tx, who: Principal, letter_id: UUID, body: RecordIn) -> Row[Any]:
    """Keep a work plan, a request for support or a decision on a dispute beside the letter.

    Raises NoSuchLetter, NotTheSignatory.
    """
    row = await locked(tx, who, letter_id)
    # row: C-199 what the parties cannot settle is decided by the company's leadership
    if body.kind == "dispute" and "gm" not in who.roles:
        raise NotTheSignatory()
    await keep(tx, row, body.kind, body.text, {}, body.file_ids)  # row: C-208, C-209 kept beside the letter
    tx.audit(f"letter.{body.kind}_recorded", "letter", row.id)
    return row


async def keep(tx: Tx, row: Row[Any], kind: str, text: str, details: Mapping[str, Any], files: list[UUID]) -> None:
    """Store a record beside a letter; nothing of it is changed afterwards."""
    await papers.record(
        tx,
        {
            "id": uuid7(),
            "version": 1,
            "created_at": tx.now,
            "updated_at": tx.now,
            "letter_id": row.id,
            "kind": kind,
            "text": text,
            "details": details,
            "file_ids": files,
            "recorded_by": tx.actor_id,
        },
    )


async def hand_over(tx: Tx, who: Principal, letter_id: UUID, number: int, body: HandOverIn) -> Row[Any]:
    """Note that a copy went to its holder. Raises NoSuchLetter, NoSuchPaper, BadInput."""
    row = await locked(tx, who, letter_id)
    if body.on > tx.now.astimezone(letters.zone(row)).date():
        raise BadInput.of(LetterError("on", "日期不能晚于今天", "must not be later than today"))
    if not await papers.hand_over(tx, row.id, number, body.on, who.sub):
        raise NoSuchPaper()
    tx.audit("letter.copy_handed_over", "letter", row.id, after={"number": number})
    return row
