"""What a decision binds, between its stored form, the analysis, and the editor."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from archreview.engine.decisions import AcceptedDecision, Premise, said_in_words

SEPARATOR = ":"


def premise_key(fact: Mapping[str, Any], *, edge: str) -> str:
    """How a confirmation names a fact that the decision rests on: a fact of its own edge by its name alone."""
    if (fact["kind"], fact["id"]) == ("edge", edge):
        return str(fact["fact"])
    return SEPARATOR.join((str(fact["kind"]), str(fact["id"]), str(fact["fact"])))


def accepted_decision(
    *, number: int, title: str, facts: Sequence[Mapping[str, Any]], confirmation: Mapping[str, Any]
) -> Iterator[AcceptedDecision]:
    """
    A decision as the analysis checks it: the whole, then a part for each further edge that it binds.

    What its confirmation does not say is not checked.
    """
    label = f"{number:04d}"
    for part in (confirmation, *confirmation.get("also", ())):
        yield _part(label, title, facts, part)


def _part(
    label: str, title: str, facts: Sequence[Mapping[str, Any]], confirmation: Mapping[str, Any]
) -> AcceptedDecision:
    edge = str(confirmation.get("edge", ""))
    chosen = set(confirmation.get("premises", ()))
    return AcceptedDecision(
        label=label,
        title=title,
        edge=edge,
        flow=str(confirmation.get("flow", "")),
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
        str(confirmation.get("edge", "") or confirmation.get("flow", "")),
        " or ".join(confirmation.get("styles", ())),
        ", ".join(
            f"{fact['fact']} = {said_in_words(fact['fact'], fact['value'])}" for fact in confirmation.get("facts", ())
        ),
        ", ".join(confirmation.get("rules", ())),
    ]
    premises = ", ".join(confirmation.get("premises", ()))
    if premises:
        parts.append(f"rests on {premises}")
    found = "; ".join(part for part in parts if part)
    also = (in_short(part) for part in confirmation.get("also", ()))
    return ". ".join(part for part in (found, *also) if part) or "nothing"
