"""What people fill in around sessions and snapshots."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.utils import timezone

from archreview.engine.model import STYLES
from archreview.engine.results import SEVERITIES
from archreview.registry.fields import problem_of_text
from archreview.registry.words import style_name
from archreview.reviews.actions.changing import name_of
from archreview.reviews.actions.planning import Planned
from archreview.reviews.actions.settling import Concluded
from archreview.reviews.models import AgendaItem
from archreview.reviews.models.ballot import WHY_LENGTH
from archreview.reviews.models.session import LEAST_LENGTH, MOST_LENGTH, TITLE_LENGTH, Outcome
from archreview.reviews.models.snapshot import TITLE_LENGTH as SNAPSHOT_TITLE_LENGTH
from archreview.reviews.scopes import VERDICTS, Scope, ScopeChoices
from archreview.workspaces.models import Workspace

ANSWERS: Mapping[str, bool | None] = {"true": True, "false": False, "unknown": None}


class SnapshotForm(forms.Form):
    title = forms.CharField(
        label="What for",
        max_length=SNAPSHOT_TITLE_LENGTH,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text="For example “Before the move to queues”.",
    )


class PlanForm(forms.Form):
    """Title, length and time of a session."""

    title = forms.CharField(
        max_length=TITLE_LENGTH,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text="Statements that come out of the session carry it.",
    )
    length = forms.IntegerField(
        label="Length, minutes",
        min_value=LEAST_LENGTH,
        max_value=MOST_LENGTH,
        initial=60,
        help_text="As many items are proposed as fit.",
    )
    planned_for = forms.DateTimeField(
        label="When, UTC",
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def clean_title(self) -> str:
        title: str = self.cleaned_data["title"]
        if problem := problem_of_text(title):
            raise forms.ValidationError(problem)
        return title

    @property
    def planned(self) -> Planned:
        """What a valid form says."""
        data = self.cleaned_data
        return Planned(title=data["title"], length_minutes=data["length"], planned_for=data["planned_for"])


class SessionForm(PlanForm):
    """A new session with what its agenda is proposed from; nothing chosen takes everything."""

    systems = forms.MultipleChoiceField(required=False, widget=forms.CheckboxSelectMultiple)
    flows = forms.MultipleChoiceField(required=False, widget=forms.CheckboxSelectMultiple)
    teams = forms.MultipleChoiceField(
        required=False, widget=forms.CheckboxSelectMultiple, help_text="Edges that begin or end at their services."
    )
    severities = forms.MultipleChoiceField(
        label="Findings",
        required=False,
        choices=[(name, name.capitalize()) for name in SEVERITIES],
        widget=forms.CheckboxSelectMultiple,
        help_text="Edges with such a finding.",
    )
    verdicts = forms.MultipleChoiceField(
        required=False, choices=list(VERDICTS.items()), widget=forms.CheckboxSelectMultiple
    )
    text = forms.CharField(label="Words in the name of the edge", required=False, max_length=200)

    def __init__(self, *args: Any, choices: ScopeChoices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["title"].initial = f"Review of {timezone.localdate():%d %B %Y}".replace(" 0", " ")
        for name in ("systems", "flows", "teams"):
            field = self.fields[name]
            if isinstance(field, forms.MultipleChoiceField):
                field.choices = getattr(choices, name)

    @property
    def scope(self) -> Scope:
        """What a valid form asks for."""
        names = ("systems", "flows", "teams", "severities", "verdicts")
        chosen = {name: tuple(self.cleaned_data[name]) for name in names}
        return Scope(**chosen, text=self.cleaned_data["text"])


class VoteForm(forms.Form):
    """A person's answer to a question, with a word of why."""

    answer = forms.ChoiceField(
        choices=[(value, value) for value in ANSWERS], error_messages={"required": "Choose yes, no or don’t know."}
    )
    note = forms.CharField(required=False, max_length=WHY_LENGTH)

    def clean_note(self) -> str:
        return _sound(self.cleaned_data["note"])

    @property
    def value(self) -> bool | None:
        """The answer of a valid form; None is "don't know"."""
        return ANSWERS[self.cleaned_data["answer"]]


