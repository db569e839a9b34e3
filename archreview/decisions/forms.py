from typing import Any

from django import forms

from archreview.decisions.actions import Text
from archreview.decisions.models import PEOPLE_LENGTH, TITLE_LENGTH, Decision, Status
from archreview.rendering import MARKDOWN_LIMIT, RenderingFailed, markdown_to_html

NAMES = "Names, separated by commas."


class DecisionForm(forms.Form):
    """The title, the Markdown and the people. `html` is the body laid out, once the form is valid."""

    title = forms.CharField(max_length=TITLE_LENGTH, help_text="What is decided, as a short sentence.")
    body = forms.CharField(
        label="Text",
        max_length=MARKDOWN_LIMIT,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 30, "spellcheck": "true"}),
        help_text="Markdown. Headings from ## on; the title stands above.",
    )
    decision_makers = forms.CharField(
        label="Decision makers", required=False, max_length=PEOPLE_LENGTH, help_text=NAMES
    )
    consulted = forms.CharField(required=False, max_length=PEOPLE_LENGTH, help_text=NAMES)
    informed = forms.CharField(required=False, max_length=PEOPLE_LENGTH, help_text=NAMES)
    version = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)

    html = ""

    def clean_body(self) -> str:
        """Lay the text out once, so that nobody saves what cannot be shown; the child process may take a moment."""
        body = str(self.cleaned_data["body"]).replace("\r\n", "\n")
        try:
            self.html = markdown_to_html(body)
        except RenderingFailed as failure:
            raise forms.ValidationError(str(failure)) from failure
        return body

    @property
    def text(self) -> Text:
        """What the person wrote, of a valid form."""
        data = self.cleaned_data
        return Text(
            title=data["title"],
            body=data["body"],
            decision_makers=data["decision_makers"],
            consulted=data["consulted"],
            informed=data["informed"],
        )


class DecideForm(forms.Form):
    """The step that a lead takes; a step to superseded names the successor."""

    to = forms.ChoiceField(choices=[choice for choice in Status.choices if choice[0] != Status.PROPOSED])
    version = forms.IntegerField(min_value=1)
    successor = forms.ModelChoiceField(queryset=Decision.objects.none(), required=False)

    def __init__(self, *args: Any, decision: Decision, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["successor"]
        if isinstance(field, forms.ModelChoiceField):
            field.queryset = successors_of(decision)


class VersionForm(forms.Form):
    """The version that a person has before them; 0 where the form was tampered with."""

    version = forms.IntegerField(min_value=1)

    @property
    def seen(self) -> int:
        return int(self.cleaned_data["version"]) if self.is_valid() else 0


def successors_of(decision: Decision) -> Any:
    """The accepted decisions that may take the place of this one."""
    return Decision.objects.filter(workspace=decision.workspace_id, status=Status.ACCEPTED).exclude(pk=decision.pk)
