"""Plug-ins by discovery: one file is one thing, its name is its code, and nothing else has to be told."""

from __future__ import annotations

import pkgutil
from collections.abc import Mapping
from importlib import import_module
from types import MappingProxyType
from typing import Any


class RegistryError(Exception):
    """A plug-in folder breaks its rules; the sentence names the file."""


def discover(package: str, constant: str) -> Mapping[str, Any]:
    """Import every module of ``package`` not starting with ``_`` and collect its ``constant`` by its ``code``.

    The file is named after the code with ``_`` for ``.``. Raises :class:`RegistryError` for a module without the
    constant, a code that differs from its file name, or a code that stands twice.
    """
    found: dict[str, Any] = {}
    root = import_module(package)
    for info in sorted(pkgutil.iter_modules(root.__path__), key=lambda i: i.name):
        if info.name.startswith("_") or info.ispkg:
            continue
        module = import_module(f"{package}.{info.name}")
        item = getattr(module, constant, None)
        if item is None:
            raise RegistryError(f"{package}.{info.name} has no {constant}")
        code: str = item.code
        if code.replace(".", "_") != info.name:
            raise RegistryError(f"{package}.{info.name} holds the code {code!r}; name the file after it")
        if code in found:
            raise RegistryError(f"{package}.{info.name} repeats the code {code!r}")
        found[code] = item
    return MappingProxyType(found)
