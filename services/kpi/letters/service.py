"""Letters: made from a template with the parameters the parties chose."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Row

from services.kpi import access
from services.kpi.catalogue import definitions
from services.kpi.catalogue import letters as templates
from services.kpi.domain import signing
from services.kpi.domain.letter_files import letter_from
from services.kpi.domain.letters import Letter, LetterError
from services.kpi.domain.settling import blanks, resolve
from services.kpi.errors import (
    BadInput,
    BlankParameters,
    LetterExists,
    NoSuchLetter,
    NoSuchTemplate,
    TemplateIncomplete,
)
from services.kpi.feeds import clearing
from services.kpi.letter_errors import LetterNotInForce
from services.kpi.letters import cascade, papers, repository
from services.kpi.letters.schemas import LetterIn
from services.kpi.scorecards import nights
from shared.auth import Principal
from shared.db.tx import Tx
from shared.ids import uuid7
from shared.periods import Period


async def create(tx: Tx, who: Principal, body: LetterIn) -> Row[Any]:
    """Store a letter. Raises NoSuchTemplate, NoSuchCommunity, BadInput, BlankParameters, LetterExists,
    TemplateIncomplete, ParentNotInForce."""
    template = templates().get(body.template)
    if template is None:
        raise NoSuchTemplate(template=body.template)
    community = await access.community(tx, who, body.community_id)
    try:
        parameters = resolve(template, body.parameters)
        term = _term(body.term or body.period)
    except LetterError as error:
        raise BadInput.of(error) from error
    if not template.items:  # row: AMB-036 a document that breaks off cannot be promised
        raise TemplateIncomplete(template=template.template)
    demand_filled(template, parameters)
    # row: C-205 one letter per signing party
    if await repository.same(tx, template.template, community.id, body.subject_id, term):
        raise LetterExists()
    await cascade.demand_parent(tx, body.parent_id)
    id_, definition = uuid7(), definitions()[template.template]
    # A template that names nobody to sign binds from the moment it is handed out.
    draft = bool(signing.signatories(definition))
    row: dict[str, Any] = {
        "id": id_,
        "version": 1,
        "created_at": tx.now,
        "updated_at": tx.now,
        "template": template.template,
        "template_version": template.version,  # row: G-027 a letter says of which version its targets are
        "community_id": community.id,
        "org_unit_id": body.org_unit_id,
        "subject_id": body.subject_id,
        "term": term,
        "parameters": parameters,
        "definition": definition,
        "parent_id": body.parent_id,
        "state": "draft" if draft else "effective",
        "effective_on": None if draft else tx.now.astimezone(community.zone).date(),
    }
    await repository.insert(tx, {**row, "hash": signing.letter_hash(row)})
    if not draft:
        await papers.register_copies(tx, id_, signing.copies(definition))
        nights.plan(tx, id_, term, community.zone)
    tx.set_timer(clearing.TIMER, tx.org_id, clearing.next_night(tx.now))
    tx.audit("letter.created", "letter", id_, after={"template": template.template, "term": term})
    return await get(tx, who, id_)


def demand_filled(letter: Letter, parameters: Mapping[str, str | None]) -> None:
    """Nobody signs what is still blank (AMB-050, AMB-052). Raises BlankParameters with the place of each."""
    open_ = blanks(letter, parameters)
    if open_:
        raise BlankParameters.of([spec.code for spec in open_])


async def get(tx: Tx, who: Principal, letter_id: UUID) -> Row[Any]:
    """A letter within reach. Raises NoSuchLetter."""
    row = await repository.get(tx, letter_id)
    if row is None or not who.sees(row.path):
        raise NoSuchLetter()
    return row


def signed(row: Row[Any]) -> Letter:
    """A letter as it was signed, whatever has become of its template since."""
    return letter_from(row.definition)


def zone(row: Row[Any]) -> ZoneInfo:
    """Where a letter's days begin."""
    return ZoneInfo(row.timezone)


def state(row: Row[Any], now: datetime) -> str:
    """Draft, effective, void, or expired when its term is over."""
    # row: C-196 a letter holds from the first to the last day of its term
    if row.state in (None, "effective") and now >= Period.parse(row.term).bounds(zone(row))[1]:
        return "expired"
    return row.state or "effective"


def demand_in_force(row: Row[Any]) -> None:
    """Only a signed letter that still holds is scored. Raises LetterNotInForce."""
    if row.state in ("draft", "void"):
        raise LetterNotInForce()


async def page(
    tx: Tx, who: Principal, filters: Mapping[str, Any], after: UUID | None, limit: int
) -> Sequence[Row[Any]]:
    """Letters within reach."""
    return await repository.page(tx, who, filters, after, limit)


def _term(text: str | None) -> str:
    if text is None:
        raise LetterError("term", "请给出期限，如 2025", "give the term, such as 2025")
    try:
        return str(Period.parse(text))
    except ValueError as error:
        raise LetterError("term", "期限应为 2025、2025-H1、2025-Q1 或 2025-03", str(error)) from None
