from __future__ import annotations

from django import forms

from archreview.engine.questions import ANSWERS
from archreview.interchange.fields import TEXT_MOST
from archreview.registry.fields import problem_of_text

MEANING: dict[str, bool | None] = {"true": True, "false": False, "unknown": None}


class AnswerForm(forms.Form):
    """
    The answer to one question of an edge, as components/tristate.html posts it.

    In `cleaned_data`: the question's `key`, the `answer` (True, False, or None for "don't know") and the `note`.
    """

    key = forms.ChoiceField(choices=[(key, key) for key in ANSWERS])
    answer = forms.ChoiceField(choices=[("true", "Yes"), ("false", "No"), ("unknown", "Don't know")])
    note = forms.CharField(required=False, max_length=TEXT_MOST, label="Why")

    def clean_answer(self) -> bool | None:
        return MEANING[self.cleaned_data["answer"]]

    def clean_note(self) -> str:
        note: str = self.cleaned_data["note"].replace("\r\n", "\n")
        if problem := problem_of_text(note):
            raise forms.ValidationError(problem)
        return note
