"""Between the rows of the catalog and the values that the engine takes: the one place where both are known."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from archreview.engine import catalog as engine
from archreview.engine.language import check, check_message, check_severity
from archreview.engine.language.problems import Problem
from archreview.interchange.catalogs import read_examples
from archreview.interchange.documents import Problems
from archreview.interchange.writers.examples import write_examples
from archreview.rules.models import CatalogSettings, Kind, Obligation, Rule, State

# The settings are one of their kind.
SETTINGS_KEY = "settings"


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
        "campaign": campaign_content(rule.campaign),
        "state": str(State.PUBLISHED if rule.enabled else State.RETIRED),
    }


def campaign_content(campaign: engine.Campaign | None) -> dict[str, str]:
    """Give a campaign as a row keeps it: empty where there is none."""
    return {"until": campaign.until.isoformat(), "note": campaign.note} if campaign else {}


def obligation_content(obligation: engine.ObligationRule, position: int) -> dict[str, Any]:
    """Give an obligation of a catalog file, with its place there, as the content of a row."""
    return {
        "text": obligation.text,
        "condition": obligation.condition,
        "when": obligation.when,
        "styles": list(obligation.styles),
        "outcomes": list(obligation.outcomes),
        "position": position,
        "state": str(State.PUBLISHED),
    }


def settings_content(catalog: engine.Catalog) -> dict[str, Any]:
    """Give what a catalog file says beside rules and obligations as the content of the row of settings."""
    return {"hop_limit": catalog.hop_limit, "default_availability": float(catalog.default_availability)}


def engine_rule(code: str, content: Mapping[str, Any], *, examples: tuple[engine.Example, ...] = ()) -> engine.Rule:
    """Give the content of a row as the rule that the engine evaluates; examples only where they were read."""
    campaign = content["campaign"]
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
        enabled=content.get("state", State.PUBLISHED) == State.PUBLISHED,
        campaign=engine.Campaign(date.fromisoformat(campaign["until"]), campaign["note"]) if campaign else None,
    )


def engine_obligation(duty: str, content: Mapping[str, Any]) -> engine.ObligationRule:
    """Give the content of a row as the obligation that the engine evaluates."""
    return engine.ObligationRule(
        duty=duty,
        text=content["text"],
        condition=content["condition"],
        styles=tuple(content["styles"]),
        outcomes=tuple(content["outcomes"]),
        when=content["when"],
    )


def usable_rule(rule: engine.Rule) -> engine.Rule:
    """
    Give the rule if this version of the language can read it.

    Else it takes no other down: it stands as one that needs to be repaired, and every review lists it as not evaluated.
    """
    problem = first_problem(rule)
    return rule if problem is None else replace(rule, needs=(*rule.needs, f"repair ({problem})"))


def first_problem(rule: Rule | engine.Rule) -> Problem | None:
    """Give the first thing wrong with the texts of a rule, None where all can be read."""
    for check_text, text in ((check, rule.condition), (check_severity, rule.severity), (check_message, rule.message)):
        problems = check_text(text, rule.scope, rule.params)
        if problems:
            return problems[0]
    return None


def _can_be_read(obligation: engine.ObligationRule) -> bool:
    return not (check(obligation.condition, "edge") or (obligation.when and check(obligation.when, "edge")))


# What the catalog holds, by kind and key: the content of each.
Contents = Mapping[tuple[str, str], Mapping[str, Any]]


def contents_of(row: CatalogSettings, rules: Iterable[Rule], obligations: Iterable[Obligation]) -> Contents:
    """Give the content of rows; of rules without the fields that were not read of them."""
    found: dict[tuple[str, str], Mapping[str, Any]] = {(Kind.SETTINGS, SETTINGS_KEY): row.content()}
    for rule in rules:
        lacking = rule.get_deferred_fields()
        found[Kind.RULE, rule.code] = {
            name: getattr(rule, name) for name in (*Rule.CONTENT, "state") if name not in lacking
        }
    for obligation in obligations:
        found[Kind.OBLIGATION, obligation.duty] = obligation.content()
    return found


def whole_catalog(version: int, contents: Contents) -> engine.Catalog:
    """Give all that contents hold as values, sound or not, with the examples that can be read; for writing a file."""
    settings = contents[Kind.SETTINGS, SETTINGS_KEY]
    rules, duties = [], []
    for (kind, key), content in sorted(contents.items()):
        if kind == Kind.RULE:
            examples = read_examples(content["examples"], scope=content["scope"], problems=Problems())
            rules.append(engine_rule(key, content, examples=examples or ()))
        elif kind == Kind.OBLIGATION and content["state"] == State.PUBLISHED:
            duties.append((content["position"], key, engine_obligation(key, content)))
    return engine.Catalog(
        version=str(version),
        rules=tuple(rules),
        obligations=tuple(duty for _, _, duty in sorted(duties, key=lambda duty: duty[:2])),
        hop_limit=settings["hop_limit"],
        default_availability=settings["default_availability"],
    )


def catalog_of(version: int, contents: Contents) -> engine.Catalog:
    """
    Put a catalog together, without examples and with retired rules switched off.

    What this version of the language can no longer read is listed by every review: usable_rule().
    """
    settings = contents[Kind.SETTINGS, SETTINGS_KEY]
    duties = [
        (content["position"], key, engine_obligation(key, content))
        for (kind, key), content in contents.items()
        if kind == Kind.OBLIGATION and content["state"] == State.PUBLISHED
    ]
    rules = [(key, content) for (kind, key), content in contents.items() if kind == Kind.RULE]
    return engine.Catalog(
        version=str(version),
        rules=tuple(usable_rule(engine_rule(code, content)) for code, content in sorted(rules, key=lambda r: r[0])),
        obligations=tuple(duty for _, _, duty in sorted(duties, key=lambda d: d[:2]) if _can_be_read(duty)),
        hop_limit=settings["hop_limit"],
        default_availability=settings["default_availability"],
    )


def contents_of_catalog(catalog: engine.Catalog) -> Contents:
    """Give what a catalog file says as the contents of rows."""
    found: dict[tuple[str, str], Mapping[str, Any]] = {(str(Kind.SETTINGS), SETTINGS_KEY): settings_content(catalog)}
    found |= {(str(Kind.RULE), rule.code): rule_content(rule) for rule in catalog.rules}
    found |= {
        (str(Kind.OBLIGATION), rule.duty): obligation_content(rule, place)
        for place, rule in enumerate(catalog.obligations, start=1)
    }
    return found
