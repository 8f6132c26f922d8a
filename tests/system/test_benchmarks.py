"""Each benchmark runs to its end on a small scale and reports in the fixed fields; the figures are not judged here."""

from __future__ import annotations

import json
import os
import time
from typing import Any

import pytest

from deploy.bench import _load
from deploy.bench._place import family, peak_of
from deploy.bench._report import pss_mb, say
from deploy.commands.bench import bench, names
from deploy.local.failures import Unsuitable
from tests.system.conftest import steward

FIELDS = ["name", "ratio", "floor", "measured", "p50_ms", "p99_ms", "peak_mb"]


def _run(name: str, *arguments: object, codes: tuple[int, ...] = (0,), seconds: float = 300) -> dict[str, Any]:
    done = steward("bench", name, *arguments, "--json", seconds=seconds)
    assert done.returncode in codes, f"{done.stderr}\n{done.stdout}"  # names the Debian package where one is missing
    [line] = done.stdout.splitlines()
    report: dict[str, Any] = json.loads(line)
    assert list(report)[: len(FIELDS)] == FIELDS
    assert report["name"] == name
    assert 50 < report["peak_mb"] < 3000
    return report


@pytest.mark.full
def test_intake_against_its_floor() -> None:
    report = _run("intake", "--seconds", 1, "--rounds", 1, "--connections", 8)
    assert report["refused"] == 0
    assert report["measured"] > 0
    assert report["ratio"] == pytest.approx(report["measured"] / report["floor"], abs=0.01)
    assert 0 < report["p50_ms"] <= report["p99_ms"]


@pytest.mark.full
def test_a_page_and_a_ticket_against_endpoints_that_answer_the_same() -> None:
    options = ("--tickets", 200, "--seconds", 1, "--rounds", 1, "--connections", 8)
    report = _run("tickets-read", *options, codes=(0, 1))  # 1: slower than promised, on a machine that is busy
    assert report["refused"] == 0
    assert report["ratio"] == min(report["page"]["ratio"], report["one"]["ratio"])
    assert 0 < report["p50_ms"] <= report["p99_ms"]


@pytest.mark.full
def test_a_billing_run_that_is_killed_twice_bills_what_an_undisturbed_one_does() -> None:
    report = _run("billing-run", "--units", 4000, codes=(0, 1))  # 1: slower than promised, on a machine that is busy
    assert report["same_bills"] is True
    assert report["kills"] == 2
    assert report["rows"]["bills"] == 4000
    assert report["peak_mb"] < 300


@pytest.mark.full
def test_start_of_an_initialised_folder_and_of_a_new_one() -> None:
    report = _run("start", "--rounds", 1, codes=(0, 1))  # 1: slower than promised, on a machine that is busy testing
    assert (report["ratio"], report["floor"]) == (None, None)
    assert 0 < report["measured"] < report["first_s"] * 3
    assert report["p50_ms"] == pytest.approx(report["measured"] * 1000, abs=10)


@pytest.mark.full
def test_a_token_check_against_the_librarys_own() -> None:
    done = steward("bench", "auth", "--people", 200, "--showings", 5, "--json", seconds=60)
    assert done.returncode in (0, 1), done.stderr
    report: dict[str, Any] = json.loads(done.stdout)
    assert list(report)[: len(FIELDS)] == FIELDS
    assert report["ratio"] == pytest.approx(report["measured"] / report["floor"], abs=0.01)
    assert 0 < report["measured"] < report["first_ms"], "a token that was seen before costs less than a new one"
    assert report["checks"] == 1000


@pytest.mark.full
def test_the_quarter_is_played_and_weighed() -> None:
    report = _run("quarter", codes=(0, 1), seconds=900)
    assert report["total"] == "57.30"
    assert report["ratio"] is None
    assert report["requests"] > 5000
    assert report["requests_per_s"] > 0


@pytest.mark.full
def test_every_broken_promise_is_told_once() -> None:
    report = _run("timers", "--timers", 300, codes=(0, 1), seconds=900)  # 1: slower than it may, on a busy machine
    assert (report["timers"], report["told"], report["twice"]) == (300, 300, 0)
    assert (report["ratio"], report["floor"]) == (None, None)
    assert report["measured"] == pytest.approx(300 / report["total_s"], rel=0.05)
    assert 0 < report["p50_ms"] <= report["p99_ms"] <= report["total_s"] * 1000 + 10


def test_a_missing_load_client_is_named_with_its_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(Unsuitable, match="apt-get install wrk"):
        _load.client()


def test_benchmarks_are_found_by_name_and_an_unknown_one_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert {"auth", "intake", "quarter", "start"} <= set(names())
    assert bench("", []) == 0
    assert "quarter" in capsys.readouterr().out.split()
    with pytest.raises(Unsuitable, match="quarter"):
        bench("nothing", [])


def test_a_report_has_all_fields_in_json_and_only_known_ones_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    say("tiny", as_json=True, measured=1.5, extra=[1])
    told = {"name": "tiny", "measured": 1.5, "extra": [1]}
    assert json.loads(capsys.readouterr().out) == dict.fromkeys(FIELDS) | told
    say("tiny", as_json=False, measured=1.5)
    assert capsys.readouterr().out == "name=tiny  measured=1.5\n"


def test_memory_is_sampled_while_something_runs_and_a_process_that_ended_weighs_nothing() -> None:
    with peak_of(lambda: family(os.getpid()), every=0.01) as peak:
        time.sleep(0.2)
    assert peak[0] > 10
    assert pss_mb([2**22 - 1]) == 0
    assert family(2**22 - 1) == []


@pytest.mark.full
def test_a_fanout_sends_each_message_once() -> None:
    report = _run("fanout", "--messages", 600, codes=(0, 1))  # 1: slower than promised, on a machine that is busy
    assert report["each_once"] is True
    assert report["email"]["taken"] == report["sms"]["taken"] == 600
    assert report["peak_mb"] < 300


@pytest.mark.full
def test_every_event_is_counted_in_a_value_read_at_the_gateway() -> None:
    options = ("--rate", 50, "--seconds", 3, "--burst", 500)
    report = _run("kpi-live", *options, codes=(0, 1))  # 1: slower than promised, on a machine that is busy
    assert (report["not_counted"], report["parked"]) == (0, 0)
    assert 0 < report["p50_ms"] <= report["p99_ms"]
    assert 0 < report["applied_p50_ms"] <= report["applied_p99_ms"] <= report["applied_max_ms"]
    assert report["ceiling"] > 0


@pytest.mark.full
def test_a_close_values_as_one_statement_by_hand_does_and_seals_every_letter() -> None:
    options = ("--facts", 20000, "--communities", 10, "--rounds", 1)
    report = _run("kpi-close", *options, codes=(0, 1))  # 1: slower than promised, on a machine that is busy
    assert report["same_sums"] is True
    assert report["sealed"] == report["communities"] == 10
    assert report["pinned"] > 10000
    # Both are told in whole milliseconds, of which the floor has few here.
    assert report["ratio"] == pytest.approx(report["measured"] / report["floor"], rel=0.1)
