"""The library of templates: one YAML file each, checked when it is read, rendered in a sandbox.

A template says its code, class, typed variables, an example, and a title and body in Chinese and in
English. It is data written by people who are not programmers, so it runs in a sandbox without access to
anything but its variables; a template that names an undeclared variable, or whose example does not render,
is refused with its file's name, and a test reads them all.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import tzinfo
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

import yaml
from jinja2 import StrictUndefined, Template, TemplateError, TemplateSyntaxError, meta, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from services.notify.domain.catalogue import CLASSES, CONTEXT
from services.notify.domain.variables import Problem, Variable, formatted
from services.notify.errors import TemplateUnknown, TemplateValuesWrong

FOLDER: Final = Path(__file__).parent.parent / "templates"
LOCALES: Final = ("zh", "en")
DEFAULT_ZONE: Final = ZoneInfo("Asia/Shanghai")

#: The quick one where it was built: all templates are read when the first message is written.
_LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_ENVIRONMENT: Final = ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=False)


@dataclass(frozen=True)
class Wording:
    """A template's text in one language, as written and ready to run."""

    title: str
    body: str
    title_program: Template
    body_program: Template
    sms: str | None = None
    sms_program: Template | None = None


@dataclass(frozen=True)
class MessageTemplate:
    """One template: `variables` are the typed ones of the event; name, place and community are always
    there. `own` is the version of an organisation's wording, None of the one that comes with the product; `name` is
    that of a template which an organisation added."""

    code: str
    version: int
    message_class: str
    variables: Mapping[str, Variable]
    example: Mapping[str, Any]
    wordings: Mapping[str, Wording]
    own: UUID | None = None
    name: str | None = None


@dataclass(frozen=True)
class Text:
    """A rendered message. `digest` is the SHA-256 of title and body: proof of what was said.

    `shown` are the values in it, as the reader sees them; `sms` is the text message, where the template has one.
    """

    title: str
    body: str
    shown: Mapping[str, str] = field(default_factory=dict)
    sms: str | None = None

    @property
    def digest(self) -> str:
        """Hexadecimal SHA-256 over title, a line feed and body."""
        return sha256(f"{self.title}\n{self.body}".encode()).hexdigest()


#: All that a text may be made of: words, variables and conditions. No loop, call or arithmetic, so that none can take
#: longer than its words.
_PARTS: Final = (
    *(nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Const, nodes.If, nodes.CondExpr),
    *(nodes.And, nodes.Or, nodes.Not, nodes.Compare, nodes.Operand),
)


def _plain(node: nodes.Node) -> bool:
    if isinstance(node, nodes.Filter):  # a sentence may begin with a value
        return node.name == "capitalize" and not (node.args or node.kwargs or node.dyn_args or node.dyn_kwargs)
    return isinstance(node, _PARTS)


def flaws(source: str, known: Collection[str]) -> list[tuple[str, str]]:
    """What is wrong with a text as written, in Chinese and English: no template, more than words, variables and
    conditions, or variables that are not `known`."""
    try:
        return _flaws(source, known)
    except TemplateSyntaxError as error:
        return [(f"模板语法有误（第 {error.lineno} 行）", f"no template, in line {error.lineno}: {error.message}")]
    except (RecursionError, SyntaxError, MemoryError):  # what it is compiled to has limits of its own
        return [("嵌套过深", "nested too deeply")]


def _flaws(source: str, known: Collection[str]) -> list[tuple[str, str]]:
    tree = _ENVIRONMENT.parse(source)
    found = []
    odd = sorted({type(node).__name__.lower() for node in tree.find_all(nodes.Node) if not _plain(node)})
    if odd:
        found.append(("只能使用文字、变量和条件", f"only words, variables and conditions, no {', '.join(odd)}"))
    strange = sorted(meta.find_undeclared_variables(tree) - set(known))
    if strange:
        found.append((f"没有变量 {'、'.join(strange)}", f"there is no variable {', '.join(strange)}"))
    if not found:
        _ENVIRONMENT.compile(tree)
    return found


