"""python -m tests.support.coverage pages · rows [--service S] [--row R]… [--report FILE] · extract FOLDER"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar

from tests.support.coverage import catalogue, extract, mutants, pages


class _Shown(mutants.Progress):
    """The progress as a line that fills, and every rule that is not proven as soon as it is known."""

    def __init__(self, bar: Bar, total: int) -> None:
        super().__init__(total)
        self._bar = bar
        self._task = bar.add_task("…", total=total)

    def phase(self, text: str) -> None:
        self._bar.update(self._task, description=text)

    def judged(self, result: mutants.Judged) -> None:
        self._bar.advance(self._task)
        if result.verdict not in mutants.GOOD:
            self._bar.console.print(_said(result), highlight=False)


def _said(result: mutants.Judged) -> str:
    place = f"{result.job.declaration.path} ({result.job.declaration.symbol or result.job.declaration.sort})"
    names = ", ".join(sorted({t.split("::")[-1] for t in result.job.tests}))
    return {
        "not proven": f"[red]{result.job.row}[/] {place}: all pass without it: {names}",
        "no import": f"[red]{result.job.row}[/] {place}: nothing imports without it; declare it at a finer place",
        "no test": f"[red]{result.job.row}[/] {place}: {result.said}",
    }.get(result.verdict, f"{result.job.row} {place}: {result.verdict}")


def _rows(service: str | None, wanted: list[str], report: str | None, processes: int, console: Console) -> int:
    found = pages.gather()
    jobs = [
        mutants.Job(one, place, tuple(t.node for t in found.proven.get(one, ()) if not t.slow))
        for one, places in sorted(found.declared.items())
        for place in places
        if (not wanted or one in wanted)
        and (service is None or place.path.startswith(f"services/{service}/") or found.rows[one].service == service)
    ]
    undeclared = [row for row in wanted if row not in found.declared]
    if not jobs or undeclared:
        console.print(f"[red]no declaration fits {', '.join(undeclared)}; is the row declared?[/]")
        return 2
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Bar(*columns, console=console) as bar:
        try:
            results = mutants.judge(jobs, _Shown(bar, len(jobs)), processes)
        except mutants.NotGreen as failure:
            console.print(str(failure), markup=False, highlight=False)
            console.print("[red]these tests fail as the project is; mend them first[/]")
            return 2
    count = {v: sum(r.verdict == v for r in results) for v in dict.fromkeys(r.verdict for r in results)}
    bad = [r for r in results if r.verdict not in mutants.GOOD]
    rows = len({r.job.row for r in results})
    console.print(f"{rows} rows, {len(results)} rules: " + ", ".join(f"{n} {v}" for v, n in count.items()))
    if report is not None:
        Path(report).write_text(
            json.dumps([
                {"row": r.job.row, "path": r.job.declaration.path, "symbol": r.job.declaration.symbol,
                 "verdict": r.verdict, "seconds": round(r.seconds, 2), "said": r.said}
                for r in results
            ], ensure_ascii=False, indent=1)
        )  # fmt: skip
    return 1 if bad else 0


def main(argv: list[str] | None = None) -> int:
    """See the module."""
    parser = argparse.ArgumentParser(prog="coverage", description=__doc__)
    acts = parser.add_subparsers(dest="act", required=True)
    acts.add_parser("pages", help="write docs/coverage/*.md anew")
    rows = acts.add_parser("rows", help="switch each declared rule off and see that a test notices")
    rows.add_argument("--service", choices=catalogue.SERVICES)
    rows.add_argument("--row", action="append", help="one row; may be given again, or as a list with commas")
    rows.add_argument("--report", help="write the results as JSON")
    rows.add_argument("--processes", type=int, default=2)
    take = acts.add_parser("extract", help="take the rows out of the catalogue's pages")
    take.add_argument("folder", type=Path)
    asked = parser.parse_args(argv)
    console = Console()
    if asked.act == "rows":
        wanted = [row for given in asked.row or () for row in given.split(",")]
        return _rows(asked.service, wanted, asked.report, asked.processes, console)
    if asked.act == "extract":
        catalogue.write(*extract.take(asked.folder))
        return 0
    found = pages.gather()
    for path, text in pages.pages(found).items():
        (catalogue.ROOT / path).write_text(text, encoding="utf-8")
    for fault in pages.faults(found):
        console.print(fault, highlight=False)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
