"""``steward bench import``: a table of 20,000 rows with 50 bad cells, sent through the gateway as an owner of a company
would send it: every bad cell named, memory and time within their limits.

There is no floor: what is asked are limits, 300 MB and 60 s. Memory is that of ticketing's API and worker together
(shared pages counted once), sampled while the import runs.
"""

from __future__ import annotations

import argparse
import io
import json
import time
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen
from uuid import uuid4

import xlsxwriter

from deploy.bench._place import fresh_folder, peak_of
from deploy.bench._report import say
from deploy.commands.token import token
from deploy.local import background
from deploy.local.folder import DataFolder
from deploy.local.options import Options
from deploy.local.ports import free_port

HEADINGS = ["编号", "小区", "楼栋", "房号", "面积", "用途", "交付日期", "入住日期"]
#: Column and content of bad cells: a reference, a number, a choice, a day, a length.
WRONG = [(1, "无此小区"), (4, "九十"), (5, "别墅"), (6, "2018-02-30"), (3, "x" * 100)]
MOST_MB, MOST_SECONDS = 300.0, 60.0


def run(arguments: Sequence[str]) -> int:
    """See the module. Exit code 1 when a bad cell is not named, a good row not stored, or a limit broken."""
    parser = argparse.ArgumentParser(prog="steward bench import")
    parser.add_argument("--rows", type=int, default=20_000)
    parser.add_argument("--bad", type=int, default=50, help="bad cells, each in a row of its own")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(list(arguments))
    with fresh_folder() as folder:
        state = background.start(folder, Options(port=free_port()))
        try:
            return _measure(folder, state, options)
        finally:
            background.stop(folder)


def table(rows: int, bad: int) -> tuple[bytes, set[str]]:
    """An xlsx of units and the cells in it that are wrong."""
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"constant_memory": True})
    sheet = book.add_worksheet("房屋")
    sheet.write_row(0, 0, HEADINGS)
    every = rows // bad if bad else rows + 1
    wrong: set[str] = set()
    for n in range(1, rows + 1):
        row: list[Any] = [f"B-{n}", "bench", "", f"{n // 100}-{n % 100:02d}", 60 + n % 90, "住宅"]
        row += ["2018-06-30", "2019/6/1"]
        if n % every == 0 and len(wrong) < bad:
            column, value = WRONG[len(wrong) % len(WRONG)]
            row[column] = value
            wrong.add(f"{'ABCDEFGH'[column]}{n + 1}")
        sheet.write_row(n, 0, row)
    book.close()
    return file.getvalue(), wrong


def _measure(folder: Path, state: dict[str, Any], options: argparse.Namespace) -> int:
    base = f"{state['urls']['gateway']}/ticketing/v1"
    word = token(data=folder, role="admin", org=None, units=[], subject=None, ttl=timedelta(hours=1))
    headers = {"Authorization": f"Bearer {word}"}
    community = {"source": "table", "items": [{"external_id": "bench", "name": "压测小区"}]}
    as_json = {**headers, "Content-Type": "application/json"}
    _call("POST", f"{base}/communities/bulk", as_json, json.dumps(community).encode())
    data, wrong = table(options.rows, options.bad)
    began = time.monotonic()
    with peak_of(lambda: _processes(folder), every=0.1) as peak:
        body, kind = _form(data)
        asked = _call("POST", f"{base}/imports", {**headers, "Content-Type": kind}, body)
        while True:
            found = _call("GET", f"{base}/imports/{asked['id']}", headers)
            if found["state"] not in ("waiting", "running", "storing"):
                break
            time.sleep(0.1)
    seconds = time.monotonic() - began
    named = _named(base, headers, asked["id"])
    good = options.rows - options.bad
    fine = found["state"] == "done" and named == wrong and found["stored"] == good
    within = seconds <= MOST_SECONDS and peak[0] <= MOST_MB
    say(
        "import",
        as_json=options.json,
        measured=round(seconds, 2),
        peak_mb=peak[0],
        rows=options.rows,
        stored=found["stored"],
        named=len(named & wrong),
        wrong=len(wrong),
        file_mb=round(len(data) / 1e6, 2),
        state=found["state"],
    )
    return 0 if fine and within else 1


def _named(base: str, headers: dict[str, str], import_id: str) -> set[str]:
    found: set[str] = set()
    cursor = ""
    while True:
        page = _call("GET", f"{base}/imports/{import_id}/errors?limit=200{cursor}", headers)
        found |= {item["cell"] for item in page["items"]}
        if page["next"] is None:
            return found
        cursor = f"&cursor={page['next']}"


def _form(data: bytes) -> tuple[bytes, str]:
    edge = uuid4().hex
    parts = [("resource", "units"), ("mode", "good"), ("source", "table")]
    lines = [f'--{edge}\r\nContent-Disposition: form-data; name="{n}"\r\n\r\n{v}\r\n'.encode() for n, v in parts]
    head = f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="units.xlsx"\r\n\r\n'.encode()
    return b"".join([*lines, head, data, f"\r\n--{edge}--\r\n".encode()]), f"multipart/form-data; boundary={edge}"


def _call(method: str, url: str, headers: dict[str, str], body: bytes | None = None) -> Any:
    with urlopen(Request(url, body, headers, method=method), timeout=60) as answer:
        return json.load(answer)


def _processes(folder: Path) -> list[int]:
    """Ticketing's API and worker."""
    known = DataFolder(folder).state()["pids"]
    return [known[name] for name in ("ticketing-api", "ticketing-worker")]
