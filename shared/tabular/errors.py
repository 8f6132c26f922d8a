"""Why a table as a whole is refused; errors of single cells are :class:`shared.tabular.faults.Fault`."""

from __future__ import annotations

from shared.errors import AppError, Malformed


class TableUnreadable(Malformed):
    """Neither xlsx nor CSV nor NDJSON, or damaged."""

    code = "table.file.unreadable"
    zh = "无法读取此文件，请上传 .xlsx、UTF-8 或 GB18030 编码的 .csv，或 .ndjson（旧版 .xls 请另存为 .xlsx）"
    en = "This file cannot be read: send .xlsx, .csv in UTF-8 or GB18030, or .ndjson (save an old .xls as .xlsx)"


class TableBomb(Malformed):
    """A small file that would become a huge one."""

    code = "table.file.bomb"
    zh = "文件解压后过大或结构异常，已拒绝读取"
    en = "The file would grow beyond all measure when unpacked, or is built in a strange way; it is not read"


class TableTooLarge(AppError):
    """More rows or bytes than are taken at once."""

    status = 413
    code = "table.rows.too_many"
    zh = "表格过大：一次最多 {rows} 行、{megabytes} MB，请分成几个文件"
    en = "The table is too large: at most {rows} rows and {megabytes} MB at a time; split it into several files"


class HeadingMissing(Malformed):
    """No sheet has the headings that are needed."""

    code = "table.heading.missing"
    zh = "没有找到表头，缺少列：{columns}；请下载模板填写"
    en = "No sheet has the headings that are needed; missing: {columns}. Download the template and fill it in"
