"""Campaigns as people see and make them."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import ConfigDict, Field

from shared.http.schemas import Input, MoneyModel, Output, UtcTime

Role = Literal["owner", "co_owner", "family", "tenant", "agent", "payer"]
#: Days that can be meant; those at the edges of the calendar have no days before them.
Day = Annotated[date, Field(ge=date(1900, 1, 1), le=date(2199, 12, 31))]


class CampaignIn(Input):
    """A notice to many: its template (`campaign.…`) with values, and whom it is for: people with a tie of these `roles`
    to a unit of these communities, where its number begins with `number_prefix` (a building), or of `units` alone."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "name": "中秋游园会",
                    "template": "campaign.activity",
                    "variables": {
                        "activity": "中秋游园会",
                        "held_on": "2035-09-16",
                        "where": "中心广场",
                        "text": "欢迎各位业主携家人参加。",
                    },
                    "communities": ["01955a3e-7c00-7000-8000-000000000001"],
                    "held_on": "2035-09-16",
                    "scheduled_at": "2035-09-12T01:00:00Z",
                    "reason": "社区文化活动计划",
                }
            ]
        }
    )

    name: Annotated[str, Field(min_length=1, max_length=100)]
    template: Annotated[str, Field(min_length=1, max_length=80, pattern=r"^[a-z0-9_.]+$")]
    variables: Annotated[dict[str, Any], Field(max_length=40)]
    communities: Annotated[list[UUID], Field(min_length=1, max_length=200)]
    number_prefix: Annotated[str | None, Field(min_length=1, max_length=40)] = None
    units: Annotated[list[UUID], Field(max_length=5000)] = Field(default_factory=list)
    roles: Annotated[list[Role], Field(min_length=1, max_length=6)] = Field(
        default=["owner", "co_owner", "family", "tenant"]
    )
    held_on: Annotated[Day | None, Field(description="The day of an activity")] = None
    scheduled_at: Annotated[UtcTime | None, Field(description="None: once it is approved")] = None
    reason: Annotated[str, Field(min_length=1, max_length=2000)]


class DecisionIn(Input):
    """Approve or refuse; a refusal says why."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"approve": True}]})

    approve: bool
    reason: Annotated[str | None, Field(max_length=2000)] = None


class EstimateOut(Output):
    """Whom it will reach and what it will cost, as things are now. `channels`: people by the first way that reaches
    them; `unreachable`: those who have the in-app inbox alone."""

    people: int
    households: int
    channels: dict[str, int]
    unreachable: int
    sms_characters: int
    sms_segments: int
    cost: MoneyModel


class CountOut(Output):
    """How many deliveries stand in a state on a channel."""

    channel: str
    state: str
    count: int


class CampaignOut(Output):
    """A campaign. `on_time`: of an activity, whether its notice went out three days before it, that day included."""

    id: UUID
    number: str
    name: str
    template: str
    variables: dict[str, Any]
    communities: list[UUID]
    number_prefix: str | None
    units: list[UUID]
    roles: list[str]
    held_on: date | None
    scheduled_at: UtcTime | None
    stage: str
    reason: str | None
    approval_id: UUID | None
    created_by: UUID
    created_at: UtcTime
    published_at: UtcTime | None
    on_time: bool | None
    told: int
    expanded_at: UtcTime | None
    ended_at: UtcTime | None
    version: int


class CampaignReportOut(CampaignOut):
    """A campaign with how far it is: messages written, read in the app, and its deliveries by channel and state. The
    list of recipients is `/messages?subject_id=` the campaign."""

    messages: int
    read: int
    deliveries: list[CountOut]
