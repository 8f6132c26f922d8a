"""Letters: made from a template with the parameters the parties chose."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from services.kpi import access
from services.kpi.catalogue import definitions
from services.kpi.catalogue import letters as templates
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
from services.kpi.letters import repository
from services.kpi.letters.schemas import LetterIn
from services.kpi.scorecards import nights
from shared.auth import Principal
from shared.db.tx import Tx
from shared.ids import uuid7
from shared.periods import Period


async def create(tx: Tx, who: Principal, body: LetterIn) -> Row[Any]:
    """Store a letter. Raises NoSuchTemplate, NoSuchCommunity, BadInput, BlankParameters, LetterExists,
    TemplateIncomplete."""
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
    open_ = blanks(template, parameters)
    if open_:
        raise BlankParameters.of([spec.code for spec in open_])
    if await repository.same(tx, template.template, community.id, body.subject_id, term):
        raise LetterExists()
    id_ = uuid7()
    row: dict[str, Any] = {
        "id": id_,
        "version": 1,
        "created_at": tx.now,
        "updated_at": tx.now,
        "template": template.template,
        "template_version": template.version,
        "community_id": community.id,
        "org_unit_id": body.org_unit_id,
        "subject_id": body.subject_id,
        "term": term,
        "parameters": parameters,
        "definition": definitions()[template.template],
    }
    await repository.insert(tx, row)
    nights.plan(tx, id_, term, community.zone)
    tx.set_timer(clearing.TIMER, tx.org_id, clearing.next_night(tx.now))
    tx.audit("letter.created", "letter", id_, after={"template": template.template, "term": term})
    return await get(tx, who, id_)


async def get(tx: Tx, who: Principal, letter_id: UUID) -> Row[Any]:
    """A letter within reach. Raises NoSuchLetter."""
    row = await repository.get(tx, letter_id)
    if row is None or not who.sees(row.path):
        raise NoSuchLetter()
    return row


def signed(row: Row[Any]) -> Letter:
    """A letter as it was signed, whatever has become of its template since."""
    return letter_from(row.definition)


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
