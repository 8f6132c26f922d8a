"""Notices and consents on the wire."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import ConfigDict, Field
from sqlalchemy import Row

from services.ticketing.domain.consents import Standing
from shared.http.schemas import Input, Output, Text, UtcTime

PurposeCode = Literal["privacy", "terms", "marketing", "survey_sms"]


class TitleIn(Input):
    """A title in both languages."""

    zh: Annotated[str, Field(min_length=1, max_length=200)]
    en: Annotated[str, Field(min_length=1, max_length=200)]


class TextIn(Input):
    """A text in both languages."""

    zh: Annotated[str, Field(min_length=1, max_length=100_000)]
    en: Annotated[str, Field(min_length=1, max_length=100_000)]


class NoticeIn(Input):
    """The next edition of a text. ``effective_from`` is now when left out, and never past."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "purpose": "privacy",
                    "title": {"zh": "隐私政策", "en": "Privacy notice"},
                    "text": {
                        "zh": "我们为报修、收费和通知处理您的姓名、电话和房屋信息。",
                        "en": "We use your name, number and unit for repairs, bills and notices.",
                    },
                }
            ]
        }
    )

    purpose: PurposeCode
    title: TitleIn
    text: TextIn
    effective_from: UtcTime | None = None


class NoticeOut(Output):
    """One edition of a text."""

    id: UUID
    purpose: str
    edition: int
    title: Text
    text: Text
    effective_from: UtcTime
    published_by: UUID | None


class ConsentIn(Input):
    """A yes to a notice (``given``), or taking it back."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"notice_id": "01955a3e-7c00-7000-8000-0000000000c1", "given": True}]}
    )

    notice_id: UUID
    given: bool


class PaperConsentIn(ConsentIn):
    """What somebody decided on paper, at the counter or on the phone, entered by staff."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"notice_id": "01955a3e-7c00-7000-8000-0000000000c1", "given": False, "channel": "phone"}
            ]
        }
    )

    channel: Literal["paper", "counter", "phone"]
    decided_at: UtcTime | None = None


class ConsentOut(Output):
    """A consent or its withdrawal as it was recorded."""

    id: UUID
    person_id: UUID
    purpose: str
    notice_id: UUID
    edition: int
    given: bool
    channel: str
    decided_at: UtcTime
    recorded_at: UtcTime
    recorded_by: UUID | None


class StandingOut(Output):
    """How the caller stands to a purpose. ``to_ask``: the app shows ``notice_id`` now and asks."""

    purpose: str
    purpose_name: Text
    required: bool
    notice_id: UUID
    edition: int
    agreed: bool
    to_ask: bool
    decided_at: UtcTime | None
    decided_edition: int | None


class StandingsOut(Output):
    """What the app asks after sign-in: whether anything required is open, and every purpose."""

    complete: bool
    items: list[StandingOut]


def notice_out(row: Row[Any]) -> NoticeOut:
    """A stored notice as it is answered."""
    return NoticeOut(
        id=row.id,
        purpose=row.purpose,
        edition=row.edition,
        title=Text(zh=row.title_zh, en=row.title_en),
        text=Text(zh=row.text_zh, en=row.text_en),
        effective_from=row.effective_from,
        published_by=row.published_by,
    )


def consent_out(row: Row[Any]) -> ConsentOut:
    """A stored consent as it is answered."""
    return ConsentOut(**{name: getattr(row, name) for name in ConsentOut.model_fields})


def standings_out(found: tuple[Standing, ...]) -> StandingsOut:
    """How somebody stands, as it is answered."""
    items = [
        StandingOut(
            purpose=s.purpose.code,
            purpose_name=Text(zh=s.purpose.zh, en=s.purpose.en),
            required=s.purpose.required,
            notice_id=s.edition.id,
            edition=s.edition.edition,
            agreed=s.agreed,
            to_ask=s.to_ask,
            decided_at=s.last.decided_at if s.last else None,
            decided_edition=s.last.edition if s.last else None,
        )
        for s in found
    ]
    return StandingsOut(complete=not any(s.to_ask and s.purpose.required for s in found), items=items)
