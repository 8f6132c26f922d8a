"""Tables as people send them."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import xlsxwriter

from shared.tabular import format_of, sheets
from tests.ticketing.cases import Desk
from tests.ticketing.support import BASE

UNITS = ["编号 Code", "小区 Community", "楼栋", "房号", "面积 Area", "用途", "入住日期"]


def book(*rows: Sequence[Any], sheet: str = "房屋") -> bytes:
    """An xlsx of one sheet."""
    file = io.BytesIO()
    made = xlsxwriter.Workbook(file, {"constant_memory": True, "strings_to_formulas": False})
    page = made.add_worksheet(sheet)
    for number, row in enumerate(rows):
        for index, value in enumerate(row):
            page.write(number, index, value)
    made.close()
    return file.getvalue()


def unit(n: int, **more: Any) -> list[Any]:
    """A row of the units' table."""
    row = {"code": f"CX-9-{n}", "community": "CX", "building": "CX-1", "number": f"9-{n}", "area": 93.5, "use": "住宅"}
    return [*{**row, **more}.values(), "2020/6/1"][:7]


def lines(data: bytes) -> list[list[Any]]:
    """All lines of the first sheet."""
    sheet = next(iter(sheets(data, format_of(data))))
    return [list(line.cells) for line in sheet.lines]


class Tables:
    """Imports and exports by the public API."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.register = desk.register
        self.headers = desk.staff("admin")

    async def begin(self, data: bytes, resource: str = "units", mode: str = "good", **more: Any) -> Any:
        """POST a file; the answer."""
        headers = more.pop("headers", self.headers)
        form = {"resource": resource, "mode": mode, "source": "erp", **more}
        name = form.pop("name", "房屋.xlsx")
        return await self.register.api.post(
            f"{BASE}/imports", data=form, files={"file": (name, data)}, headers=headers
        )

    async def run(self, data: bytes, resource: str = "units", mode: str = "good", **more: Any) -> dict[str, Any]:
        """Import a file to its end; what became of it."""
        answer = await self.begin(data, resource, mode, **more)
        assert answer.status_code == 202, answer.text
        await self.register.world.drain(self.register.org, timers=False)
        return await self.get(answer.json()["id"])

    async def get(self, id: str) -> dict[str, Any]:
        """The import as it stands."""
        answer = await self.register.get(f"/imports/{id}", self.headers)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def errors(self, id: str) -> list[tuple[int, str | None, str | None]]:
        """Row, column and cell of each error."""
        found: list[tuple[int, str | None, str | None]] = []
        cursor = None
        while True:
            query = {"limit": 200} | ({"cursor": cursor} if cursor else {})
            answer = (await self.register.get(f"/imports/{id}/errors", self.headers, **query)).json()
            found += [(e["row"], e["column"], e["cell"]) for e in answer["items"]]
            cursor = answer["next"]
            if cursor is None:
                return found

    async def undo(self, id: str) -> dict[str, Any]:
        """Undo to the end."""
        answer = await self.register.post(f"/imports/{id}/undo", None, self.headers)
        assert answer.status_code == 202, answer.text
        await self.register.world.drain(self.register.org, timers=False)
        return await self.get(id)

    async def units(self) -> dict[str, dict[str, Any]]:
        """Units of the register by external id."""
        answer = await self.register.get("/units", self.headers, limit=200)
        return {item["external_id"]: item for item in answer.json()["items"]}
