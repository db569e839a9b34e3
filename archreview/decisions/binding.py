"""What a decision binds, between its stored form, the analysis, and the editor."""

from collections.abc import Iterable, Mapping
from typing import Any

from archreview.engine.decisions import AcceptedDecision, Premise, said_in_words

SEPARATOR = ":"


def premise_key(fact: Mapping[str, Any], *, edge: str) -> str:
    """How a confirmation names a fact that the decision rests on: a fact of its own edge by its name alone."""
    if (fact["kind"], fact["id"]) == ("edge", edge):
        return str(fact["fact"])
    return SEPARATOR.join((str(fact["kind"]), str(fact["id"]), str(fact["fact"])))


def accepted_decision(
    *, number: int, title: str, facts: Iterable[Mapping[str, Any]], confirmation: Mapping[str, Any]
) -> AcceptedDecision:
    """A decision as the analysis checks it. What its confirmation does not say is not checked."""
    edge = str(confirmation.get("edge", ""))
    chosen = set(confirmation.get("premises", ()))
    return AcceptedDecision(
        label=f"{number:04d}",
        title=title,
        edge=edge,
        styles=tuple(confirmation.get("styles", ())),
        facts=tuple((fact["fact"], fact["value"]) for fact in confirmation.get("facts", ())),
        rules=tuple(confirmation.get("rules", ())),
        premises=tuple(
            Premise(fact["kind"], fact["id"], fact["fact"], fact["value"])
            for fact in facts
            if premise_key(fact, edge=edge) in chosen
        ),
    )


def in_short(confirmation: Mapping[str, Any]) -> str:
    """What must hold, and what it rests on, on one line."""
    parts = [
        str(confirmation.get("edge", "")),
        " or ".join(confirmation.get("styles", ())),
        ", ".join(
            f"{fact['fact']} = {said_in_words(fact['fact'], fact['value'])}" for fact in confirmation.get("facts", ())
        ),
        ", ".join(confirmation.get("rules", ())),
    ]
    premises = ", ".join(confirmation.get("premises", ()))
    if premises:
        parts.append(f"rests on {premises}")
    return "; ".join(part for part in parts if part) or "nothing"
