"""
The generated parts of the manual: the names of the rule language, and the page of all rules.

`python docs/generate.py` writes both into docs/; a test keeps them fresh.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from archreview.engine.catalog import Catalog, ObligationRule, Rule
from archreview.engine.language import in_words, severity_in_words
from archreview.engine.language.schema import Entry, Kind, names_of

BEGIN = "<!-- The rest is generated from the schema: python docs/generate.py -->"

_HEADINGS = {
    "coupling": "Coupling",
    "latency": "Latency and availability",
    "resilience": "Resilience of synchronous calls",
    "messaging": "Messaging",
    "observability": "Observability",
    "technology": "Technology",
    "consistency": "Consistency",
    "evidence": "Evidence",
    "decisions": "Decisions",
}
_NEEDS = {"decisions": "decision records", "as_of": "a date to count to (`as_of`)"}
# Which roots stand under which heading of the page of names; `target` has the names of `source`.
_ROOTS = (
    ("edge", "edge", "Names of an edge (rules on edges; in macros over `flow.steps` and `flow.writes` too)"),
    (
        "edge",
        "source",
        "Names of the calling service, `source`; the called one, `target`, has the same (rules on edges)",
    ),
    (
        "edge",
        "channel",
        "Names of a channel (rules on channels, and on edges: all unknown where an edge has no channel)",
    ),
    ("flow", "flow", "Names of a flow (rules on flows)"),
    ("service", "service", "Names of a service (rules on services)"),
    ("system", "system", "Names of a system (rules on systems)"),
)


def language_page(page: str) -> str:
    """Give the page about the rule language with the tables of its names as the schema has them today."""
    written, _, _ = page.partition(BEGIN)
    tables = "\n".join(_names_table(scope, root, heading) for scope, root, heading in _ROOTS)
    return f"{written.rstrip()}\n\n{BEGIN}\n\n{tables}"


def rules_page(catalog: Catalog) -> str:
    """Give the page of all rules and obligations of a catalog."""
    lines = [
        "# Rules",
        "",
        "<!-- Generated from fixtures/catalog.yaml: python docs/generate.py -->",
        "",
        f"Catalog {catalog.version}: {len(catalog.rules)} rules and {len(catalog.obligations)} obligations.",
        f"A request may make {catalog.hop_limit} synchronous calls one after another.",
        f"A service that promises nothing is taken to be available {catalog.default_availability} % of the time.",
        "An unknown fact never makes a finding; it makes a question.",
        "[The rule language](rule-language.md) explains the conditions.",
        "",
    ]
    for category, heading in _HEADINGS.items():
        rules = [rule for rule in catalog.rules if rule.category == category]
        if rules:
            lines += [f"## {heading}", ""]
            lines += [line for rule in rules for line in _rule(rule)]
    lines += [
        "## Obligations",
        "",
        "What a style, or an outcome of the decision tree, asks of those who choose it.",
        "",
    ]
    lines += _obligations(catalog.obligations)
    return "\n".join(lines) + "\n"


def _rule(rule: Rule) -> list[str]:
    lines = [f"### {rule.code}: {rule.title}", "", f"{_facts(rule)}", "", rule.why, "", rule.remedy, ""]
    lines += ["```", rule.condition, "```", "", f"In words: {in_words(rule.condition, rule.scope, rule.params)}.", ""]
    if rule.params:
        numbers = ", ".join(f"`{name}` {value}" for name, value in rule.params.items())
        lines += [f"Numbers that were chosen: {numbers}.", ""]
    if rule.needs:
        lines += [f"Evaluated only with {' and '.join(_NEEDS.get(need, need) for need in rule.needs)}.", ""]
    if rule.campaign:
        note = f" ({rule.campaign.note})" if rule.campaign.note else ""
        lines += [f"Upcoming until {rule.campaign.until.isoformat()}{note}: what it finds counts from then on.", ""]
    if rule.references:
        lines += [f"Read on: {'; '.join(rule.references)}.", ""]
    return lines


def _facts(rule: Rule) -> str:
    severity = severity_in_words(rule.severity, rule.scope, rule.params)
    return f"On each {rule.scope}. Severity: {severity}. Message: {rule.message}"


def _obligations(obligations: Iterable[ObligationRule]) -> list[str]:
    rows = [
        (f"`{o.duty}`", o.text, ", ".join(o.styles), f"`{o.condition}`" + (f" (where `{o.when}`)" if o.when else ""))
        for o in obligations
    ]
    return _table(("duty", "what it asks for", "styles", "met where"), rows)


def _names_table(scope: str, root: str, heading: str) -> str:
    entries = [entry for path, entry in names_of(scope).items() if path.startswith(f"{root}.")]
    rows = [(f"`{entry.path}`", _type(entry), "yes" if entry.optional else "", entry.meaning) for entry in entries]
    return "\n".join([f"### {heading}", "", *_table(("name", "type", "can be unknown", "meaning"), rows), ""])


def _type(entry: Entry) -> str:
    type_ = entry.type.element if entry.type.kind is Kind.LIST and entry.type.element else entry.type
    if type_.kind is Kind.CHOICE:
        words = " ".join(f"`{choice}`" for choice in type_.choices) + (" or a text" if type_.open else "")
    else:
        words = str(type_.kind) + (f" ({entry.unit})" if entry.unit else "")
    return f"list of {words}" if entry.type.kind is Kind.LIST else words


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    ruled = [heads, ["---"] * len(heads), *rows]
    return ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in ruled]
