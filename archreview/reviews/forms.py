"""What people fill in on the pages that show an analysis."""

from __future__ import annotations

from django import forms

from archreview.engine.model import ANSWERS, EDGE_FACTS, Kind
from archreview.registry.fields import ANSWER_PREFIX, problem_of_text

ANSWERABLE = frozenset(
    {f"{ANSWER_PREFIX}{key}" for key in ANSWERS} | {fact.name for fact in EDGE_FACTS if fact.kind == Kind.BOOLEAN}
)
_MEANING: dict[str, bool | None] = {"true": True, "false": False, "unknown": None}


class StatementForm(forms.Form):
    """One yes-or-no fact of an edge, as the tri-state buttons post it: fact, answer (True, False or None) and note."""

    fact = forms.ChoiceField(choices=[(fact, fact) for fact in sorted(ANSWERABLE)])
    answer = forms.ChoiceField(
        choices=[(value, value) for value in _MEANING], error_messages={"required": "Choose yes, no or don’t know."}
    )
    note = forms.CharField(required=False, max_length=4000)

    @property
    def anchor(self) -> str:
        """The anchor of the question on the page."""
        fact: str = self.cleaned_data["fact"]
        return fact.replace(".", "-").replace("_", "-")

    def clean_answer(self) -> bool | None:
        return _MEANING[self.cleaned_data["answer"]]

    def clean_note(self) -> str:
        note: str = self.cleaned_data["note"]
        if problem := problem_of_text(note):
            raise forms.ValidationError(problem)
        return note

    def first_error(self) -> str:
        """Give the first thing that is wrong, for the message above the questions."""
        return next(str(error) for errors in self.errors.values() for error in errors)
