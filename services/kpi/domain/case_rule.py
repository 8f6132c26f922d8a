"""What decides whether one record of an observed indicator counts; the rules are the plug-ins in `case_rules/`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

CaseExample = tuple[Mapping[str, Any], Mapping[str, str], bool]  # a record, parameters, whether it counts


@dataclass(frozen=True, slots=True)
class CaseRule:
    """`counts` says of one record whether it counts under the letter's definition; it raises ValueError, KeyError or
    TypeError for what is malformed."""

    code: str
    counts: Callable[[Mapping[str, Any], Mapping[str, str]], bool]
    parameters: Mapping[str, str] = field(default_factory=dict)
