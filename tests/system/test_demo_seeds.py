"""Whole quarters played by the command itself: two seeds with figures of their own, compared with their
plans."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.demo.plan import make_plan
from deploy.local.ports import free_port

pytestmark = pytest.mark.full


@pytest.mark.parametrize("seed", [3, 11])
def test_another_quarter_scores_what_its_plan_says(seed: int, tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    done = subprocess.run(
        [
            *(sys.executable, "-m", "deploy.cli", "demo", "--once", "--seed", str(seed)),
            *("--report", str(report), "--data", str(tmp_path / "data"), "--port", str(free_port())),
        ],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    plan = make_plan(seed)
    told = json.loads(report.read_text())
    [card] = told["scorecards"]
    assert card["total"] == plan.expected_total
    assert {s["section"]: s["points"] for s in card["sections"]} == plan.expected
    assert told["counts"]["bills"] == 3 * len(plan.homes)
    assert told["counts"]["survey_answers"] == len(plan.answers)
    assert told["counts"]["tickets"] == len(plan.complaints) + len(plan.repairs)
    assert told["counts"]["messages"]["email"] > 0
    assert len(told["late_complaints"]) == plan.figures.late


def test_a_folder_in_use_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    (data / "mine.txt").write_text("mine")
    done = subprocess.run(
        [sys.executable, "-m", "deploy.cli", "demo", "--once", "--data", str(data)],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 5, done.stderr
    assert [entry.name for entry in tmp_path.iterdir()] == ["data"]
    assert [entry.name for entry in data.iterdir()] == ["mine.txt"]
