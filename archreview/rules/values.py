"""Between the rows of the catalog and the values that the engine takes: the one place where both are known."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from archreview.engine import catalog as engine
from archreview.engine.language import check, check_message, check_severity
from archreview.engine.language.problems import Problem
from archreview.interchange.writers.examples import write_examples
from archreview.rules.models import CatalogSettings, Obligation, Rule


def rule_content(rule: engine.Rule) -> dict[str, Any]:
    """Give a rule of a catalog file as the content of a row."""
    return {
        "title": rule.title,
        "category": rule.category,
        "scope": rule.scope,
        "condition": rule.condition,
        "severity": rule.severity,
        "message": rule.message,
        "why": rule.why,
        "remedy": rule.remedy,
        "references": list(rule.references),
        "source": rule.source,
        "params": dict(rule.params),
        "examples": write_examples(rule.examples),
        "needs": list(rule.needs),
        "enabled": rule.enabled,
    }


def obligation_content(obligation: engine.ObligationRule, position: int) -> dict[str, Any]:
    """Give an obligation of a catalog file, with its place there, as the content of a row."""
    return {
        "text": obligation.text,
        "condition": obligation.condition,
        "when": obligation.when,
        "styles": list(obligation.styles),
        "outcomes": list(obligation.outcomes),
        "position": position,
    }


def settings_content(catalog: engine.Catalog) -> dict[str, Any]:
    """Give what a catalog file says beside rules and obligations as the content of the row of settings."""
    return {"hop_limit": catalog.hop_limit, "default_availability": float(catalog.default_availability)}


def engine_rule(code: str, content: Mapping[str, Any], *, examples: tuple[engine.Example, ...] = ()) -> engine.Rule:
    """Give the content of a row as the rule that the engine evaluates; examples only where they were read."""
    return engine.Rule(
        code=code,
        title=content["title"],
        category=content["category"],
        scope=content["scope"],
        condition=content["condition"],
        severity=content["severity"],
        message=content["message"],
        why=content["why"],
        remedy=content["remedy"],
        references=tuple(content["references"]),
        source=content["source"],
        params=content["params"],
        examples=examples,
        needs=tuple(content["needs"]),
        enabled=content["enabled"],
    )


def usable_rule(row: Rule) -> engine.Rule:
    """
    Give a row as the rule that the engine evaluates, without its examples.

    A rule that this version of the language can no longer read takes no other down: it stands as one that needs to be
    repaired, and every review lists it as not evaluated.
    """
    problem = first_problem(row)
    content = {name: getattr(row, name) for name in Rule.CONTENT if name != "examples"}
    if problem is not None:
        content["needs"] = [*row.needs, f"repair ({problem})"]
    return engine_rule(row.code, content)


def first_problem(row: Rule) -> Problem | None:
    """Give the first thing wrong with the texts of a rule, None where all can be read."""
    for check_text, text in ((check, row.condition), (check_severity, row.severity), (check_message, row.message)):
        problems = check_text(text, row.scope, row.params)
        if problems:
            return problems[0]
    return None


def usable_obligation(row: Obligation) -> engine.ObligationRule | None:
    """Give a row as the obligation that the engine evaluates; None where the language can no longer read it."""
    if check(row.condition, "edge") or (row.when and check(row.when, "edge")):
        return None
    return engine.ObligationRule(
        duty=row.duty,
        text=row.text,
        condition=row.condition,
        styles=tuple(row.styles),
        outcomes=tuple(row.outcomes),
        when=row.when,
    )


def catalog_of(row: CatalogSettings, rules: list[Rule], obligations: list[Obligation]) -> engine.Catalog:
    """Put a catalog together from its rows."""
    return engine.Catalog(
        version=str(row.version),
        rules=tuple(usable_rule(rule) for rule in rules),
        obligations=tuple(o for obligation in obligations if (o := usable_obligation(obligation))),
        hop_limit=row.hop_limit,
        default_availability=row.default_availability,
    )
