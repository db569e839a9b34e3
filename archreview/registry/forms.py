"""What people fill in."""

from __future__ import annotations

from django import forms

from archreview.engine.model import ANSWERS
from archreview.registry.fields import problem_of_text

YES, NO, DONT_KNOW = "yes", "no", "unknown"
MEANING: dict[str, bool | None] = {YES: True, NO: False, DONT_KNOW: None}


class AnswerForm(forms.Form):
    """The answer to one question of an edge. In `cleaned_data`: key, value (True, False or None) and note."""

    key = forms.ChoiceField(choices=[(key, key) for key in ANSWERS])
    value = forms.ChoiceField(choices=[(YES, "Yes"), (NO, "No"), (DONT_KNOW, "Don't know")])
    note = forms.CharField(required=False, max_length=4000, label="Why")

    def clean_value(self) -> bool | None:
        return MEANING[self.cleaned_data["value"]]

    def clean_note(self) -> str:
        note: str = self.cleaned_data["note"]
        if problem := problem_of_text(note):
            raise forms.ValidationError(problem)
        return note
