"""Ids that sort by time, errors people can act on, and plug-ins found by their files."""

from __future__ import annotations

import itertools
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared import clock, errors
from shared.errors import AppError, Conflict, FieldError, Malformed, PeerDown, Throttled, TooMany
from shared.ids import uuid7, uuid7_floor, uuid7_texts, uuid7_time
from shared.registry import RegistryError, discover

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
INSTANTS = st.timedeltas(timedelta(days=1), timedelta(days=2_000_000)).map(lambda since: EPOCH + since)


# --- ids --------------------------------------------------------------------------------------------------------------


def test_ids_are_version_7_and_grow_within_a_process() -> None:
    made = [uuid7() for _ in range(5000)]
    assert {i.version for i in made} == {7} and {i.variant for i in made} == {"specified in RFC 4122"}
    assert all(a < b for a, b in itertools.pairwise(made))


def test_ids_of_several_threads_never_meet() -> None:
    lists: list[list[UUID]] = [[] for _ in range(4)]
    threads = [threading.Thread(target=lambda mine=mine: mine.extend(uuid7() for _ in range(2000))) for mine in lists]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({i for mine in lists for i in mine}) == 8000
    assert all(mine == sorted(mine) for mine in lists)


def test_ids_carry_the_walls_time_and_not_the_business_time(tmp_path: Path) -> None:
    before = clock.simulated()
    clock.use_simulated(clock.SimulatedClock.create(tmp_path / "clock", datetime(2025, 1, 1, tzinfo=UTC)).path)
    try:
        assert abs(uuid7_time(uuid7()) - clock.wall()) < timedelta(seconds=10)
    finally:
        clock.use_simulated(before.path if before else None)


def test_ids_grow_also_when_the_machines_clock_is_set_back(monkeypatch: pytest.MonkeyPatch) -> None:
    first = uuid7()
    back = clock.wall() - timedelta(hours=1)
    monkeypatch.setattr(clock, "wall", lambda: back)
    assert first < uuid7() < uuid7()


@given(INSTANTS)
def test_the_floor_of_an_instant_is_the_smallest_id_of_its_millisecond(at: datetime) -> None:
    floor = uuid7_floor(at)
    assert floor.version == 7
    assert uuid7_time(floor) == at.replace(microsecond=at.microsecond // 1000 * 1000)
    assert uuid7_floor(at - timedelta(milliseconds=1)) < floor <= uuid7_floor(at + timedelta(milliseconds=1))


# --- errors -----------------------------------------------------------------------------------------------------------


class TooLate(Conflict):
    """An example of what a service declares."""

    code = "ticketing.entry.too_late"
    zh = "此事发生于 {hours} 小时前,请说明原因"
    en = "This happened {hours} hours ago; say why it is entered so late."


def test_an_error_speaks_both_languages_with_the_values_of_its_raise() -> None:
    error = TooLate(hours=3, fields=[FieldError("occurred_at", "过早", "too early")])
    assert error.sentence("zh") == "此事发生于 3 小时前,请说明原因"
    assert str(error) == error.sentence("en") == "This happened 3 hours ago; say why it is entered so late."
    assert error.status == 409 and error.fields[0].path == "occurred_at"


@pytest.mark.parametrize(("name", "status"), [
    ("Malformed", 422), ("Unauthorised", 401), ("Forbidden", 403), ("NotFound", 404), ("Conflict", 409),
    ("LostUpdate", 412), ("TooMany", 429), ("PeerDown", 503),
])
def test_every_situation_has_its_status_a_code_and_two_sentences(name: str, status: int) -> None:
    kind = getattr(errors, name)
    assert issubclass(kind, AppError) and kind.status == status
    assert kind.code.count(".") == 1 and kind().sentence("zh") != kind().sentence("en")


def test_an_error_without_values_may_hold_braces() -> None:
    class Odd(Malformed):
        en = "write {like: this}"

    assert Odd().sentence("en") == "write {like: this}"


def test_errors_that_ask_to_wait_say_how_long() -> None:
    assert TooMany(retry_after=7).retry_after == 7 and PeerDown().retry_after > 0
    assert Throttled(2.5).after == timedelta(seconds=2.5) == Throttled(timedelta(seconds=2.5)).after


# --- registry ---------------------------------------------------------------------------------------------------------


THING = "from types import SimpleNamespace\nTHING = SimpleNamespace(code={code!r})\n"


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[dict[str, str]], str]]:
    """Writes a package of plug-ins and names it; a new name each time, because modules are remembered."""
    monkeypatch.syspath_prepend(str(tmp_path))
    made: list[str] = []

    def write(files: dict[str, str]) -> str:
        name = f"plugins_{abs(hash(str(tmp_path)))}_{len(made)}"
        made.append(name)
        (tmp_path / name).mkdir()
        for file, text in {"__init__.py": "", **files}.items():
            (tmp_path / name / file).write_text(text, "utf-8")
        return name

    yield write
    for name in [m for m in sys.modules if m.startswith("plugins_")]:
        del sys.modules[name]


def test_one_file_is_one_thing_named_after_its_code(package: Callable[[dict[str, str]], str]) -> None:
    found = discover(package({
        "fee_area.py": THING.format(code="fee.area"), "b.py": THING.format(code="b"), "_shared.py": "1 / 0",
    }), "THING")
    assert list(found) == ["b", "fee.area"]
    with pytest.raises(TypeError):
        found["c"] = None  # type: ignore[index]


@pytest.mark.parametrize(("files", "says"), [
    ({"a.py": ""}, "has no THING"),
    ({"a.py": THING.format(code="b")}, "name the file after it"),
    ({"a_b.py": THING.format(code="a.c")}, "name the file after it"),
    ({"a_b_c.py": THING.format(code="a.b_c"), "a_b.py": THING.format(code="a.b.c")}, "name the file after it"),
])
def test_a_folder_that_breaks_the_rules_is_refused_by_name(
    package: Callable[[dict[str, str]], str], files: dict[str, str], says: str
) -> None:
    with pytest.raises(RegistryError, match=says):
        discover(package(files), "THING")


def test_ids_drawn_by_the_thousand_grow_and_stay_between_those_drawn_one_by_one() -> None:
    before, many, after = uuid7(), [UUID(text) for text in uuid7_texts(5000)], uuid7()
    assert [before, *many, after] == sorted({before, *many, after})
    assert all(found.version == 7 and found.variant == before.variant for found in many)
    assert uuid7_texts(0) == []
