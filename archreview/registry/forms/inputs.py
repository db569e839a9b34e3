"""One form field for each sort of field of the registry (registry/fields.py)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from django import forms

from archreview.engine.fact_tables import Fact, Kind
from archreview.engine.model import NONE_TEXT, Link
from archreview.interchange.fields import NAME_MOST, TEXT_MOST
from archreview.registry.fields import Field, Sort
from archreview.registry.words import choice_name

UNKNOWN_LABEL = "Unknown"
Choices = list[tuple[str, str]]


def input_for(field: Field, *, references: Choices = ()) -> forms.Field:  # type: ignore[assignment]
    """The form field; `references` are the ids that a reference may lead to, with their names."""
    if field.sort == Sort.FACT and field.fact is not None:
        made = _for_fact(field.fact, required=field.required)
        made.help_text = field.fact.meaning[:1].upper() + field.fact.meaning[1:]
    elif field.sort == Sort.REFERENCE:
        first = [("", "Choose one")] if field.required else [("", "None or unknown")]
        made = Reference(choices=[*first, *references], required=field.required)
    elif field.sort == Sort.LINKS:
        made = Links(required=False)
    elif field.sort == Sort.NAME:
        made = forms.CharField(max_length=NAME_MOST, required=False)
    else:
        made = Prose(max_length=TEXT_MOST, required=False)
    unit = field.fact.unit if field.fact is not None else ""
    made.label = field.label[:1].upper() + field.label[1:] + (f", {unit}" if unit else "")
    return made


def _for_fact(fact: Fact, *, required: bool) -> forms.Field:
    if fact.kind == Kind.BOOLEAN:
        return YesNo(required=required)
    if fact.kind == Kind.CHOICE and not fact.open_choice:
        numbers = all(choice.isdigit() for choice in fact.choices)
        choices = [(choice, choice if numbers else choice_name(fact.name, choice)) for choice in fact.choices]
        return Choice(
            choices=choices if required else [("", UNKNOWN_LABEL), *choices],
            coerce=int if numbers else str,
            required=required,
        )
    if fact.kind in (Kind.TEXT, Kind.CHOICE):
        return OrNone(forms.CharField(max_length=TEXT_MOST, required=False), fact) if fact.none else Word(fact)
    number: forms.Field = (
        forms.IntegerField(required=False, widget=forms.TextInput(attrs={"inputmode": "numeric"}))
        if fact.kind == Kind.COUNT
        else Number(required=False)
    )
    return OrNone(number, fact) if fact.none else number


class Number(forms.FloatField):
    """A number, typed as text: what is not one is refused in words, not emptied by the browser."""

    def __init__(self, *, required: bool = False) -> None:
        super().__init__(required=required, widget=forms.TextInput(attrs={"inputmode": "decimal"}))

    def prepare_value(self, value: Any) -> Any:
        """500.0 reads 500."""
        return int(value) if isinstance(value, float) and value.is_integer() else value


class Word(forms.CharField):
    """A text on one line; None where it is empty. Proposes the choices of a fact that admits others."""

    def __init__(self, fact: Fact) -> None:
        # The template puts the proposals beside the control, under this id.
        widget = forms.TextInput(attrs={"list": f"id_{fact.name}_proposals"} if fact.choices else {})
        super().__init__(max_length=TEXT_MOST, required=False, empty_value=None, widget=widget)
        self.proposals: Sequence[str] = fact.choices


class Prose(forms.CharField):
    """A text of several lines, with one kind of line break."""

    widget = forms.Textarea(attrs={"rows": 2})

    def to_python(self, value: Any) -> str:
        text = super().to_python(value) or ""
        return text.replace("\r\n", "\n").replace("\r", "\n")


class Choice(forms.TypedChoiceField):
    """One of the choices of a fact; None for unknown."""

    def __init__(self, **options: Any) -> None:
        super().__init__(empty_value=None, **options)


class YesNo(forms.TypedChoiceField):
    """Yes, no or unknown, as joined buttons. A fact that is never unknown has two."""

    widget = forms.RadioSelect

    def __init__(self, *, required: bool) -> None:
        unknown = [] if required else [("unknown", UNKNOWN_LABEL)]
        super().__init__(
            choices=[("true", "Yes"), ("false", "No"), *unknown],
            coerce={"true": True, "false": False, "unknown": None}.__getitem__,
            empty_value=None,
            required=required,
        )

    def prepare_value(self, value: Any) -> Any:
        """The button that is pressed in."""
        if value is None or isinstance(value, bool):
            return {True: "true", False: "false", None: "unknown"}[value]
        return value


class Reference(forms.TypedChoiceField):
    """The id of another entry of the workspace; None for none."""

    def __init__(self, **options: Any) -> None:
        super().__init__(coerce=str, empty_value=None, **options)


class Links(forms.CharField):
    """Links as lines of a name and an address."""

    widget = forms.Textarea(attrs={"rows": 2, "placeholder": "Runbook https://wiki.example.org/runbook"})

    def __init__(self, *, required: bool) -> None:
        super().__init__(required=required, help_text="One on each line: a name, then the address.")

    def prepare_value(self, value: Any) -> Any:
        """The lines."""
        if isinstance(value, tuple):
            return "\n".join(f"{link.name} {link.url}" for link in value)
        return value

    def to_python(self, value: Any) -> Any:
        """The links; a line of one word is an address without a name."""
        links = []
        for line in (super().to_python(value) or "").splitlines():
            words = line.split()
            if words:
                links.append(Link(" ".join(words[:-1]) or words[-1], words[-1]))
        return tuple(links)


class OrNoneWidget(forms.MultiWidget):
    """A control with a box beside it that says "none"."""

    template_name = "registry/widgets/or_none.html"

    def __init__(self, control: forms.Widget) -> None:
        super().__init__({"": control, "none": forms.CheckboxInput()})

    def id_for_label(self, id_: str | None, index: int | None = None) -> str:
        """The label is the control's; the box has its own."""
        return f"{id_}_0" if id_ else ""

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        """Whether neither is in the request; a box that is not ticked never is."""
        return name not in data and f"{name}_none" not in data

    def decompress(self, value: Any) -> list[Any]:
        """What the two show."""
        if value == math.inf or value == NONE_TEXT:
            return [None, True]
        return [int(value) if isinstance(value, float) and value.is_integer() else value, False]


class OrNone(forms.MultiValueField):
    """A number or a text that may be known to be absent; None for unknown."""

    def __init__(self, field: forms.Field, fact: Fact) -> None:
        super().__init__(
            [field, forms.BooleanField(required=False)],
            widget=OrNoneWidget(field.widget),
            required=False,
            require_all_fields=False,
        )
        self.none: Any = NONE_TEXT if fact.kind == Kind.TEXT else math.inf

    def clean(self, value: Any) -> Any:
        """The value, none, or None. A value and none at once are one too many."""
        given, none = value if isinstance(value, list) else (None, False)
        cleaned = self.fields[0].clean(given)
        if cleaned in (None, ""):
            return self.none if none else None
        if none:
            raise forms.ValidationError("Give a value, or none; not both.")
        return cleaned