class SettleForm(forms.Form):
    """The group's answer, or that there is none; `version` is the ballot's as the lead sees it."""

    answer = forms.ChoiceField(
        choices=[*((value, value) for value in ANSWERS), ("none", "none")],
        error_messages={"required": "Choose what the group says, or that it does not agree."},
    )
    note = forms.CharField(required=False, max_length=WHY_LENGTH)
    version = forms.IntegerField()

    def clean_note(self) -> str:
        return _sound(self.cleaned_data["note"])

    @property
    def agreed(self) -> bool:
        return bool(self.cleaned_data["answer"] != "none")

    @property
    def value(self) -> bool | None:
        return ANSWERS.get(self.cleaned_data["answer"])


# Django reads no type in brackets when it runs, so the base class cannot be told that the choices are people.
class OwnerField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A person by the name that people know."""

    def label_from_instance(self, obj: User) -> str:
        return name_of(obj)


class OutcomeForm(forms.Form):
    """How an item ends, with what each outcome needs."""

    outcome = forms.ChoiceField(
        label="How does it end?",
        choices=Outcome.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose an outcome."},
    )
    style = forms.ChoiceField(
        label="To which style",
        required=False,
        choices=[("", "Choose a style"), *((style, style_name(style)) for style in STYLES)],
        help_text="For a change.",
    )
    why = forms.CharField(
        required=False,
        max_length=WHY_LENGTH,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Accepting a risk needs one.",
    )
    owner = OwnerField(
        queryset=User.objects.none(),
        required=False,
        empty_label="Nobody yet",
        help_text="Who does it: for a change, or to investigate.",
    )
    due = forms.DateField(label="Until", required=False, widget=forms.DateInput(attrs={"type": "date"}))
    expires = forms.DateField(
        label="Accepted until", required=False, widget=forms.DateInput(attrs={"type": "date"}), help_text="For a risk."
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, workspace: Workspace, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        owner = self.fields["owner"]
        if isinstance(owner, forms.ModelChoiceField):
            owner.queryset = User.objects.filter(memberships__workspace=workspace).order_by("username")

    @classmethod
    def of(cls, item: AgendaItem, workspace: Workspace, *, prefix: str | None = None) -> OutcomeForm:
        """The form as the item stands."""
        names = ("outcome", "style", "why", "owner", "due", "expires", "version")
        return cls(initial={name: getattr(item, name) for name in names}, workspace=workspace, prefix=prefix)

    def clean_why(self) -> str:
        return _sound(self.cleaned_data["why"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        outcome = cleaned.get("outcome")
        needed = {
            Outcome.CHANGE: {"style": "Name the style that it changes to."},
            Outcome.INVESTIGATE: {"owner": "Name who investigates.", "due": "Say until when."},
            Outcome.ACCEPT: {"why": "Say why the risk can be borne.", "expires": "Say until when it is accepted."},
        }
        for name, message in needed.get(Outcome(outcome), {}).items() if outcome else ():
            if name not in self.errors and not cleaned.get(name):
                self.add_error(name, message)
        return cleaned

    @property
    def concluded(self) -> Concluded:
        """What a valid form says; what its outcome has no use for is left out."""
        data = self.cleaned_data
        outcome = Outcome(data["outcome"])
        doing = outcome in (Outcome.CHANGE, Outcome.INVESTIGATE)
        return Concluded(
            outcome=outcome,
            why=data["why"],
            style=data["style"] if outcome == Outcome.CHANGE else "",
            owner=data["owner"] if doing else None,
            due=data["due"] if doing else None,
            expires=data["expires"] if outcome == Outcome.ACCEPT else None,
        )


def _sound(text: str) -> str:
    text = text.replace("\r\n", "\n")
    if problem := problem_of_text(text):
        raise forms.ValidationError(problem)
    return text
