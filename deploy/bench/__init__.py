"""Benchmarks, each against its own floor in the same run: ``steward bench NAME --json``.

A module is a benchmark: ``run(arguments) -> exit code``. Modules beginning with ``_`` are helpers.
"""
