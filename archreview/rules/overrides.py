"""A catalog as one workspace sees it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from archreview.engine.catalog import Catalog, Rule
from archreview.rules.models import RuleOverride
from archreview.rules.values import first_problem


def overridden(catalog: Catalog, overrides: Iterable[RuleOverride]) -> Catalog:
    """
    Give a catalog with what a workspace changes of it.

    Where the catalog's rule has moved on and an override no longer fits it, every review lists the rule as not
    evaluated, with the reason.
    """
    by_code = {override.code: override for override in overrides}
    if not by_code:
        return catalog
    rules = [rule_with_override(rule, by_code[rule.code]) if rule.code in by_code else rule for rule in catalog.rules]
    return replace(catalog, rules=tuple(rules))


def rule_with_override(rule: Rule, override: RuleOverride) -> Rule:
    """Give one rule as the workspace sees it."""
    changed = replace(
        rule,
        enabled=rule.enabled and not override.off,
        severity=override.severity or rule.severity,
        params={**rule.params, **override.params},
    )
    problem = first_problem(changed)
    if problem is None or rule.needs != changed.needs or first_problem(rule) is not None:
        return changed
    return replace(changed, needs=(*rule.needs, f"its change in this workspace to be mended ({problem})"))
