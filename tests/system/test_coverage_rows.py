"""`make coverage-rows` tells a proof from a test that merely passes, and leaves the working tree alone."""

from __future__ import annotations

import pytest

from tests.support.coverage.catalogue import ROOT
from tests.support.coverage.declarations import declarations
from tests.support.coverage.mutants import Job, NotGreen, Progress, judge

RULE = "services/ticketing/domain/kinds/complaint.py"
OWN = "tests/ticketing/domain/test_clocks.py::test_b007_response_within_ten_minutes_inclusive"
OTHER = "tests/shared/test_money.py"


@pytest.mark.full
def test_a_rule_is_proven_by_its_own_test_and_not_by_one_that_passes_without_it() -> None:
    found = next(d for d in declarations() if d.path == RULE and "B-007" in d.rows)
    before = (ROOT / RULE).read_bytes()
    jobs = [Job("B-007", found, tests) for tests in ((OWN,), (OTHER,), (OTHER, OWN), ())]
    verdicts = {frozenset(r.job.tests): r.verdict for r in judge(jobs, Progress())}
    assert verdicts == {
        frozenset({OWN}): "proven",
        frozenset({OTHER}): "not proven",
        frozenset({OTHER, OWN}): "proven",
        frozenset(): "no test",
    }
    assert (ROOT / RULE).read_bytes() == before


@pytest.mark.full
def test_tests_that_fail_as_the_project_is_prove_nothing() -> None:
    found = next(d for d in declarations() if d.path == RULE and "B-007" in d.rows)
    with pytest.raises(NotGreen):
        judge([Job("B-007", found, ("tests/shared/test_money.py::test_that_is_not_there",))], Progress(), 1)
