"""What the indicators API answers."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from pydantic import Field

from services.kpi.schemas import LearnedOut
from shared.http.schemas import Output, Text, UtcTime


class IndicatorOut(Output):
    """One indicator: what it measures, and from what."""

    indicator: str
    row: str = Field(description="Its row in the domain catalogue")
    title: Text
    unit: Literal["percent", "points", "count", "number"]
    source: Literal["events", "observations"]
    obliged: bool = Field(description="Not having measured at all is a miss")
    version: int
    watches: list[str] = Field(description="Event types it is computed from")
    parameters: dict[str, str]
    counts: Text | None = Field(description="What is counted, for an observed one")
    of: Text | None = Field(description="Of how many; null for a count or a score")
    recorded_on: Text | None = Field(description="The record it is taken from")
    reviewer: str | None = Field(description="The role that confirms what somebody else recorded")


class ValueOut(Output):
    """An indicator's value for a scope and a period."""

    indicator: str
    title: Text
    unit: Literal["percent", "points", "count", "number"]
    period: str
    community_id: UUID | None
    org_unit_id: UUID | None
    as_of: UtcTime | None
    state: Literal["measured", "no_data", "not_measured", "pending"]
    value: str | None = Field(description="Two decimals, half-up; compared exactly inside")
    numerator: str | None
    denominator: str | None
    cases: dict[str, int] = Field(description="Facts of the period by verdict")
    beside: dict[str, str] = Field(description="What did not count, summed by reason")
    parts: dict[str, str] | None = Field(description="Named shares, or what is reported beside a rate")
    learned: list[LearnedOut] = Field(description="With `as_of`: the first cases that stand otherwise now")
    learned_url: str | None = Field(description="With `as_of`: all of them, page by page")


class ComparedOut(Output):
    """One computed indicator in one community."""

    indicator: str
    state: Literal["measured", "no_data", "not_measured", "pending"]
    value: str | None = Field(description="Two decimals, half-up")
    numerator: str | None
    denominator: str | None


class CommunityValuesOut(Output):
    """A community's computed indicators of a period, those it has facts for."""

    community_id: UUID
    name: str
    period: str
    values: list[ComparedOut]
