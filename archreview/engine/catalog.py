"""The rules that an architecture is judged by, as values. Conditions are texts of the rule language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

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
class Campaign:
    """A rule on its way in: what it finds is upcoming until the day, and counts from then on; `note` tells people."""

    until: date
    note: str = ""


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
    campaign: Campaign | None = None

    def is_upcoming(self, as_of: date | None) -> bool:
        """Whether its findings do not count yet; where no day is given they do not."""
        return self.campaign is not None and (as_of is None or as_of < self.campaign.until)


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

    @property
    def hangs_on_the_day(self) -> bool:
        """Whether the same model can be judged otherwise on another day."""
        return any(rule.enabled and (rule.campaign or "as_of" in rule.needs) for rule in self.rules)
