"""What cannot be exported."""

from __future__ import annotations

from shared.errors import NotFound


class NoSuchTable(NotFound):
    """No list has that name."""

    code = "billing.table.unknown"
    zh = "没有这个列表，可导出的有：{known}。"
    en = "There is no such list; there are: {known}."
