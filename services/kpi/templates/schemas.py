"""What the templates API answers."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from services.kpi.catalogue import infos
from services.kpi.domain.letters import ConsequenceRule, Item, Letter, Parameter, ProposalRule, Section, Target
from services.kpi.domain.numbers import Text as DomainText
from services.kpi.domain.numbers import fixed, plain
from services.kpi.domain.settling import resolve, settle
from shared.http.schemas import Output, Text


class ParameterOut(Output):
    """A reading the parties choose when signing."""

    parameter: str
    title: Text
    default: str | None
    choices: list[str]
    mandatory: bool = Field(description="A blank of the document, to be filled before signing")


class TargetOut(Output):
    """A comparison; `value` is null where the letter leaves it to a parameter, or builds it on an earlier value."""

    op: str
    value: str | None
    parameter: str | None
    prior_plus: str | None = Field(description="So many points above last year's value")
    previous: bool = Field(description="Better than the period before")
    by: str | None = Field(description="The parameter that chooses among `options`")
    options: dict[str, str]


class TemplateItemOut(Output):
    """One indicator on the template."""

    indicator: str
    row: str = Field(description="Its row in the domain catalogue")
    title: Text
    cycle: str
    target: TargetOut | None
    rule: str
    settings: dict[str, Any]
    points: str | None
    points_from: str | None = Field(description="The parameter that holds its points")
    only_if: dict[str, str]


class TemplateSectionOut(Output):
    """One section; `points` is its pool."""

    section: str
    title: Text
    points: str | None
    points_from: str | None
    items: list[TemplateItemOut]


class ConsequenceRuleOut(Output):
    """What follows beyond points."""

    kind: str
    rule: str
    title: Text


class ColumnOut(Output):
    """A score column that somebody fills."""

    column: str
    title: Text


class ProposalRuleOut(Output):
    """Between which amounts (yuan) something may be proposed."""

    kind: str
    title: Text
    lowest: str
    highest: str | None
    highest_from: str | None


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
    signatories: list[Text]
    notes: list[Text]
    columns: list[ColumnOut]
    proposals: list[ProposalRuleOut]


def text(value: DomainText) -> Text:
    """The wire form of a text."""
    return Text(zh=value.zh, en=value.en)


def present(letter: Letter) -> TemplateOut:
    """The wire form of a template; its maximum is that of the default parameters."""
    maximum = settle(letter, resolve(letter, {})).maximum
    return TemplateOut(
        id=letter.template,
        version=letter.version,
        title=text(letter.title),
        party=text(letter.party),
        appraiser=text(letter.appraiser),
        cycle=letter.cycle,
        term=letter.term,
        maximum=None if maximum is None else fixed(maximum),
        sections=[_section(letter, section) for section in letter.sections],
        reported=[_item(letter, item) for item in letter.reported],
        parameters=[_parameter(parameter) for parameter in letter.parameters.values()],
        consequences=[_consequence(rule) for rule in letter.consequences],
        signatories=[text(who) for who in letter.signatories],
        notes=[text(note) for note in letter.notes],
        columns=[]
        if letter.columns is None
        else [ColumnOut(column=name, title=text(letter.columns.titles[name])) for name in letter.columns.order],
        proposals=[_proposal(rule) for rule in letter.proposals.values()],
    )


def _section(letter: Letter, section: Section) -> TemplateSectionOut:
    return TemplateSectionOut(
        section=section.section,
        title=text(section.title),
        points=None if section.points is None else fixed(section.points),
        points_from=section.points_from,
        items=[_item(letter, item) for item in section.items],
    )


def _item(letter: Letter, item: Item) -> TemplateItemOut:
    info = infos()[item.indicator]
    return TemplateItemOut(
        indicator=item.indicator,
        row=item.row or info.row,
        title=text(item.title or info.title),
        cycle=item.cycle or letter.cycle,
        target=None if item.target is None else _target(item.target),
        rule=item.rule,
        settings=dict(item.settings),
        points=None if item.points is None else fixed(item.points),
        points_from=item.points_from,
        only_if=dict(item.only_if),
    )


def _target(target: Target) -> TargetOut:
    return TargetOut(
        op=target.op,
        value=None if target.value is None else plain(target.value),
        parameter=target.parameter,
        prior_plus=None if target.prior_plus is None else plain(target.prior_plus),
        previous=target.previous,
        by=target.by,
        options={name: option.text for name, option in target.options.items()},
    )


def _proposal(rule: ProposalRule) -> ProposalRuleOut:
    return ProposalRuleOut(
        kind=rule.kind,
        title=text(rule.title),
        lowest=fixed(rule.lowest),
        highest=None if rule.highest is None else fixed(rule.highest),
        highest_from=rule.highest_from,
    )


def _parameter(parameter: Parameter) -> ParameterOut:
    return ParameterOut(
        parameter=parameter.code,
        title=text(parameter.title),
        default=parameter.default,
        choices=list(parameter.choices),
        mandatory=parameter.mandatory,
    )


def _consequence(rule: ConsequenceRule) -> ConsequenceRuleOut:
    return ConsequenceRuleOut(kind=rule.kind, rule=rule.rule, title=text(rule.title))
