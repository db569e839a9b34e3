"""What the database itself promises about facts, read from the fact tables of the engine."""

from collections.abc import Iterable

from django.db import models
from django.db.models import Q

from archreview.engine.fact_tables import Fact, Kind


def promises(what: str, facts: Iterable[Fact]) -> list[models.CheckConstraint]:
    """
    One constraint for each fact whose values are limited; unknown (null) always passes.

    `what` begins the names, which turn up in logs: `an_edge` gives `an_edge_has_a_possible_timeout_ms`.
    """
    constraints = []
    for fact in facts:
        condition = _possible(fact)
        if condition is not None:
            name = f"{what}_has_a_possible_{fact.name}"
            constraints.append(models.CheckConstraint(condition=condition, name=name))
    return constraints


def _possible(fact: Fact) -> Q | None:
    if fact.kind == Kind.CHOICE and not fact.open_choice:
        values = [int(word) if word.isdigit() else word for word in fact.choices]
        return Q((f"{fact.name}__in", values))
    condition = Q()
    if fact.over is not None:
        condition &= Q((f"{fact.name}__gt", fact.over))
    if fact.least is not None:
        condition &= Q((f"{fact.name}__gte", fact.least))
    if fact.most is not None:
        condition &= Q((f"{fact.name}__lte", fact.most))
    return condition or None
