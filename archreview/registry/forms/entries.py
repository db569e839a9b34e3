"""The forms of systems, teams, services, channels, edges and flows, made from their fields."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField

from archreview.engine.model import Step
from archreview.interchange.fields import SLUG_MOST, TEXT_MOST
from archreview.registry.fields import (
    FIELDS,
    Field,
    problem_of,
    problem_of_id,
    problem_of_text,
)
from archreview.registry.forms.inputs import Choices, Reference, input_for
from archreview.registry.models.statement import SUBJECTS

# What comes first, open, in this order; all else follows in the groups of the fact tables.
FIRST: Mapping[str, tuple[str, ...]] = {
    "team": ("name",),
    "system": ("name", "description"),
    "service": ("name", "kind", "tier", "team", "system", "entry_point"),
    "channel": ("name", "intent", "technology"),
    "edge": ("source", "target", "name", "style", "technology", "channel", "purpose"),
    "flow": ("name", "user_facing", "latency_budget_ms", "availability_target"),
}
MORE: Mapping[str, tuple[str, ...]] = {
    "service": ("description", "links"),
    "channel": ("description",),
    "edge": ("description", "expectation", "delay_cost"),
    "flow": ("description",),
}
# Answers are given on the page of the edge, steps in the editor of the flow; the entry is where the first step starts,
# and traces come from imports.
ELSEWHERE = frozenset({"entry", "steps", "origin", "traces"})
IN_WORDS = "in words"
NOT_ASKED = "not asked for this style"


@dataclass(frozen=True, slots=True)
class Group:
    """Fields that stand together, with how many of them are filled in; a folded group opens on demand."""

    title: str
    count: str
    fields: list[BoundField]
    open: bool


class EntryForm(forms.Form):
    """
    The form of one kind of entry. `values` gives what was filled in, as the actions take it.

    `references` are the ids, with names, that the fields may lead to, by kind. A new entry has a `slug` to choose or
    to leave to us, and a new flow its first step; one that is there has the `version` that the person saw.
    """

    def __init__(
        self,
        data: Any = None,
        *,
        kind: str,
        references: Mapping[str, Choices],
        stored: Mapping[str, Any] | None = None,
        version: int | None = None,
        initial: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(data, initial=dict(stored or initial or {}))
        self.kind = kind
        self.is_new = stored is None
        for field in self._fields():
            self.fields[field.name] = input_for(field, references=references.get(field.refers, []))
        if "name" in self.fields and kind != "edge":
            self.fields["name"].required = True
        if self.is_new and kind == "flow":
            self.fields["first_step"] = Reference(
                label="First call",
                choices=[("", "Choose one"), *references["edge"]],
                help_text="The flow is entered where this call starts. The other steps follow on the next page.",
            )
        if self.is_new:
            self.fields["slug"] = forms.CharField(
                label="Id",
                max_length=SLUG_MOST,
                required=False,
                help_text=f"Empty: made from the {'two ends' if kind == 'edge' else 'name'}. It cannot change later.",
            )
        else:
            self.fields["version"] = forms.IntegerField(widget=forms.HiddenInput, initial=version)
            if kind in SUBJECTS:
                self.fields["note"] = forms.CharField(
                    label="Why", max_length=TEXT_MOST, required=False, help_text="Kept with what you change here."
                )

    def _fields(self) -> Iterator[Field]:
        for field in FIELDS[self.kind]:
            if field.name not in ELSEWHERE and not field.name.startswith("answers."):
                yield field

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for field in self._fields():
            if field.name in cleaned and (problem := problem_of(field, cleaned[field.name])):
                self.add_error(field.name, problem)
        if cleaned.get("slug") and (problem := problem_of_id(cleaned["slug"])):
            self.add_error("slug", problem)
        if cleaned.get("note") and (problem := problem_of_text(cleaned["note"])):
            self.add_error("note", problem)
        return cleaned

    @property
    def values(self) -> dict[str, Any]:
        """What was filled in, as the actions take it. What the request leaves out altogether stays as it is."""
        values = {
            field.name: self.cleaned_data[field.name]
            for field in self._fields()
            if field.name in self.cleaned_data and not self._is_left_out(field.name)
        }
        if "first_step" in self.fields:
            values["steps"] = (Step(edge=self.cleaned_data["first_step"]),)
        return values

    def _is_left_out(self, name: str) -> bool:
        widget = self.fields[name].widget
        return bool(widget.value_omitted_from_data(self.data, self.files, self.add_prefix(name)))

    def show_version(self, version: int) -> None:
        """Let the next try be about this version."""
        data: Any = self.data
        data = data.copy()
        data["version"] = str(version)
        self.data = data

    def refuse(self, error: ValidationError) -> None:
        """Show what an action refused, beside its field where the form has it."""
        if not hasattr(error, "error_dict"):
            self.add_error(None, error)
            return
        for name, errors in error.error_dict.items():
            self.add_error(name if name in self.fields else None, errors)

    # --- How the page shows it ---

    @property
    def first(self) -> list[BoundField]:
        """What everybody fills in."""
        names = [*FIRST[self.kind], "first_step", "slug"]
        return [self[name] for name in names if name in self.fields]

    @property
    def groups(self) -> list[Group]:
        """The rest, group by group. What the style of an edge is not about comes last, folded."""
        shown = set(FIRST[self.kind])
        style = self["style"].value() if "style" in self.fields else None
        groups: dict[str, list[BoundField]] = {}
        apart: list[BoundField] = []
        for field in self._fields():
            if field.name in shown or field.fact is None:
                continue
            if style and field.fact.styles and style not in field.fact.styles:
                apart.append(self[field.name])
            else:
                groups.setdefault(field.fact.group, []).append(self[field.name])
        prose = [self[name] for name in MORE.get(self.kind, ())]
        return [
            *(self._group(title, fields, open_=bool(style) or self.kind != "edge") for title, fields in groups.items()),
            *([self._group(IN_WORDS, prose, open_=any(field.value() for field in prose))] if prose else []),
            *([self._group(NOT_ASKED, apart, open_=False)] if apart else []),
        ]

    def _group(self, title: str, fields: list[BoundField], *, open_: bool) -> Group:
        wrong = any(field.errors for field in fields)
        known = sum(_is_filled_in(field.value()) for field in fields)
        return Group(
            title=title.capitalize(),
            count=f"{known} of {len(fields)} filled in",
            fields=fields,
            open=wrong or (open_ and not self.is_new),
        )


def _is_filled_in(value: Any) -> bool:
    """Whether a control shows anything; one with a box for "none" shows a list of two."""
    if isinstance(value, list):
        return any(value)
    return value not in (None, "", (), "unknown")
