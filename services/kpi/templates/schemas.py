"""What the templates API answers."""

from __future__ import annotations

from services.kpi.domain.letters import ConsequenceRule, Item, Letter, Parameter, Section
from services.kpi.domain.numbers import Text as DomainText
from services.kpi.domain.numbers import fixed, plain
from shared.http.schemas import Output, Text


class ParameterOut(Output):
    """A reading the parties choose when signing."""

    parameter: str
    title: Text
    default: str | None
    choices: list[str]


class TargetOut(Output):
    """A comparison; `value` is null where the letter leaves it to a parameter."""

    op: str
    value: str | None
    parameter: str | None


class TemplateItemOut(Output):
    """One indicator on the template."""

    indicator: str
    target: TargetOut | None
    rule: str
    settings: dict[str, str]
    points: str | None


class TemplateSectionOut(Output):
    """One section; `points` is its pool."""

    section: str
    title: Text
    points: str | None
    items: list[TemplateItemOut]


class ConsequenceRuleOut(Output):
    """What follows beyond points."""

    kind: str
    rule: str
    title: Text


class TemplateOut(Output):
    """A letter template in full."""

    id: str
    version: int
    title: Text
    party: Text
    appraiser: Text
    cycle: str
    term: str
    maximum: str | None
    sections: list[TemplateSectionOut]
    reported: list[TemplateItemOut]
    parameters: list[ParameterOut]
    consequences: list[ConsequenceRuleOut]


def text(value: DomainText) -> Text:
    """The wire form of a text."""
    return Text(zh=value.zh, en=value.en)


def present(letter: Letter) -> TemplateOut:
    """The wire form of a template."""
    return TemplateOut(
        id=letter.template,
        version=letter.version,
        title=text(letter.title),
        party=text(letter.party),
        appraiser=text(letter.appraiser),
        cycle=letter.cycle,
        term=letter.term,
        maximum=None if letter.maximum is None else fixed(letter.maximum),
        sections=[_section(section) for section in letter.sections],
        reported=[_item(item) for item in letter.reported],
        parameters=[_parameter(parameter) for parameter in letter.parameters.values()],
        consequences=[_consequence(rule) for rule in letter.consequences],
    )


def _section(section: Section) -> TemplateSectionOut:
    return TemplateSectionOut(
        section=section.section,
        title=text(section.title),
        points=None if section.points is None else fixed(section.points),
        items=[_item(item) for item in section.items],
    )


def _item(item: Item) -> TemplateItemOut:
    target = item.target
    return TemplateItemOut(
        indicator=item.indicator,
        target=None
        if target is None
        else TargetOut(
            op=target.op, value=None if target.value is None else plain(target.value), parameter=target.parameter
        ),
        rule=item.rule,
        settings={name: str(value) for name, value in item.settings.items()},
        points=None if item.points is None else fixed(item.points),
    )


def _parameter(parameter: Parameter) -> ParameterOut:
    return ParameterOut(
        parameter=parameter.code,
        title=text(parameter.title),
        default=parameter.default,
        choices=list(parameter.choices),
    )


def _consequence(rule: ConsequenceRule) -> ConsequenceRuleOut:
    return ConsequenceRuleOut(kind=rule.kind, rule=rule.rule, title=text(rule.title))
