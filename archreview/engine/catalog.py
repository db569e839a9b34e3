"""The rules that an architecture is judged by, as values. Conditions are texts of the rule language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from archreview.engine.model import DEFAULT_AVAILABILITY, HOP_LIMIT, Architecture

SCOPES = ("edge", "flow", "service", "channel", "system")
EXPECTATIONS = ("match", "no_match", "ask")


@dataclass(frozen=True, slots=True)
class Example:
    """
    A small architecture that a rule is tried on.

    `expect` is match (a finding about `subject`), no_match (neither finding nor question about it) or ask (a question).
    """

    title: str
    expect: str
    subject: str
    architecture: Architecture


@dataclass(frozen=True, slots=True)
class Rule:
    """
    One pitfall: `condition` in the rule language decides, `severity` is one of the severities or an expression.

    `needs` names what must be given for the rule to be evaluated at all: `decisions` or `as_of`.
    """

    code: str
    title: str
    category: str
    scope: str
    condition: str
    severity: str
    message: str
    why: str
    remedy: str
    references: tuple[str, ...] = ()
    source: str = ""
    params: Mapping[str, float | str | bool] = field(default_factory=dict)
    examples: tuple[Example, ...] = ()
    needs: tuple[str, ...] = ()
    enabled: bool = True


@dataclass(frozen=True, slots=True)
class ObligationRule:
    """
    What a way of communicating asks of those who use it.

    It belongs to the styles or the tree's outcomes that it names, and where `when` is given to edges for which that is
    true; `condition` true is met, false missing, unknown unknown.
    """

    duty: str
    text: str
    condition: str
    styles: tuple[str, ...] = ()
    outcomes: tuple[str, ...] = ()
    when: str = ""


@dataclass(frozen=True, slots=True)
class Catalog:
    """A numbered set of rules and obligations with the settings that the analysis takes from it."""

    version: str
    rules: tuple[Rule, ...]
    obligations: tuple[ObligationRule, ...] = ()
    hop_limit: int = HOP_LIMIT
    default_availability: float = DEFAULT_AVAILABILITY
