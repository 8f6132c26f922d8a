"""From a template and content to a PDF. Takes CPU (milliseconds): run it in a thread, outside transactions."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import orjson
import pylopdf_fonts_zh_cn as noto

if TYPE_CHECKING:
    import typst

#: Whatever besides the template decides about the bytes: a new version of one of them makes new documents.
_MADE_BY: Final = tuple(f"{name}=={version(name)}" for name in ("typst", "pylopdf-fonts-zh-cn"))


@dataclass(frozen=True, slots=True)
class Template:
    """A typst file of a folder; it may import its neighbours and nothing else."""

    folder: Path
    name: str

    @property
    def hash(self) -> str:
        """Of everything that decides how content looks: the folder's templates, the typesetter and the fonts."""
        return _template_hash(self.folder, self.name)


@cache
def _template_hash(folder: Path, name: str) -> str:
    digest = hashlib.sha256("\n".join((name, *_MADE_BY)).encode())
    for path in sorted(folder.glob("*.typ")):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def _canonical(content: Mapping[str, Any]) -> bytes:
    return orjson.dumps(content, option=orjson.OPT_SORT_KEYS | orjson.OPT_UTC_Z, default=str)


def content_hash(content: Mapping[str, Any]) -> str:
    """SHA-256 of content in canonical JSON, as hex: the same content, the same document."""
    return hashlib.sha256(_canonical(content)).hexdigest()


@cache
def _fonts() -> typst.Fonts:
    import typst  # 7 MB that a process needs only once it prints

    # No system fonts and none of typst's own: a document must not look different on another machine.
    folder = noto.sans_path().parent
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[folder])


def render(template: Template, content: Mapping[str, Any], at: datetime) -> bytes:
    """The PDF of ``content``, dated ``at`` (aware, to the second).

    Templates read it by ``json(bytes(sys.inputs.content))``.

    Raises:
        typst.TypstError: the template is wrong, or lacks something it reads; a mistake of ours, never of a caller.
    """
    import typst

    compiler = typst.Compiler(
        template.folder / f"{template.name}.typ",
        root=template.folder,
        font_paths=_fonts(),
        ignore_system_fonts=True,
        sys_inputs={"content": _canonical(content).decode()},
    )
    made = compiler.compile(format="pdf", timestamp=at.replace(microsecond=0))
    assert isinstance(made, bytes)
    return made
