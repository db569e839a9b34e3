"""What people fill in on the way to a draft."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

from django import forms

from archreview.decisions.matter import Waiver
from archreview.decisions.redrafting import BOTH, MINE, THEIRS, Anew

# A risk that nobody looks at for longer is not accepted but forgotten.
LONGEST = datetime.timedelta(days=366)
REASON_LENGTH = 1000


class WaiverForm(forms.Form):
    """Why a risk is accepted, who approves, and until when."""

    reason = forms.CharField(
        max_length=REASON_LENGTH,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Why it can wait, for a reader who was not there.",
    )
    approver = forms.CharField(
        max_length=150, label="Approved by", help_text="Who answers for it until then. This person is asked again."
    )
    expires = forms.DateField(
        label="Until",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="From the next day on the finding counts as open again; at most a year.",
    )
    reconsider = forms.CharField(
        max_length=REASON_LENGTH,
        required=False,
        label="What would make us look again before",
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="For example “a second outage of the provider”.",
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *, today: datetime.date) -> None:
        super().__init__(data)
        self.today = today

    def clean_expires(self) -> datetime.date:
        expires: datetime.date = self.cleaned_data["expires"]
        if expires <= self.today:
            raise forms.ValidationError("This day has passed: a risk is accepted for a time that is to come.")
        if expires - self.today > LONGEST:
            raise forms.ValidationError("Within a year somebody has to look at it again.")
        return expires

    @property
    def waiver(self) -> Waiver:
        """What was filled in, of a valid form."""
        data = self.cleaned_data
        return Waiver(data["reason"], data["approver"], data["expires"], data["reconsider"])


class AnewForm(forms.Form):
    """Whose text stays in each section in which people and the generator contradict each other."""

    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)

    def __init__(self, data: Mapping[str, Any] | None = None, *, anew: Anew, version: int) -> None:
        super().__init__(data, initial={"version": version})
        for section in anew.contradictions:
            self.fields[section.section] = forms.ChoiceField(
                label=section.heading,
                choices=[
                    (MINE, "Keep what people wrote"),
                    (THEIRS, "Take the new text"),
                    (BOTH, "Keep both, one below the other"),
                ],
                initial=MINE,
                widget=forms.RadioSelect,
            )

    @property
    def choices(self) -> dict[str, str]:
        """What was chosen by section, of a valid form."""
        return {name: value for name, value in self.cleaned_data.items() if name != "version"}