def wording(raw: Mapping[str, Any]) -> Wording:
    """A text in one language, ready to run."""
    title, body = str(raw["title"]).strip(), str(raw["body"]).strip()
    sms = " ".join(str(raw.get("sms") or "").split()) or None
    compiled = _ENVIRONMENT.from_string
    return Wording(title, body, compiled(title), compiled(body), sms, compiled(sms) if sms is not None else None)


def reworded(
    template: MessageTemplate, own: UUID, number: int, raw: Mapping[str, Mapping[str, Any]]
) -> MessageTemplate:
    """A template with an organisation's own wording."""
    return replace(template, own=own, version=number, wordings={locale: wording(raw[locale]) for locale in LOCALES})


def _wording(path: Path, raw: Mapping[str, Any], locale: str, known: set[str]) -> Wording:
    for part in ("title", "body", "sms"):
        for _, flaw in flaws(str(raw[locale].get(part, "")).strip(), known):
            raise ValueError(f"{path.name}: {locale}.{part}: {flaw}")
    return wording(raw[locale])


def read_template(path: Path) -> MessageTemplate:
    """The template in a file; ValueError or KeyError, with the file's name, where it is not one."""
    raw = yaml.load(path.read_text(encoding="utf-8"), Loader=_LOADER)
    code = str(raw["code"])
    if code.replace(".", "_") != path.stem:
        raise ValueError(f"{path.name}: code {code} belongs into {code.replace('.', '_')}.yaml")
    if raw["class"] not in CLASSES:
        raise ValueError(f"{path.name}: unknown class {raw['class']}")
    variables = {
        name: Variable(name, spec["type"], bool(spec.get("optional", False))) for name, spec in raw["variables"].items()
    }
    if set(variables) & set(CONTEXT):
        raise ValueError(f"{path.name}: {', '.join(CONTEXT)} are given to every template and not declared")
    known = {*variables, *CONTEXT}
    template = MessageTemplate(
        code=code,
        version=int(raw["version"]),
        message_class=str(raw["class"]),
        variables=variables,
        example=raw["example"],
        wordings={locale: _wording(path, raw, locale, known) for locale in LOCALES},
    )
    for locale in LOCALES:
        try:
            render(template, locale, template.example)
        except TemplateValuesWrong as error:
            named = ", ".join(f"{f.path}: {f.en}" for f in error.fields)
            raise ValueError(f"{path.name}: its example does not render: {named}") from error
    return template


@cache
def _files() -> Mapping[str, Path]:
    return {path.stem: path for path in sorted(FOLDER.glob("*.yaml"))}


_read = cache(read_template)


def library() -> Mapping[str, MessageTemplate]:
    """All templates by code."""
    return {template.code: template for template in map(_read, _files().values())}


def template_of(code: str) -> MessageTemplate:
    """The template with a code, read when it is first wanted: all of them would hold up the first message's
    transaction. TemplateUnknown (404) where there is none."""
    path = _files().get(code.replace(".", "_"))
    if path is None or (template := _read(path)).code != code:
        raise TemplateUnknown(code=code)
    return template


def render(
    template: MessageTemplate,
    locale: str,
    values: Mapping[str, Any],
    context: Mapping[str, str | None] | None = None,
    zone: tzinfo = DEFAULT_ZONE,
) -> Text:
    """The text a reader of `locale` gets; an unknown locale reads Chinese.

    `values` are the event's (money in fen, times aware), `context` the name, place and community where known.
    TemplateValuesWrong (422) lists every missing, unknown or mistyped variable.
    """
    locale = locale if locale in template.wordings else "zh"
    ready, problems = formatted(template.variables, values, locale, zone)
    if problems:
        raise TemplateValuesWrong(problems, code=template.code)
    given = context or {}
    ready.update({name: " ".join((given.get(name) or "").split()) for name in CONTEXT})
    wording = template.wordings[locale]
    try:
        title = wording.title_program.render(ready)
        body = wording.body_program.render(ready)
        sms = wording.sms_program.render(ready) if wording.sms_program is not None else None
    except TemplateError as error:
        raise TemplateValuesWrong(
            [Problem("", "模板无法生成", f"the template cannot be rendered: {error}")], code=template.code
        ) from error
    return Text(title=" ".join(title.split()), body=body, shown=ready, sms=sms)
