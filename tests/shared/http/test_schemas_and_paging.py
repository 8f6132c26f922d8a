"""Types at the border: money, times, pages."""

from __future__ import annotations

import base64
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, TypeAdapter, ValidationError

from shared.auth import Principal, allow
from shared.http.errors import BadCursor
from shared.http.paging import After, Page, PageDep, decode_cursor, encode_cursor, page_of
from shared.http.routing import service_router
from shared.http.schemas import Input, MoneyModel, Month, PeriodCode, UtcTime
from shared.money import Money
from tests.shared.http.support import Tiny, bearer, serve

TIME: TypeAdapter[datetime] = TypeAdapter(UtcTime)


@pytest.mark.parametrize(
    ("text", "fen", "written"),
    [("12.50", 1250, "12.50"), ("12.5", 1250, "12.50"), ("0", 0, "0.00"), ("-0.01", -1, "-0.01")],
)
def test_money_travels_as_a_string_of_yuan(text: str, fen: int, written: str) -> None:
    money = MoneyModel(amount=text).money()
    assert money == Money(fen)
    assert MoneyModel.of(money).model_dump() == {"amount": written, "currency": "CNY"}


@pytest.mark.parametrize("amount", ["12.505", "1e3", "", " 1", "1,000.00", "NaN", "+1", ".5", "1.", 12.5, 12, None])
def test_what_is_no_amount_of_fen_is_refused(amount: Any) -> None:
    with pytest.raises(ValidationError):
        MoneyModel.model_validate({"amount": amount})


@given(st.integers(-(10**15) + 1, 10**15 - 1))
def test_money_comes_back_to_the_fen(fen: int) -> None:
    assert MoneyModel.model_validate_json(MoneyModel.of_fen(fen).model_dump_json()).money() == Money(fen)


def test_times_come_in_from_any_zone_and_go_out_in_utc() -> None:
    at = TIME.validate_python("2025-03-07T09:30:00+08:00")
    assert at == datetime(2025, 3, 7, 1, 30, tzinfo=UTC)
    assert TIME.dump_json(at) == b'"2025-03-07T01:30:00Z"'
    local = datetime(2025, 3, 7, 9, 30, tzinfo=timezone(timedelta(hours=8)))
    assert TIME.dump_json(TIME.validate_python(local)) == b'"2025-03-07T01:30:00Z"'


@pytest.mark.parametrize("value", ["2025-03-07T09:30:00", "2025-03-07", 1741311000, "1741311000", "now", True, None])
def test_naive_times_and_other_spellings_are_refused(value: Any) -> None:
    with pytest.raises(ValidationError):
        TIME.validate_python(value)


def test_an_unknown_input_field_is_an_error() -> None:
    class Something(Input):
        name: str

    assert Something(name=" a ").name == "a"
    with pytest.raises(ValidationError):
        Something.model_validate({"name": "a", "nmae": "b"})


KEYS = st.dictionaries(
    st.text(min_size=1, max_size=5), st.one_of(st.text(max_size=10), st.integers(-(2**53), 2**53)), min_size=1
)


@given(KEYS)
def test_a_cursor_comes_back_as_it_was(key: dict[str, Any]) -> None:
    assert decode_cursor(encode_cursor(key)) == key


def test_a_cursor_holds_ids_times_dates_and_decimals() -> None:
    made, at = uuid4(), datetime(2025, 3, 7, 1, 30, 0, 123456, tzinfo=UTC)
    after = After(
        decode_cursor(encode_cursor({"id": made, "at": at, "on": date(2025, 3, 7), "n": 5, "points": Decimal("1.50")}))
    )
    assert after.uuid() == made
    assert after.time("at") == at
    assert after.date("on") == date(2025, 3, 7)
    assert after.number("n") == 5
    assert after.text("points") == "1.50"


@pytest.mark.parametrize(
    "cursor", ["x", "!!!!", "e30", "W10", base64.urlsafe_b64encode(b'"a"').decode(), "é", "====", "A" * 9]
)
def test_a_cursor_we_did_not_write_is_refused(cursor: str) -> None:
    with pytest.raises(BadCursor):
        decode_cursor(cursor)


@pytest.mark.parametrize("read", ["uuid", "time", "date", "text", "number"])
def test_a_made_up_cursor_never_reaches_the_database(read: str) -> None:
    with pytest.raises(BadCursor):
        getattr(After({"id": ["x"], "other": "y"}), read)("id")


class Row(BaseModel):
    id: int


router = service_router(prefix="/v1/rows")


@router.get("", operation_id="list_rows")
async def list_rows(page: PageDep, who: Annotated[Principal, allow("row.read")], state: str = "") -> Page[Row]:
    start = page.after.number("id") + 1 if page.after else 0
    rows = list(range(start, 7))[: page.limit + 1]
    return page_of(rows, page.limit, key=lambda n: {"id": n}, present=lambda n: Row(id=n))


@pytest.fixture
async def tiny() -> Any:
    async with serve([router], powers={"row.read": {"clerk"}}) as app:
        yield app


async def test_pages_follow_one_another_to_the_end(tiny: Tiny) -> None:
    seen, url, pages = [], "/tiny/v1/rows?limit=3&state=a%20b", 0
    while url:
        answer = await tiny.http.get(url, headers=bearer("clerk"))
        body = answer.json()
        assert set(body) == {"items", "next"}
        seen += [item["id"] for item in body["items"]]
        pages += 1
        if body["next"] is None:
            assert "link" not in answer.headers
            break
        link, relation = answer.headers["link"].split("; ")
        assert relation == 'rel="next"'
        url = link.strip("<>")
        assert "state=a+b" in url
        assert "limit=3" in url
        assert url.count("cursor=") == 1
    assert (seen, pages) == (list(range(7)), 3)


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=201", "limit=x", "cursor=zzz", "updated_after=2025-03-07T00:00:00"]
)
async def test_a_page_that_cannot_be_is_422(tiny: Tiny, query: str) -> None:
    assert (await tiny.http.get(f"/tiny/v1/rows?{query}", headers=bearer("clerk"))).status_code == 422


def test_a_page_outside_of_a_request_needs_no_response() -> None:
    page = page_of([1, 2, 3], 2, key=lambda n: {"id": n})
    assert page.items == [1, 2]
    assert decode_cursor(page.next or "") == {"id": 2}
    assert page_of([1], 2, key=lambda n: {"id": n}).next is None
    assert UUID(int=0) not in page.items


@pytest.mark.parametrize(
    "edge", ["0001-01-01T00:00:00+14:00", "1899-12-31T23:59:59Z", "2200-01-01T00:00:00Z", "9999-12-31T23:59:59-12:00"]
)
def test_a_time_at_the_edge_of_the_calendar_is_malformed_and_never_an_overflow(edge: str) -> None:
    with pytest.raises(ValidationError, match="1900"):
        TIME.validate_python(edge)


def test_months_and_periods_are_those_that_can_be_meant() -> None:
    month, period = TypeAdapter(Month), TypeAdapter(PeriodCode)
    assert month.validate_python("2025-03") == "2025-03"
    for text in ("2025", "2025-H2", "2025-Q4", "2025-12"):
        assert period.validate_python(text) == text
    for text in ("0000-06", "2025-13", "2025-00", "2025-Q1", "2025-3", "2025-03\n"):
        with pytest.raises(ValidationError):
            month.validate_python(text)
    for text in ("0000-Q1", "2025-Q5", "2025-H3", "25", "2025-"):
        with pytest.raises(ValidationError):
            period.validate_python(text)
