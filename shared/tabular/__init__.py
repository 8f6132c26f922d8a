"""Tables in and out: Excel, CSV and NDJSON read with each cell's place, written as a stream, safe on both ways."""

from shared.tabular.columns import Column, Table
from shared.tabular.errors import TableBomb, TableTooLarge, TableUnreadable
from shared.tabular.faults import Fault, cell_name
from shared.tabular.reading import Line, Sheet, format_of, sheets
from shared.tabular.writing import csv_stream, ndjson_stream, neutral, xlsx_stream

__all__ = [
    "Column",
    "Fault",
    "Line",
    "Sheet",
    "Table",
    "TableBomb",
    "TableTooLarge",
    "TableUnreadable",
    "cell_name",
    "csv_stream",
    "format_of",
    "ndjson_stream",
    "neutral",
    "sheets",
    "xlsx_stream",
]
