"""Templates that an organisation adds for its notices: what one must be before anybody writes words for it."""

from collections.abc import Mapping, Sequence
from datetime import UTC
from keyword import iskeyword
from typing import Any, Final, Literal

from services.notify.domain.campaigns import PREFIX
from services.notify.domain.notice import CONTEXT
from services.notify.domain.variables import Problem, Variable, formatted

Type = Literal["text", "lines", "count", "money", "date", "instant"]
#: Between ours and theirs, so that no template that comes later meets one of an organisation.
OWN: Final = f"{PREFIX}own."
#: Of one organisation, in use.
MOST: Final = 200
#: Words with a meaning of their own where a variable may stand.
_TAKEN: Final = frozenset({"true", "false", "none", "self", "loop", "caller", "varargs", "kwargs", *CONTEXT})


def is_own(code: str) -> bool:
    """Whether a code is one of an organisation's own."""
    return code.startswith(OWN)


def variables_of(given: Sequence[Mapping[str, Any]]) -> dict[str, Variable]:
    """The variables of a template as it is kept."""
    return {one["name"]: Variable(one["name"], one["type"], bool(one["optional"])) for one in given}


def wrong(given: Sequence[Mapping[str, Any]], example: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """What is wrong with the variables and their example: (field, Chinese, English)."""
    names = [one["name"] for one in given]
    found = [
        (f"variables.{n}.name", "变量名已被占用", "this name is taken")
        for n, name in enumerate(names)
        if name in _TAKEN or iskeyword(name) or name in names[:n]
    ]
    return found or [(f"example.{p.name}", p.zh, p.en) for p in _shown_wrong(given, example)]


def _shown_wrong(given: Sequence[Mapping[str, Any]], example: Mapping[str, Any]) -> list[Problem]:
    found: dict[str, Problem] = {}
    for locale in ("zh", "en"):
        try:
            problems = formatted(variables_of(given), example, locale, UTC)[1]
        except (OverflowError, RecursionError, ValueError):
            problems = [Problem("", "示例值超出范围", "a value is out of range")]
        found |= {problem.name: problem for problem in problems}
    return list(found.values())
