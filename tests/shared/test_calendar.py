"""Working days and working hours, by tables of days that people can check against a wall calendar."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from shared.calendar import (
    OFFICE_WEEK,
    ROUND_THE_CLOCK,
    Hours,
    Notice,
    NoWorkingTime,
    SpecialDay,
    WorkingCalendar,
    hours,
)
from shared.holidays import SHANGHAI, standard

CHINA = standard()
NEVER: tuple[tuple[Hours, ...], ...] = ((),) * 7


def at(text: str) -> datetime:
    """A local time of Shanghai, such as ``2025-03-07 10:00``."""
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def midnight_after(text: str) -> datetime:
    """24:00 of a day in Shanghai."""
    return at(text + " 00:00") + timedelta(days=1)


# --- days -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("first", "pattern"), [
    # Spring Festival 2025: eight days off from 28 January, Sunday 26 January and Saturday 8 February worked.
    ("2025-01-25", ".W W........WWW W.WWWWW..".replace(" ", "")),
    # Labour Day 2025: five days off from Thursday 1 May, Sunday 27 April worked.
    ("2025-04-26", ".WWWW.....WWWW.."),
    # National Day and Mid-Autumn 2025: eight days off, Sunday 28 September and Saturday 11 October worked.
    ("2025-09-27", ".WWW........WWW.W"),
    # New Year 2025: one day, without make-up days.
    ("2024-12-30", "WW.WW..W"),
    # A leap day is a day like any other: Thursday 29 February 2024.
    ("2024-02-28", "WWW..WW"),
])
def test_statutory_holidays_are_off_and_make_up_days_are_worked(first: str, pattern: str) -> None:
    start = date.fromisoformat(first)
    worked = "".join("W" if CHINA.is_working_day(start + timedelta(days=n)) else "." for n in range(len(pattern)))
    assert worked == pattern


@pytest.mark.parametrize(("raised", "days", "last"), [
    ("2025-03-07 10:00", 3, "2025-03-12"),  # F-084: Friday; Monday 10, Tuesday 11, Wednesday 12
    ("2025-03-07 00:00", 3, "2025-03-12"),
    ("2025-03-07 23:59", 3, "2025-03-12"),
    ("2025-03-08 10:00", 3, "2025-03-12"),  # raised on a Saturday: the same Monday is the first day
    ("2025-03-09 23:59", 3, "2025-03-12"),
    ("2025-03-10 00:00", 3, "2025-03-13"),
    ("2025-01-24 17:00", 1, "2025-01-26"),  # the Sunday before Spring Festival is worked
    ("2025-01-24 17:00", 3, "2025-02-05"),  # Sunday 26, Monday 27, then the holiday until 4 February
    ("2025-01-27 09:00", 3, "2025-02-07"),
    ("2025-01-27 09:00", 4, "2025-02-08"),  # a Saturday that is worked
    ("2025-01-30 12:00", 1, "2025-02-05"),  # raised in the holiday
    ("2025-04-25 12:00", 3, "2025-04-29"),  # Sunday 27 April is the first day
    ("2025-04-30 12:00", 1, "2025-05-06"),
    ("2025-03-31 12:00", 3, "2025-04-03"),  # over a month's end
    ("2025-04-03 12:00", 1, "2025-04-07"),  # Tomb-sweeping Day is Friday 4 April
    ("2024-02-28 12:00", 1, "2024-02-29"),  # the leap day counts
    ("2024-02-28 12:00", 2, "2024-03-01"),
    ("2024-12-31 12:00", 1, "2025-01-02"),  # over a year's end
    ("2025-12-31 12:00", 1, "2026-01-04"),  # 1 to 3 January 2026 are off, Sunday the 4th is worked
])
def test_working_days_count_from_the_next_one_and_end_at_24_00(raised: str, days: int, last: str) -> None:
    """B-015, F-084, AMB-054: three working days after Friday 7 March 10:00 end with Wednesday 12 March."""
    assert CHINA.add_working_days(at(raised), days) == midnight_after(last)
    assert CHINA.working_day(at(raised), days) == date.fromisoformat(last)
    assert CHINA.add_working_days(at(raised).date(), days) == midnight_after(last)
    assert CHINA.add_working_days(at(raised), days).tzinfo is UTC


def test_the_local_date_of_an_instant_begins_the_count() -> None:
    """23:30 UTC of Thursday is Friday in Shanghai."""
    late = datetime(2025, 3, 6, 23, 30, tzinfo=UTC)
    assert CHINA.working_day(late, 1) == date(2025, 3, 10)
    assert WorkingCalendar(ZoneInfo("UTC")).working_day(late, 1) == date(2025, 3, 7)


def test_no_working_days_is_the_day_itself_or_the_first_worked_after_it() -> None:
    assert CHINA.working_day(date(2025, 3, 7), 0) == date(2025, 3, 7)
    assert CHINA.working_day(date(2025, 3, 8), 0) == date(2025, 3, 10)


def test_an_organisations_own_dates_win_over_the_notice_and_the_week() -> None:
    own = CHINA.with_overrides({
        date(2025, 1, 29): hours("10:00-15:00"),  # the desk opens on the first day of the festival
        date(2025, 3, 10): (),  # and closes on a Monday
    })
    assert own.is_working_day(date(2025, 1, 29)) and not own.is_working_day(date(2025, 3, 10))
    assert own.working_day(at("2025-03-07 10:00"), 3) == date(2025, 3, 13)
    assert own.describe(date(2025, 1, 29)).kind == "override"
    assert own.version != CHINA.version and CHINA.is_working_day(date(2025, 3, 10))


def test_a_day_says_why_it_counts_or_not() -> None:
    said = {day: CHINA.describe(date.fromisoformat(day)) for day in
            ("2025-01-26", "2025-01-29", "2025-03-07", "2025-03-08")}
    assert [(d.kind, bool(d.hours)) for d in said.values()] == [
        ("make_up", True), ("holiday", False), ("weekday", True), ("weekend", False)]
    festival = said["2025-01-29"]
    assert (festival.zh, festival.en) == ("春节(法定节假日)", "Spring Festival (statutory holiday)")
    assert not any(d.provisional for d in said.values())


# --- years not announced ----------------------------------------------------------------------------------------------


def test_a_year_without_a_notice_counts_weekends_only_and_says_so() -> None:
    assert CHINA.is_provisional(date(2027, 2, 8)) and not CHINA.is_provisional(date(2026, 2, 17))
    assert CHINA.is_working_day(date(2027, 2, 8)) and not CHINA.is_working_day(date(2027, 2, 7))
    assert CHINA.working_day(date(2031, 9, 30), 1) == date(2031, 10, 1)
    assert CHINA.describe(date(2031, 10, 1)).provisional


def test_a_notice_that_arrives_settles_its_year_and_moves_open_deadlines() -> None:
    notice = Notice(2027, {date(2027, 2, 8): SpecialDay(True, "春节", "Spring Festival"),
                           date(2027, 2, 13): SpecialDay(False, "春节", "Spring Festival"),
                           date(2026, 12, 31): SpecialDay(True, "元旦", "New Year's Day")})
    settled = CHINA.with_notice(notice)
    assert CHINA.working_day(date(2027, 2, 5), 1) == date(2027, 2, 8)
    assert settled.working_day(date(2027, 2, 5), 1) == date(2027, 2, 9)
    assert settled.is_working_day(date(2027, 2, 13)) and not settled.is_provisional(date(2027, 7, 1))
    assert not settled.is_working_day(date(2026, 12, 31)), "a notice may begin in the December before its year"
    assert settled.version != CHINA.version and settled.is_provisional(date(2028, 1, 1))


def test_a_corrected_notice_replaces_the_one_of_its_year_and_no_other() -> None:
    first = CHINA.with_notice(Notice(2027, {date(2027, 2, 8): SpecialDay(True, "春节", "Spring Festival")}))
    second = first.with_notice(Notice(2027, {date(2027, 2, 9): SpecialDay(True, "春节", "Spring Festival")}))
    assert second.is_working_day(date(2027, 2, 8)) and not second.is_working_day(date(2027, 2, 9))
    assert not second.is_working_day(date(2026, 10, 1)) and not second.is_working_day(date(2025, 1, 29))


def test_a_calendar_to_which_nothing_is_announced_is_never_provisional() -> None:
    assert not WorkingCalendar(SHANGHAI, ROUND_THE_CLOCK).is_provisional(date(2050, 1, 1))


def test_the_version_names_the_content() -> None:
    assert WorkingCalendar(SHANGHAI).version == WorkingCalendar(SHANGHAI, OFFICE_WEEK).version
    versions = {WorkingCalendar(SHANGHAI).version, WorkingCalendar(ZoneInfo("UTC")).version,
                WorkingCalendar(SHANGHAI, ROUND_THE_CLOCK).version, WorkingCalendar(SHANGHAI, notices=[]).version,
                WorkingCalendar(SHANGHAI, make_up=hours("10:00-12:00")).version, CHINA.version}
    assert len(versions) == 6
    assert WorkingCalendar(SHANGHAI, version="2025-07").version == "2025-07"


# --- hours ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("start", "minutes", "end"), [
    ("2025-03-07 09:00", 180, "2025-03-07 12:00"),  # a full interval ends at its end
    ("2025-03-07 09:00", 181, "2025-03-07 13:31"),  # the lunch break does not count
    ("2025-03-07 12:30", 10, "2025-03-07 13:40"),
    ("2025-03-07 07:00", 30, "2025-03-07 09:30"),
    ("2025-03-07 17:50", 10, "2025-03-07 18:00"),
    ("2025-03-07 17:50", 20, "2025-03-10 09:10"),  # over the weekend
    ("2025-03-08 11:00", 1, "2025-03-10 09:01"),
    ("2025-03-07 09:00", 450, "2025-03-07 18:00"),
    ("2025-03-07 09:00", 900, "2025-03-10 18:00"),
    ("2025-01-26 17:00", 120, "2025-01-27 10:00"),  # a worked Sunday, then Monday
    ("2025-01-27 17:30", 60, "2025-02-05 09:30"),  # over Spring Festival
    ("2025-02-07 17:30", 60, "2025-02-08 09:30"),  # into a worked Saturday
    ("2025-04-30 17:00", 90, "2025-05-06 09:30"),
    ("2024-02-29 17:00", 61, "2024-03-01 09:01"),
    ("2025-03-08 11:00", 0, "2025-03-08 11:00"),  # nothing added is the instant itself
])
def test_working_time_passes_only_while_people_work(start: str, minutes: int, end: str) -> None:
    due = CHINA.add_working_time(at(start), timedelta(minutes=minutes))
    assert due == at(end) and due.tzinfo is UTC
    assert CHINA.working_time_between(at(start), due) == timedelta(minutes=minutes)


def test_round_the_clock_is_wall_time() -> None:
    """F-083: 48 hours from Friday 18:00 end on Sunday 18:00."""
    calendar = WorkingCalendar(SHANGHAI, ROUND_THE_CLOCK)
    assert calendar.add_working_time(at("2025-03-07 18:00"), timedelta(hours=48)) == at("2025-03-09 18:00")


def test_the_explanation_lists_what_was_counted() -> None:
    counted = CHINA.explain(at("2025-01-27 11:00"), at("2025-02-05 10:00"))
    assert [(s.start, s.end) for s in counted] == [
        (at("2025-01-27 11:00"), at("2025-01-27 12:00")),
        (at("2025-01-27 13:30"), at("2025-01-27 18:00")),
        (at("2025-02-05 09:00"), at("2025-02-05 10:00")),
    ]
    assert [s.day.kind for s in counted] == ["weekday"] * 3
    assert sum((s.length for s in counted), timedelta(0)) == timedelta(hours=6.5)
    assert CHINA.explain(at("2025-02-05 10:00"), at("2025-01-27 11:00")) == []


def test_time_between_is_negative_backwards() -> None:
    assert CHINA.working_time_between(at("2025-03-10 10:00"), at("2025-03-07 17:00")) == -timedelta(hours=2)


def test_a_make_up_day_has_the_hours_of_a_weekday_or_its_own() -> None:
    assert CHINA.intervals_on(date(2025, 2, 8)) == CHINA.intervals_on(date(2025, 2, 7))
    short = WorkingCalendar(SHANGHAI, notices=CHINA.notices, make_up=hours("09:00-12:00"))
    assert [str(h) for h in short.intervals_on(date(2025, 2, 8))] == ["09:00-12:00"]


def test_where_clocks_are_moved_an_hour_is_an_hour() -> None:
    calendar = WorkingCalendar(ZoneInfo("America/New_York"), ROUND_THE_CLOCK)
    for day, length in ((9, 23), (10, 24)):  # 9 March 2025 has 23 hours there
        start = datetime(2025, 3, day, tzinfo=calendar.zone)
        end = datetime(2025, 3, day + 1, tzinfo=calendar.zone)
        assert calendar.working_time_between(start, end) == timedelta(hours=length)
    night = WorkingCalendar(calendar.zone, (hours("01:00-02:15", "02:15-03:30"),) * 7)
    start, end = datetime(2025, 3, 9, tzinfo=calendar.zone), datetime(2025, 3, 10, tzinfo=calendar.zone)
    assert night.working_time_between(start, end) == timedelta(minutes=90), "the hour that was skipped is not worked"


# --- what cannot be ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["", "9", "09:00", "09:00-", "9-12", "12:00-09:00", "09:00-09:00", "09:60-10:00",
                                  "22:00-06:00", "00:00-24:01", "-1:00-02:00", "09:00-12:00-13:00", "９:００-10:00"])
def test_hours_that_do_not_run_forward_within_a_day_are_refused(text: str) -> None:
    with pytest.raises(ValueError):
        Hours.parse(text)


def test_hours_are_sorted_and_may_touch_but_not_overlap() -> None:
    assert [str(h) for h in hours("13:30-18:00", "09:00-12:00", "12:00-13:00")] == [
        "09:00-12:00", "12:00-13:00", "13:30-18:00"]
    with pytest.raises(ValueError, match="overlap"):
        hours("09:00-12:00", "11:59-13:00")
    with pytest.raises(ValueError, match="overlap"):
        WorkingCalendar(SHANGHAI, overrides={date(2025, 1, 1): [Hours(0, 60), Hours(30, 90)]})


def test_a_calendar_without_hours_says_so_and_does_not_search_for_ever() -> None:
    empty = WorkingCalendar(SHANGHAI, NEVER)
    with pytest.raises(NoWorkingTime, match="no working day after 2025-03-07"):
        empty.add_working_days(date(2025, 3, 7), 1)
    with pytest.raises(NoWorkingTime, match="no working day"):
        empty.add_working_time(at("2025-03-07 10:00"), timedelta(minutes=1))
    assert empty.working_time_between(at("2025-01-01 00:00"), at("2025-12-31 00:00")) == timedelta(0)
    assert empty.describe(date(2025, 3, 7)).kind == "weekend"


def test_a_calendar_of_single_days_runs_out_with_its_last() -> None:
    stall = WorkingCalendar(SHANGHAI, NEVER, overrides={date(2030, 5, 1): hours("10:00-12:00")})
    assert stall.working_day(date(2025, 3, 7), 1) == date(2030, 5, 1)
    assert stall.add_working_time(at("2025-03-07 10:00"), timedelta(hours=2)) == at("2030-05-01 12:00")
    with pytest.raises(NoWorkingTime):
        stall.working_day(date(2025, 3, 7), 2)
    with pytest.raises(NoWorkingTime):
        stall.add_working_time(at("2025-03-07 10:00"), timedelta(hours=2, microseconds=1))


def test_a_closure_of_years_is_searched_through() -> None:
    closed = {date(2025, 1, 1) + timedelta(days=n): () for n in range(3000)}
    assert WorkingCalendar(SHANGHAI, ROUND_THE_CLOCK, overrides=closed).working_day(date(2025, 1, 1), 1) == (
        date(2025, 1, 1) + timedelta(days=3000))


def test_sums_beyond_the_calendar_of_the_language_end_with_a_sentence() -> None:
    with pytest.raises(NoWorkingTime, match="no such working day before 9998-12-31"):
        CHINA.add_working_days(date(9990, 1, 1), 10**9)
    with pytest.raises(NoWorkingTime):
        CHINA.add_working_time(at("9998-12-31 10:00"), timedelta(days=400))
    for day in (date.min, date.max):
        with pytest.raises(ValueError, match="outside the years"):
            CHINA.add_working_days(day, 1)


def test_naive_times_negative_amounts_and_odd_weeks_are_refused() -> None:
    naive = at("2025-03-07 10:00").replace(tzinfo=None)
    for ask in (lambda: CHINA.add_working_days(naive, 1), lambda: CHINA.add_working_time(naive, timedelta(1)),
                lambda: CHINA.working_time_between(naive, at("2025-03-07 10:00"))):
        with pytest.raises(ValueError, match="needs its zone"):
            ask()
    with pytest.raises(ValueError, match="forward"):
        CHINA.add_working_days(date(2025, 3, 7), -1)
    with pytest.raises(ValueError, match="forward"):
        CHINA.add_working_time(at("2025-03-07 10:00"), timedelta(-1))
    with pytest.raises(ValueError, match="seven days"):
        WorkingCalendar(SHANGHAI, OFFICE_WEEK[:5])
