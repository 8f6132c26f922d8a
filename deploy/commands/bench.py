"""`steward bench [NAME]`: hands over to one module of `deploy.bench`, each with `run(arguments) -> exit
code`."""

from __future__ import annotations

import importlib
import keyword
import pkgutil
from collections.abc import Sequence

from deploy.local.failures import Unsuitable


def names() -> list[str]:
    """The benchmarks there are: the modules of `deploy.bench` that can be run."""
    try:
        package = importlib.import_module("deploy.bench")
    except ModuleNotFoundError:
        return []
    found = []
    for module in pkgutil.iter_modules(package.__path__):
        if not module.name.startswith("_") and hasattr(importlib.import_module(f"deploy.bench.{module.name}"), "run"):
            # `import_`: a word of the language is no module's name; `billing_run` is asked for as `billing-run`
            found.append(module.name.removesuffix("_").replace("_", "-"))
    return found


def bench(name: str, arguments: Sequence[str]) -> int:
    """Run one benchmark with its own options; without a name, list them. Raises Unsuitable for an unknown
    name."""
    if not name:
        print("\n".join(names()))
        return 0
    if name not in names():
        known = ", ".join(names()) or "-"
        raise Unsuitable(f"没有基准“{name}”；可用：{known}。", f"There is no benchmark '{name}'; there are: {known}.")
    module = f"{name}_" if keyword.iskeyword(name) else name.replace("-", "_")
    code = importlib.import_module(f"deploy.bench.{module}").run(list(arguments))
    return int(code or 0)
