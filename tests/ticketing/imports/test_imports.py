"""Tables into the register: template, dry run, all or the good rows, each error by its cell, corrections, undo."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from uuid import UUID, uuid4

import orjson
import pytest

from services.ticketing.imports import tasks
from services.ticketing.models import import_changes
from shared import clock
from shared.errors import Retryable
from shared.runtime import Job
from tests.shared.files.samples import zipped
from tests.ticketing.cases import NOON, Desk
from tests.ticketing.imports.support import UNITS, Tables, book, lines, unit


@pytest.fixture
def tables(desk: Desk) -> Tables:
    return Tables(desk)


async def test_a_template_filled_in_is_imported_and_importing_it_again_changes_nothing(tables: Tables) -> None:
    answer = await tables.register.get("/imports/templates/units.xlsx", tables.headers)
    assert answer.status_code == 200
    (headings,) = lines(answer.content)
    assert "编号 Code*" in headings and "面积 Area*" in headings
    rows = [[f"CX-9-{n}", "CX", "CX-1", f"9-{n}", "93.50", "住宅"] for n in (1, 2)]
    done = await tables.run(book(headings, *rows))
    assert (done["state"], done["rows"], done["stored"], done["created"], done["bad"]) == ("done", 2, 2, 2, 0)
    assert (await tables.units())["CX-9-1"]["area"] == "93.50"
    again = await tables.run(book(headings, *rows))
    assert (again["stored"], again["created"], again["updated"]) == (2, 0, 0)


BAD = [
    unit(1),
    unit(2, area="大约九十"),
    unit(3, community="NOWHERE"),
    unit(4, use="别墅", area=-5),
    unit(1),
    unit(6, code="", area="x"),
    ["", None, ""],
    unit(8, building="B-99", area="abc"),
]
WRONG = [
    (3, "面积 Area", "E3"), (4, "小区 Community", "B4"), (5, "用途", "F5"), (5, "面积 Area", "E5"),
    (6, "编号 Code", "A6"), (7, "编号 Code", "A7"), (7, "面积 Area", "E7"), (9, "面积 Area", "E9"), (9, "楼栋", "C9"),
]  # fmt: skip


async def test_a_dry_run_names_every_bad_cell_and_stores_nothing(tables: Tables) -> None:
    before = await tables.units()
    done = await tables.run(book(UNITS, *BAD), mode="check")
    assert (done["state"], done["rows"], done["stored"], done["bad"]) == ("done", 7, 0, 6)
    assert await tables.errors(done["id"]) == WRONG
    assert await tables.units() == before


async def test_the_good_rows_are_stored_and_the_bad_ones_handed_back(tables: Tables) -> None:
    done = await tables.run(book(UNITS, *BAD))
    assert (done["state"], done["stored"], done["created"], done["bad"]) == ("done", 1, 1, 6)
    assert await tables.errors(done["id"]) == WRONG
    answer = await tables.register.get(f"/imports/{done['id']}/corrections.xlsx", tables.headers)
    heading, *rows = lines(answer.content)
    assert heading == [*UNITS, "错误 Errors"] and len(rows) == 6 and "面积 Area" in rows[0][-1]
    for n, row in enumerate(rows):
        row[:6] = [f"CX-9-{n + 10}", "CX", "CX-1", f"9-{n + 10}", 88, "住宅"]
    corrected = await tables.run(book(heading, *rows))
    assert (corrected["state"], corrected["created"], corrected["bad"]) == ("done", 6, 0)


async def test_all_or_nothing_stores_nothing_when_one_cell_is_wrong(tables: Tables) -> None:
    before = await tables.units()
    done = await tables.run(book(UNITS, unit(1), unit(2, area="x")), mode="all")
    assert (done["state"], done["stored"], done["bad"]) == ("refused", 0, 1)
    assert await tables.units() == before
    done = await tables.run(book(UNITS, unit(1), unit(2)), mode="all")
    assert (done["state"], done["stored"], done["rows"]) == ("done", 2, 2)


async def test_an_import_is_undone_row_by_row_unless_somebody_needs_them_by_now(tables: Tables) -> None:
    desk = tables.desk
    await tables.run(book(UNITS, unit(1), unit(2)))
    done = await tables.run(book(UNITS, unit(1, area=100), unit(2, area=100), unit(3), unit(4)))
    assert (done["created"], done["updated"]) == (2, 2)
    now = await tables.units()
    await tables.register.stored(
        "units", [{"external_id": "CX-9-2", "community": "CX", "number": "9-2", "area": "77.00"}]
    )
    answer = await desk.intake("repair", unit_id=now["CX-9-4"]["id"])
    assert answer.status_code == 201
    undone = await tables.undo(done["id"])
    assert (undone["state"], undone["undo"]) == ("undone", {"restored": 1, "removed": 1, "kept": 2})
    left = await tables.units()
    assert left["CX-9-1"]["area"] == "93.50" and left["CX-9-2"]["area"] == "77.00"
    assert "CX-9-3" not in left and "CX-9-4" in left
    events = await tables.register.events("unit.upserted.v1")
    last = [e for e in events if e["subject"] == UUID(now["CX-9-3"]["id"])][-1]
    assert last["seq"] == 2 and last["data"]["sold_on"] is None  # peers hear that it has no effect any more
    answer = await tables.register.post(f"/imports/{done['id']}/undo", None, tables.headers)
    assert (answer.status_code, answer.json()["code"]) == (409, "ticketing.import.not_undoable")


async def test_people_relations_and_staff_come_from_tables_too(tables: Tables) -> None:
    people = book(["编号", "姓名", "手机", "语言"], ["P-1", "李静", 13812345678, "中文"], ["P-2", "王芳", "12", ""])
    done = await tables.run(people, "people")
    assert (done["created"], done["bad"]) == (1, 1)
    assert await tables.errors(done["id"]) == [(3, "手机", "C3")]
    relations = book(
        ["编号", "人员编号", "房屋编号", "关系", "开始日期", "权限"],
        ["R-1", "P-1", "CX-1-1", "租户", "2024/1/1", "签字、评价"],
        ["R-2", "P-9", "CX-1-1", "租户", "2024/1/1", ""],
    )
    bound = await tables.run(relations, "relations")
    assert (bound["created"], bound["bad"]) == (1, 1)
    root = str(tables.register.org)
    staff = book(["工号", "姓名", "岗位", "管辖范围"], ["E-1", "赵工", "维修工程人员、客服专员", root])
    hired = await tables.run(staff, "staff", source="hr")
    assert (hired["created"], hired["bad"]) == (1, 0)
    assert (await tables.undo(bound["id"]))["undo"] == {"restored": 0, "removed": 1, "kept": 0}
    assert (await tables.undo(done["id"]))["undo"] == {"restored": 0, "removed": 1, "kept": 0}
    (gone,) = await tables.register.events("person.erased.v1")
    assert (await tables.undo(hired["id"]))["undo"]["removed"] == 1
    assert gone["data"] == {}


async def test_csv_and_ndjson_are_imported_as_well(tables: Tables) -> None:
    text = "编号,小区,房号,面积,用途\nCX-9-1,CX,9-1,93.50,住宅\nCX-9-2,CX,9-2,x,住宅\n".encode("gb18030")
    done = await tables.run(text, name="房屋.csv")
    assert (done["format"], done["created"], done["bad"]) == ("csv", 1, 1)
    assert await tables.errors(done["id"]) == [(3, "面积", "D3")]
    rows = [{"external_id": f"CX-8-{n}", "community": "CX", "number": f"8-{n}", "area": "90"} for n in range(3)]
    done = await tables.run(b"\n".join(orjson.dumps(row) for row in rows))
    assert (done["format"], done["created"], done["bad"]) == ("ndjson", 3, 0)


@pytest.mark.parametrize(
    ("data", "status", "code"),
    [
        (b"MZ\x90\x00" + bytes(300), 422, "table.file.unreadable"),
        (zipped(a=b"1"), 422, "table.file.unreadable"),
        (book(["备注", "其他"], ["a", "b"]), 422, "table.heading.missing"),
        (zipped(**{"[Content_Types].xml": b"x", "xl/workbook.xml": bytes(150_000_000)}), 422, "table.file.bomb"),
        (bytes(13 * 1024 * 1024), 413, "http.body.too_large"),
    ],
)
async def test_a_file_that_is_no_table_is_refused_at_once(tables: Tables, data: bytes, status: int, code: str) -> None:
    answer = await tables.begin(data)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert (await tables.register.get("/imports", tables.headers)).json()["items"] == []


async def test_an_import_does_no_more_than_its_caller_may(
    tables: Tables, other_org: Callable[[], Awaitable[UUID]]
) -> None:
    desk = tables.desk
    elsewhere = desk.register.staff("supervisor", [uuid4()])
    answer = await tables.begin(book(UNITS, unit(1)), headers=elsewhere)
    await tables.register.world.drain(tables.register.org, timers=False)
    done = await tables.get(answer.json()["id"])
    assert (done["stored"], done["bad"]) == (0, 1)  # no community of theirs
    answer = await tables.begin(book(UNITS, unit(1)), headers=desk.staff("clerk"))
    assert answer.status_code == 403  # imports tables, but not of units
    assert (await tables.begin(book(UNITS, unit(1)), headers=desk.owner(0))).status_code == 403
    assert (await tables.begin(book(UNITS, unit(1)), "nothing")).json()["code"] == "ticketing.table.unknown"
    stranger = tables.register.world.token("admin", await other_org())
    for headers in (stranger, desk.register.staff("supervisor", [uuid4()])):
        for path in ("", "/errors", "/corrections.xlsx"):
            answer = await tables.register.get(f"/imports/{done['id']}{path}", headers)
            assert (answer.status_code, answer.json()["code"]) == (404, "ticketing.import.unknown")
        assert (await tables.register.post(f"/imports/{done['id']}/undo", None, headers)).status_code == 404


async def test_an_erased_person_leaves_imports_too_and_all_is_cleared_after_thirty_days(
    tables: Tables, standing: object
) -> None:
    moving = standing(NOON)  # type: ignore[operator]
    done = await tables.run(book(["编号", "姓名"], ["P-1", "李静"]), "people")
    again = await tables.run(book(["编号", "姓名"], ["P-1", "李敬"]), "people")
    everybody = (await tables.register.get("/people", limit=200)).json()["items"]
    (person,) = [p for p in everybody if p["external_id"] == "P-1"]
    answer = await tables.register.post(f"/people/{person['id']}/erase", {"reason": "本人要求"})
    assert answer.status_code == 200
    async with tables.register.world.runtime("ticketing").db.read(tables.register.org) as tx:
        rows = await tx.rows(import_changes.select().where(import_changes.c.org_id == tx.org_id))
    assert [row for row in rows if row.entity_id == UUID(person["id"])] == []
    moving.to(NOON + timedelta(days=30, seconds=1))
    await tables.register.world.drain(tables.register.org)
    for one in (done, again):
        answer = await tables.register.get(f"/imports/{one['id']}/corrections.xlsx", tables.headers)
        assert (answer.status_code, answer.json()["code"]) == (409, "ticketing.import.not_finished")
    assert clock.now() > NOON


async def test_two_workers_at_the_same_import_store_each_row_once_and_one_goes_on_where_the_other_stopped(
    tables: Tables,
) -> None:
    answer = await tables.begin(book(UNITS, *(unit(n) for n in range(1, 1300))))
    rt, id = tables.register.world.runtime("ticketing"), answer.json()["id"]
    job = Job(uuid4(), tables.register.org, "import.run", {"import_id": id}, 1, "test")
    ends = await asyncio.gather(*(tasks.run(rt, job) for _ in range(2)), return_exceptions=True)
    assert any(end is None for end in ends) and all(end is None or isinstance(end, Retryable) for end in ends)
    done = await tables.get(id)
    assert (done["state"], done["rows"], done["stored"], done["created"]) == ("done", 1299, 1299, 1299)
    await tasks.run(rt, job)  # a job may run again after its end
    assert await tables.get(id) == done


@pytest.mark.parametrize("format", ["csv", "xlsx", "ndjson"])
async def test_lists_are_exported_as_a_stream_and_never_as_formulas(tables: Tables, format: str) -> None:
    desk = tables.desk
    await desk.ticket("repair", summary="=HYPERLINK(\"http://evil\",\"点\")")
    answer = await tables.register.get(f"/exports/tickets.{format}", tables.headers)
    assert answer.status_code == 200, answer.text
    if format == "ndjson":
        (row,) = map(orjson.loads, answer.content.splitlines())
        assert row["summary"].startswith("=")  # for programs: nothing runs it there
    else:
        _, row = lines(answer.content)
        assert row[5] == "'=HYPERLINK(\"http://evil\",\"点\")"


async def test_an_export_of_units_can_be_imported_and_people_come_out_masked(tables: Tables) -> None:
    answer = await tables.register.get("/exports/units.xlsx", tables.headers)
    again = await tables.run(answer.content)
    assert (again["rows"], again["stored"], again["updated"], again["bad"]) == (4, 4, 0, 0)
    masked = await tables.register.get("/exports/people.csv", tables.headers)
    assert "张1伟".encode() not in masked.content and b"138****" in masked.content
    assert (await tables.begin(masked.content, "people")).json()["code"] == "table.heading.missing"
    nothing = await tables.register.get("/exports/units.csv", desk_elsewhere(tables))
    assert len(lines(nothing.content)) == 1
    assert (await tables.register.get("/exports/units.csv", tables.desk.owner(0))).status_code == 403
    assert (await tables.register.get("/exports/audit.csv", tables.headers)).status_code == 404
    told = [e["after"] for e in await tables.register.audits("export")]
    assert {"table": "people", "format": "csv", "reason": "人员"} in told


def desk_elsewhere(tables: Tables) -> dict[str, str]:
    return tables.register.staff("clerk", [uuid4()])
