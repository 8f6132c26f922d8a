"""Surveys: eight dimensions (C-117, AMB-020), whole marks (AMB-111), the last answer before the close (AMB-021)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.ticketing.domain.surveys import (
    DEFAULT_DIMENSIONS,
    DIMENSION_COUNT,
    NAMED,
    dimension_faults,
    mark_faults,
    may_open,
    takes_answers,
)

CLOSES = datetime(2025, 3, 25, 16, tzinfo=UTC)


def test_c117_the_default_questionnaire_is_valid() -> None:
    assert len(DEFAULT_DIMENSIONS) == DIMENSION_COUNT
    assert dimension_faults(DEFAULT_DIMENSIONS) == []
    assert dimension_faults([*reversed(DEFAULT_DIMENSIONS)]) == []


@pytest.mark.parametrize(
    ("dimensions", "paths"),
    [
        (DEFAULT_DIMENSIONS[:7], {"dimensions"}),
        ((*DEFAULT_DIMENSIONS, "ninth"), {"dimensions"}),
        ((*NAMED, "a", "b", "c", "d", "d"), {"dimensions.7"}),
        (("a", *DEFAULT_DIMENSIONS[1:]), {"dimensions"}),
        ((*NAMED, "a", "b", "c", "d", "Big"), {"dimensions.7"}),
        ((), {"dimensions"}),
    ],
)
def test_c117_amb020_what_is_not_a_questionnaire(dimensions: tuple[str, ...], paths: set[str]) -> None:
    assert {path for path, _, _ in dimension_faults(dimensions)} == paths


@pytest.mark.parametrize(
    ("change", "paths"),
    [
        ({}, set()),
        ({"greening": 0, "security": 100}, set()),
        ({"greening": None}, {"marks.greening"}),
        ({"greening": 101}, {"marks.greening"}),
        ({"greening": -1}, {"marks.greening"}),
        ({"greening": 85.5}, {"marks.greening"}),
        ({"greening": 85.0}, {"marks.greening"}),
        ({"greening": "85"}, {"marks.greening"}),
        ({"greening": True}, {"marks.greening"}),
        ({"parking": 80}, {"marks.parking"}),
    ],
)
def test_amb111_marks_are_whole_and_complete(change: dict[str, Any], paths: set[str]) -> None:
    marks = {**dict.fromkeys(DEFAULT_DIMENSIONS, 85), **change}
    assert {path for path, _, _ in mark_faults(DEFAULT_DIMENSIONS, marks)} == paths


def test_amb021_the_closing_instant_is_closed() -> None:
    tick = timedelta(microseconds=1)
    assert takes_answers("open", CLOSES, CLOSES - tick)
    assert not takes_answers("open", CLOSES, CLOSES)
    assert not takes_answers("closed", CLOSES, CLOSES - timedelta(days=3))
    assert not takes_answers("draft", CLOSES, CLOSES - timedelta(days=3))


def test_only_a_draft_that_closes_later_can_be_opened() -> None:
    assert may_open("draft", CLOSES, CLOSES - timedelta(days=1))
    assert not may_open("draft", CLOSES, CLOSES)
    assert not may_open("open", CLOSES, CLOSES - timedelta(days=1))
