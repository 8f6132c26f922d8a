"""Which of apprise's plug-ins are used is computed from the installed version, and said in a file."""

from __future__ import annotations

import ast
import re
from importlib import import_module
from pathlib import Path

import apprise
import pytest

from services.notify.channels import apprise as channel
from services.notify.channels._apprise_plugins import PLUGINS
from services.notify.channels.apprise import schemas_of

ROOT = Path(apprise.__file__).parent / "plugins"
#: What a plug-in may import from outside apprise: nothing with another way out, none of this machine's resources.
HARMLESS = {
    *("__future__", "base64", "binascii", "calendar", "collections", "contextlib", "copy", "cryptography", "datetime"),
    *("email", "gzip", "hashlib", "hmac", "html", "io", "itertools", "json", "logging", "math", "os", "re", "requests"),
    *("requests_oauthlib", "secrets", "string", "time", "typing", "urllib", "uuid", "xml"),
}
#: Sockets, keys and templates in files, mail, and others' threads.
HARMFUL = re.compile(r"(^|\.)(socket|pem|disk|module|dispatch|apprise)$")


def _files(name: str) -> list[Path]:
    single = ROOT / f"{name}.py"
    return [single] if single.exists() else sorted((ROOT / name).glob("*.py"))


def _imports(name: str) -> tuple[set[str], set[str]]:
    """(top-level modules, modules of apprise) that a plug-in imports."""
    outer, inner = set(), set()
    for file in _files(name):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                outer |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.level:
                inner.add(node.module or "")
            elif isinstance(node, ast.ImportFrom):
                outer.add((node.module or "").split(".")[0])
    return outer, inner


def _harmless(name: str) -> bool:
    outer, inner = _imports(name)
    return "requests" in outer and outer <= HARMLESS and not any(HARMFUL.search(module) for module in inner)


def _schemas(name: str) -> str:
    found: set[str] = set()
    for kind in vars(import_module(f"apprise.plugins.{name}")).values():
        if isinstance(kind, type) and kind.__name__.startswith("Notify") and kind.__module__.endswith(f".{name}"):
            found |= schemas_of(kind)
    return " ".join(sorted(found))


def test_the_list_holds_exactly_the_plug_ins_that_speak_http_alone() -> None:
    names = {path.stem for path in ROOT.iterdir() if not path.name.startswith(("_", "base"))}
    assert PLUGINS == {name: schemas for name in sorted(names) if _harmless(name) and (schemas := _schemas(name))}


@pytest.mark.parametrize(
    "schema",
    ["file", "syslog", "rsyslog", "dbus", "mailto", "mqtt", "gntp", "windows", "macosx", "smpp", "xmpp", "irc"],
)
def test_what_is_no_service_over_http_is_not_on_it(schema: str) -> None:
    assert schema not in channel.MODULES
