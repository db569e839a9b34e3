"""What people fill in on the pages that show an analysis."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms

from archreview.engine.fact_tables import Kind
from archreview.interchange.fields import TEXT_MOST
from archreview.registry.fields import FIELD_BY_NAME, Field, problem_of_text
from archreview.registry.forms.inputs import input_for
from archreview.reviews.report.options import CHAPTERS, FORMS, NAMES, PDF, Options

# What people state facts about on these pages; the facts of a flow stand in its form.
KINDS = ("edge", "service", "channel")
_MEANING: dict[str, bool | None] = {"true": True, "false": False, "unknown": None}

Choices = Sequence[tuple[str, str]]


def can_be_stated(kind: str, fact: str) -> bool:
    """Say whether the fact is one that a person may state, or say not to know, beside the analysis."""
    field = FIELD_BY_NAME[kind].get(fact) if kind in KINDS else None
    return field is not None and field.is_fact and not field.required


def is_yes_or_no(kind: str, fact: str) -> bool:
    """Say whether the fact is answered with yes or no."""
    field = FIELD_BY_NAME[kind][fact]
    return field.fact is not None and field.fact.kind == Kind.BOOLEAN


def control_of(field: Field, *, channels: Choices = ()) -> forms.Field:
    """Give the form field of a fact that is not answered with yes or no."""
    control: Any = input_for(field, references=list(channels))
    if isinstance(control, forms.ChoiceField):
        # "Don't know" has a button of its own.
        control.choices = [("", "Choose one"), *list(control.choices)[1:]]  # type: ignore[arg-type]
    control.help_text = ""
    made: forms.Field = control
    return made


class StatementForm(forms.Form):
    """
    One fact of an edge, a service or a channel, with a word of why.

    A yes-or-no fact comes as `answer` (true, false, unknown), any other as `value`, or as `unknown` from the button
    "don't know". `stated` gives the value, None for "don't know".
    """

    note = forms.CharField(required=False, max_length=TEXT_MOST)

    def __init__(self, data: Mapping[str, Any] | None = None, *, kind: str, fact: str, channels: Choices = ()) -> None:
        super().__init__(data)
        self.kind, self.fact = kind, fact
        self.fields["fact"] = forms.ChoiceField(
            choices=[(fact, fact)] if can_be_stated(kind, fact) else [], error_messages={"invalid_choice": _NO_FACT}
        )
        if not can_be_stated(kind, fact):
            return
        if is_yes_or_no(kind, fact):
            self.fields["answer"] = forms.ChoiceField(
                choices=[(value, value) for value in _MEANING],
                error_messages={"required": "Choose yes, no or don’t know."},
            )
        else:
            self.fields["value"] = control_of(FIELD_BY_NAME[kind][fact], channels=channels)

    @property
    def stated(self) -> Any:
        """The value that the person states, as the engine holds it."""
        if "answer" in self.fields:
            return _MEANING[self.cleaned_data["answer"]]
        return None if "unknown" in self.data else self.cleaned_data["value"]

    def clean_note(self) -> str:
        note: str = self.cleaned_data["note"].replace("\r\n", "\n")
        if problem := problem_of_text(note):
            raise forms.ValidationError(problem)
        return note

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if "value" in self.fields:
            if "unknown" in self.data:
                self.errors.pop("value", None)
            elif "value" not in self.errors and cleaned.get("value") is None:
                self.add_error("value", "Give a value, or say that you don’t know.")
        return cleaned

    def first_error(self) -> str:
        """Give the first thing that is wrong, for the line below the question."""
        return next(str(error) for errors in self.errors.values() for error in errors)


_NO_FACT = "There is no fact “%(value)s” that can be stated here."


# No id of a system.
EVERYTHING = "*"


class ReportForm(forms.Form):
    """What a report is about, and what it holds. `options` gives the choice."""

    system = forms.ChoiceField(label="About")
    chapters = forms.MultipleChoiceField(
        choices=CHAPTERS,
        initial=list(NAMES),
        widget=forms.CheckboxSelectMultiple,
        label="Chapters beside the summary",
        required=False,
    )
    findings_only = forms.BooleanField(required=False, label="Sheets only for edges with a finding")
    form = forms.ChoiceField(choices=FORMS, initial=PDF, widget=forms.RadioSelect, label="As")

    def __init__(self, data: Any = None, *, systems: Choices, initial: Mapping[str, Any] | None = None) -> None:
        super().__init__(data, initial=dict(initial or {}))
        # The field is the choice field above; a form tells the type checker only that it is some field.
        self.fields["system"].choices = [(EVERYTHING, "The whole workspace"), *systems]  # type: ignore[attr-defined]

    @property
    def options(self) -> Options:
        """What was chosen."""
        chosen = self.cleaned_data
        return Options(
            system="" if chosen["system"] == EVERYTHING else chosen["system"],
            chapters=tuple(name for name in NAMES if name in chosen["chapters"]),
            findings_only=chosen["findings_only"],
            form=chosen["form"],
        )
