"""What the papers of a letter take and answer: signatures, amendments, records, copies."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from shared.http.schemas import Input, LocalDate, Output, PeriodCode, Text, UtcTime

Sentence = Annotated[str, Field(min_length=1, max_length=2000)]
Files = Annotated[list[UUID], Field(max_length=20)]
Name = Annotated[str, Field(min_length=1, max_length=120)]


class NegotiationIn(Input):
    """What both sides agreed on before anybody signs."""

    model_config = {
        "json_schema_extra": {
            "examples": [{"parameters": {"partial_policy": "ceil"}, "note": "双方确认按每满一个百分点扣分"}]
        }
    }

    parameters: Annotated[dict[Annotated[str, Field(max_length=60)], Any], Field(max_length=60)] = Field(
        default_factory=dict
    )
    note: Sentence


class SignatureIn(Input):
    """One signature: electronic, bound to the hash that was read; or on paper, with its scan."""

    model_config = {
        "json_schema_extra": {
            "examples": [
                {
                    "paper": "letter",
                    "place": 0,
                    "hash": "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
                    "method": "electronic",
                }
            ]
        }
    }

    paper: Annotated[str, Field(pattern=r"^(letter|void|[0-9a-f-]{36})$")] = Field(
        "letter", description="`letter`, `void`, or the id of an amendment"
    )
    place: Annotated[int, Field(ge=0, le=9)]
    hash: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    method: Literal["electronic", "paper"] = "electronic"
    signer_id: UUID | None = Field(None, description="Who signed on paper")
    signed_on: LocalDate | None = Field(None, description="The date on the paper")
    sealed: bool = False
    file_ids: Files = Field(default_factory=list)
    delegated_by: UUID | None = None
    delegation: Sentence | None = None


class ChangeIn(Input):
    """A number that changes: a parameter, or the printed target of an indicator."""

    what: Literal["parameter", "target"]
    name: Name
    new: Annotated[str, Field(min_length=1, max_length=200)]


class AmendmentIn(Input):
    """A supplementary agreement with the letter's own force, from a date on."""

    model_config = {
        "json_schema_extra": {
            "examples": [
                {
                    "changes": [{"what": "target", "name": "complaint.satisfaction", "new": "88"}],
                    "reason": "本年新增设施投入使用，双方协商上调",
                    "effective_on": "2025-07-01",
                }
            ]
        }
    }

    changes: Annotated[list[ChangeIn], Field(max_length=50)] = Field(default_factory=list)
    clause: Sentence | None = None
    reason: Sentence
    effective_on: LocalDate


class VoidIn(Input):
    """Force majeure: why, and what is left open."""

    model_config = {
        "json_schema_extra": {
            "examples": [{"reason": "因不可抗力，责任书无法继续履行", "open_items": ["尚有三笔整改未完成，移交工程部"]}]
        }
    }

    reason: Sentence
    open_items: Annotated[list[Sentence], Field(max_length=100)]
    file_ids: Files = Field(default_factory=list)


class RecordIn(Input):
    """A work plan, a request for the company's support, or the leadership's decision on a dispute."""

    model_config = {"json_schema_extra": {"examples": [{"kind": "support", "text": "请求公司为催缴工作增派一名专员"}]}}

    kind: Literal["work_plan", "support", "dispute"]
    text: Sentence
    file_ids: Files = Field(default_factory=list)


class EvaluationIn(Input):
    """How a month or quarter went: progress against the targets, and quality."""

    model_config = {
        "json_schema_extra": {
            "examples": [
                {"period": "2025-03", "progress": "八项目标完成七项", "quality": "回访记录不全", "text": "整改后复查"}
            ]
        }
    }

    period: PeriodCode
    progress: Sentence
    quality: Sentence
    text: Sentence = Field(description="What follows from it")
    file_ids: Files = Field(default_factory=list)


class HandOverIn(Input):
    """When a copy went to its holder."""

    model_config = {"json_schema_extra": {"examples": [{"on": "2025-01-10"}]}}

    on: LocalDate


class SignatureOut(Output):
    """A signature as it was given."""

    paper: str
    place: int
    signer_id: UUID
    method: str
    hash: str
    signed_on: date
    sealed: bool
    file_ids: list[UUID]
    delegated_by: UUID | None
    delegation: str | None
    recorded_at: UtcTime


class SignatoryOut(Output):
    """A place to sign."""

    place: int
    title: Text
    by: str
    seal: bool


class ChangeOut(Output):
    """A number before and after."""

    what: str
    name: str
    old: str | None
    new: str


class AmendmentOut(Output):
    """An amendment; it binds when its state is effective."""

    id: UUID
    number: int
    changes: list[ChangeOut]
    clause: str | None
    reason: str
    effective_on: date
    hash: str
    state: str


class RecordOut(Output):
    """A record beside the letter."""

    id: UUID
    kind: str
    text: str
    details: dict[str, Any]
    file_ids: list[UUID]
    recorded_by: UUID
    recorded_at: UtcTime


class CopyOut(Output):
    """A copy and who keeps it."""

    number: int
    holder: Text
    handed_on: date | None
    handed_by: UUID | None


class PapersOut(Output):
    """Everything that belongs to a letter."""

    letter_id: UUID
    version: int
    state: str
    hash: str | None
    interpretation: Text
    signatories: list[SignatoryOut]
    signatures: list[SignatureOut]
    amendments: list[AmendmentOut]
    records: list[RecordOut]
    copies: list[CopyOut]
