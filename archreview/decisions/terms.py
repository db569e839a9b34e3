"""The terms of a decision's text for somebody who knows neither the tool nor the team: only those that it uses."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from archreview.decisions.draft import Draft
from archreview.decisions.prose import bullets, escaped, listed
from archreview.engine.catalog import Catalog
from archreview.engine.results import PENALTIES

_POINTS = listed([f"{points} for each {severity} finding" for severity, points in PENALTIES.items() if points])

# Term -> how a text shows that it uses it, and what it means.
TERMS: tuple[tuple[str, str, str], ...] = (
    ("The model", r"\bthe model\b", "what the teams have registered about their services and how these talk"),
    ("Edge", r"\bedge\b", "one communication from one service to another, as the model knows it"),
    ("Finding", r"\b[Ff]indings?\b", "a known mistake that a rule of the analysis finds in the model"),
    (
        "Synchronous",
        r"\bsynchronous\b",
        "the caller waits for the answer; sequential synchronous calls are those for which a user waits one after "
        "another",
    ),
    ("Asynchronous", r"\basynchronous\b", "the caller leaves a message and goes on; nobody waits"),
    (
        "Hand over",
        r"\b[Hh]and(ing)?( the work)? over\b",
        "a service accepts work with a job number, and gives the result later",
    ),
    ("P99, P50", r"\bP99\b", "the time within which 99 of 100 calls, or half of them, are done"),
    ("Tier", r"\btier \d", "how critical a service is, from 1, the most critical, to 4"),
    (
        "Four-question matrix",
        r"\bmatrix\b",
        "weighs four answers against each other: does the user wait for the outcome, is the work long, may both sides "
        "differ for a moment, does taking them apart help",
    ),
    (
        "Decision tree",
        r"\btree\b",
        "asks one question after another, the first being whether the caller needs the result, and ends at one way to "
        "talk",
    ),
    ("Circuit breaker", "circuit breaker", "stops calling a service that keeps failing, and tries again a while later"),
    ("Fallback", r"\bfallback\b", "what the caller answers without the callee, such as a value from before"),
    ("Dead letters", "dead letters", "messages that could not be processed and are set aside"),
    ("Depth, lag", r"\b(depth|lag)\b", "how many messages wait, and for how long"),
    ("Idempotent", r"\b[Ii]dempotent\b", "with the same effect whether it comes once or several times"),
    ("Idempotency key", "idempotency key", "a mark by which a repeat of the same message is recognised"),
    ("Partition", r"\bpartition", "a part of a stream within which the order is kept"),
    ("Points", r"\bpoints\b", f"a call or a flow begins at 100 and loses {_POINTS}"),
)
FIRST_SENTENCE = re.compile(r".*?[.!?](?= |$)")
RULE = re.compile(r"\b[A-Z]{3}-\d{3}\b")


def explained(draft: Draft, catalog: Catalog) -> Draft:
    """The draft with the terms that its text uses, and the rules that it names, explained at its end."""
    text = "\n".join((draft.title, *draft.sections.values()))
    items = [*_terms(text), *_rules(text, catalog)]
    if not items:
        return draft
    more = f"{draft.sections['more']}\n\n### Terms\n\n{bullets(items)}"
    return replace(draft, sections={**draft.sections, "more": more})


def _terms(text: str) -> Iterator[str]:
    for term, used, meaning in TERMS:
        if re.search(used, text):
            yield f"**{term}**: {meaning}."


def _rules(text: str, catalog: Catalog) -> Iterator[str]:
    rules = {rule.code: rule for rule in catalog.rules}
    for code in sorted(set(RULE.findall(text))):
        if code in rules:
            why = FIRST_SENTENCE.match(" ".join(rules[code].why.split()))
            told = f" {escaped(why.group())}" if why else ""
            yield f"**{code}**: {escaped(rules[code].title).rstrip('.')}.{told}"
