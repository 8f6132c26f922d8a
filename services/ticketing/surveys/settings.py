"""The dimensions an organisation chooses for its quarterly surveys (C-117, AMB-020)."""

from __future__ import annotations

from services.ticketing.domain.survey_types import QUARTERLY, Question, chosen_faults, standard
from services.ticketing.errors import NoSuchOrgUnit, SurveyInvalid
from services.ticketing.surveys import settings_repository
from services.ticketing.surveys.settings_schemas import QuestionOut, SettingsIn, SettingsOut
from shared.auth import Principal
from shared.db.tx import Tx
from shared.errors import FieldError, LostUpdate


async def chosen(tx: Tx) -> list[Question] | None:
    """The organisation's own five, or None where it has chosen none."""
    row = await settings_repository.one(tx)
    return None if row is None else [Question(**item) for item in row.chosen]


async def shown(tx: Tx) -> SettingsOut:
    """The dimensions of the next quarterly survey."""
    row = await settings_repository.one(tx)
    own = None if row is None else [Question(**item) for item in row.chosen]
    return SettingsOut(
        version=0 if row is None else row.version,
        dimensions=[QuestionOut(code=q.code, zh=q.zh, en=q.en) for q in standard(QUARTERLY, own)],
    )


async def choose(tx: Tx, who: Principal, body: SettingsIn, if_match: int | None) -> SettingsOut:
    """Choose the five; surveys made before keep the questions they were made with.

    Raises:
        NoSuchOrgUnit: the caller is not assigned to the whole organisation.
        LostUpdate: somebody else chose in between.
        SurveyInvalid: not five others than the three named ones.
    """
    if not who.sees([tx.org_id]):
        raise NoSuchOrgUnit()
    faults = chosen_faults([q.code for q in body.chosen])
    if faults:
        raise SurveyInvalid(fields=[FieldError(*fault) for fault in faults])
    before = await settings_repository.one(tx, lock=True)
    if if_match is not None and if_match != (0 if before is None else before.version):
        raise LostUpdate()
    values = [q.model_dump() for q in body.chosen]
    await settings_repository.put(tx, values)
    tx.audit(
        "survey_settings.chosen",
        "survey_settings",
        tx.org_id,
        before=None if before is None else {"chosen": before.chosen},
        after={"chosen": values},
    )
    return await shown(tx)
