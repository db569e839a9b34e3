"""The rule catalog as rows: what is in force, what is drafted, every version, and what workspaces see otherwise."""

from archreview.rules.models.drafts import Draft
from archreview.rules.models.entries import CatalogSettings, Entry, Obligation, Rule, State
from archreview.rules.models.history import CatalogChange, CatalogVersion, Kind
from archreview.rules.models.overrides import OverrideChange, RuleOverride

__all__ = [
    "CatalogChange",
    "CatalogSettings",
    "CatalogVersion",
    "Draft",
    "Entry",
    "Kind",
    "Obligation",
    "OverrideChange",
    "Rule",
    "RuleOverride",
    "State",
]
