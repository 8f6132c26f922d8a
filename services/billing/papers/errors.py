"""What cannot be put on paper."""

from __future__ import annotations

from shared.errors import Conflict


class PaperTooLong(Conflict):
    """More rows than a paper holds; the table holds any number."""

    code = "billing.paper.too_long"
    zh = "名单超过{most}行，请按经办人缩小范围，或改用表格导出。"
    en = "The list has more than {most} rows; narrow it to one assignee, or export it as a table."
