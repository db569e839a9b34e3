"""What people and named sources say about the facts of what is registered."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError

from archreview.engine.questions import ANSWERS
from archreview.registry.actions.changing import changing, check_soundness
from archreview.registry.actions.record import Record
from archreview.registry.actions.references import columns, kind_of
from archreview.registry.fields import (
    ANSWER_PREFIX,
    FIELD_BY_NAME,
    Field,
    from_json,
    problem_of,
    problem_of_text,
    to_json,
)
from archreview.registry.models import Channel, Edge, Service, Statement
from archreview.registry.models.statement import State

Subject = TypeVar("Subject", Service, Channel, Edge)

# A change of these can make calls that fitted together no longer do so.
STRUCTURAL = frozenset({"kind", "style", "source", "target", "entry", "steps", "latency_p50_ms", "latency_p99_ms"})


def answer_question(*, edge: Edge, key: str, value: bool | None, by: User, note: str = "") -> Edge:
    """
    Let the person answer a question of the edge: yes, no, or None for "don't know". Gives the edge as it is now.

    Only this answer is written: who answers another question at the same time loses nothing.
    """
    if key not in ANSWERS:
        raise ValidationError({"key": [f"There is no question {key}."]})
    return state_facts(subject=edge, values={f"{ANSWER_PREFIX}{key}": value}, by=by, note=note)


def state_facts(
    *, subject: Subject, values: Mapping[str, Any], by: User, note: str = "", source: str = "", speaker: str = ""
) -> Subject:
    """
    Let the person say these facts, or, with a `source`, what was measured or read there. Gives the subject.

    With a `speaker` the person says it in that name: a session's, which is heard as a person is. What a person said
    here stays when a source says otherwise: the source's word stands beside it.
    """
    kind = kind_of(subject)
    workspace = subject.workspace
    fields = {name: FIELD_BY_NAME[kind][name] for name in values}
    refuse(fields, values, note=note)
    with changing(workspace):
        record = Record(
            workspace,
            user=by,
            source=source,
            speaker=speaker,
            standing=Statement.objects.filter(**{kind: subject}, fact__in=fields).exclude(state=State.REPLACED),
        )
        written: dict[str, Any] = {}
        for name, field in fields.items():
            heard = record.say(kind, subject.pk, name, to_json(field, values[name]), note=note)
            written |= columns(workspace, field, from_json(field, heard))
        stored = type(subject)._default_manager.get(pk=subject.pk)
        refuse_impossible(kind, vars(stored) | written)
        type(subject)._default_manager.filter(pk=subject.pk).update(**written)
        record.store()
        if STRUCTURAL & set(values):
            check_soundness(workspace, kind=kind, slug=subject.slug)
    subject.refresh_from_db()
    subject.workspace = workspace  # the one that knows its new revision
    return subject


def refuse(fields: Mapping[str, Field], values: Mapping[str, Any], *, note: str = "") -> None:
    """Raise a ValidationError by field where a value, or the note, cannot be stored."""
    errors = {name: [problem] for name, field in fields.items() if (problem := problem_of(field, values[name]))}
    if problem := problem_of_text(note):
        errors["note"] = [problem]
    if errors:
        raise ValidationError(errors)


def refuse_impossible(kind: str, columns_: Mapping[str, Any]) -> None:
    """Raise a ValidationError where two columns of a row contradict each other, before the database refuses the row."""
    if kind != "edge":
        return
    if columns_["source_id"] == columns_["target_id"]:
        raise ValidationError({"target": ["An edge leads to another service, never to the one it comes from."]})
    p50, p99 = columns_.get("latency_p50_ms"), columns_.get("latency_p99_ms")
    if p50 is not None and p99 is not None and p50 > p99:
        raise ValidationError({"latency_p50_ms": [f"The P50 ({p50:g} ms) may not be over the P99 ({p99:g} ms)."]})
