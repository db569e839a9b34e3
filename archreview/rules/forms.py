"""The administrator's forms: checked as the actions check, with each problem at the field and place that it is at."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, TypeVar

from django import forms
from django.core.exceptions import ValidationError

from archreview.engine.language.schema import TREE_OUTCOMES
from archreview.engine.model import STYLES
from archreview.interchange.catalogs import NEEDS, one_line
from archreview.interchange.documents import MappingNode, Problems, ScalarNode, read_document
from archreview.rules.checking import Told, check_obligation, check_rule, check_settings
from archreview.rules.models import CatalogSettings, Entry, Obligation, Rule, RuleOverride

E = TypeVar("E", bound=Entry)

NEED_NAMES = {"decisions": "decision records", "as_of": "a date"}


class Code(forms.Textarea):
    """A text in letters of one width, left alone by spelling checkers."""

    def __init__(self, *, rows: int) -> None:
        super().__init__({"rows": rows, "class": "vLargeTextField rule-mono", "spellcheck": "false"})


class OneLineField(forms.CharField):
    """A text of the rule language: line breaks are for whoever writes it."""

    def __init__(self, *, rows: int, **kwargs: Any) -> None:
        super().__init__(widget=Code(rows=rows), **kwargs)

    def to_python(self, value: Any) -> str:
        return one_line((super().to_python(value) or "").replace("\r\n", "\n"))


class TextField(forms.CharField):
    """A text of several lines, with one kind of line break."""

    def to_python(self, value: Any) -> str:
        return (super().to_python(value) or "").replace("\r\n", "\n").replace("\r", "\n")


class LinesField(forms.CharField):
    """A list of texts, one on each line."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=forms.Textarea({"rows": 4, "class": "vLargeTextField"}), **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        lines = value if isinstance(value, list) else (super().to_python(value) or "").splitlines()
        return [line.strip() for line in lines if line.strip()]


class ParamsField(forms.CharField):
    """Named numbers, texts and truth values, one `name: value` on each line."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=Code(rows=3), **kwargs)

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        return "\n".join(f"{name}: {json.dumps(one, ensure_ascii=False)}" for name, one in value.items())

    def to_python(self, value: Any) -> Any:
        if isinstance(value, dict):
            return value
        text = super().to_python(value) or ""
        if not text:
            return {}
        problems = Problems()
        root = read_document(text, file="parameters", problems=problems)
        if problems:
            raise ValidationError([f"Line {problem.line}: {problem.message}" for problem in problems.all()[:5]])
        if not isinstance(root, MappingNode):
            raise ValidationError("Write one on each line, as in at_least: 3.")
        params = {}
        for name, node in root.entries.items():
            if not isinstance(node, ScalarNode) or node.value is None:
                raise ValidationError(f"Line {node.line}: a parameter is a number, a text, true or false.")
            params[name] = node.value
        return params


class EntryForm(forms.ModelForm[E]):
    """What all forms of the catalog share: a reason for the history, and a word when somebody was faster."""

    reason = forms.CharField(
        required=False,
        max_length=500,
        widget=forms.TextInput({"class": "vTextField"}),
        help_text="Why the change is made. It stands in the history.",
    )
    seen_revision = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["seen_revision"].initial = self.instance.revision

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        seen = cleaned.get("seen_revision")
        if self.instance.pk and seen is not None and seen != self.instance.revision:
            raise ValidationError(
                "Somebody else has changed this since you opened it, and the history below says what. "
                "Open it again and bring in your change."
            )
        if not self.errors.keys() & {"params", "scope"}:
            for name, problems in self.problems(cleaned).items():
                if name not in self.errors:
                    self.add_error(name if name in self.fields else None, [ValidationError(text) for text in problems])
        return cleaned

    def problems(self, cleaned: Mapping[str, Any]) -> Told:
        """Check the entry as it would be kept."""
        raise NotImplementedError

    def content(self, cleaned: Mapping[str, Any]) -> dict[str, Any]:
        """The content that the entry would have; what the form does not show stays."""
        return {name: cleaned.get(name, value) for name, value in self.instance.content().items()}


class RuleForm(EntryForm[Rule]):
    """A rule. Where it is on, its examples are tried before it is kept."""

    condition = OneLineField(rows=4, help_text=Rule._meta.get_field("condition").help_text)
    severity = OneLineField(rows=2, help_text=Rule._meta.get_field("severity").help_text)
    message = OneLineField(rows=3, help_text=Rule._meta.get_field("message").help_text)
    why = TextField(
        label="Why it matters",
        widget=forms.Textarea({"rows": 6, "class": "vLargeTextField"}),
        help_text=Rule._meta.get_field("why").help_text,
    )
    remedy = TextField(
        widget=forms.Textarea({"rows": 6, "class": "vLargeTextField"}),
        help_text=Rule._meta.get_field("remedy").help_text,
    )
    references = LinesField(required=False, help_text=Rule._meta.get_field("references").help_text)
    params = ParamsField(required=False, label="Parameters", help_text=Rule._meta.get_field("params").help_text)
    examples = TextField(
        required=False, strip=False, widget=Code(rows=24), help_text=Rule._meta.get_field("examples").help_text
    )
    needs = forms.MultipleChoiceField(
        required=False,
        choices=[(need, NEED_NAMES[need]) for need in NEEDS],
        widget=forms.CheckboxSelectMultiple,
        help_text=Rule._meta.get_field("needs").help_text,
    )

    class Meta:
        model = Rule
        fields = ("code", *Rule.CONTENT)

    def problems(self, cleaned: Mapping[str, Any]) -> Told:
        return check_rule(cleaned.get("code", self.instance.code), self.content(cleaned))


class ObligationForm(EntryForm[Obligation]):
    """An obligation."""

    condition = OneLineField(rows=3, help_text=Obligation._meta.get_field("condition").help_text)
    when = OneLineField(rows=2, required=False, help_text=Obligation._meta.get_field("when").help_text)
    text = TextField(
        widget=forms.Textarea({"rows": 3, "class": "vLargeTextField"}),
        help_text=Obligation._meta.get_field("text").help_text,
    )
    styles = forms.MultipleChoiceField(
        required=False,
        choices=[(style, style.replace("_", " ")) for style in STYLES],
        widget=forms.CheckboxSelectMultiple,
        help_text=Obligation._meta.get_field("styles").help_text,
    )
    outcomes = forms.MultipleChoiceField(
        required=False,
        choices=[(outcome, outcome.replace("_", " ")) for outcome in TREE_OUTCOMES],
        widget=forms.CheckboxSelectMultiple,
        help_text=Obligation._meta.get_field("outcomes").help_text,
    )

    class Meta:
        model = Obligation
        fields = ("duty", *Obligation.CONTENT)

    def problems(self, cleaned: Mapping[str, Any]) -> Told:
        return check_obligation(cleaned.get("duty", self.instance.duty), self.content(cleaned))


class SettingsForm(EntryForm[CatalogSettings]):
    """The settings of the catalog."""

    class Meta:
        model = CatalogSettings
        fields = CatalogSettings.CONTENT

    def problems(self, cleaned: Mapping[str, Any]) -> Told:
        return check_settings(self.content(cleaned))


class OverrideForm(forms.Form):
    """What a workspace changes of a rule: off, another severity, other values of the rule's parameters."""

    off = forms.BooleanField(
        label="Switch the rule off in this workspace", required=False, help_text="It finds nothing and asks nothing."
    )
    severity = OneLineField(
        rows=2, required=False, help_text="A severity or an expression, as in the rule. Empty: as the catalog has it."
    )
    reason = forms.CharField(max_length=500, help_text="Why it is otherwise here. Everybody in the workspace reads it.")
    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    PARAM = "param-"

    def __init__(self, data: Mapping[str, Any] | None, *, rule: Rule, override: RuleOverride | None) -> None:
        initial: dict[str, Any] = {"seen": override.version if override else 0}
        if override:
            initial |= {"off": override.off, "severity": override.severity, "reason": override.reason}
            initial |= {self.PARAM + name: _as_typed(value) for name, value in override.params.items()}
        super().__init__(data, initial=initial)
        self.rule = rule
        self.fields["severity"].help_text = f"Empty: as the catalog has it, {rule.severity}"
        for name, value in rule.params.items():
            self.fields[self.PARAM + name] = forms.CharField(
                label=f"Parameter {name}",
                required=False,
                max_length=200,
                help_text=f"Empty: as the catalog has it, {_as_typed(value)}",
            )
        self.order_fields(["off", "severity", *(self.PARAM + name for name in rule.params), "reason", "seen"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        self.params: dict[str, Any] = {}
        for name, value in self.rule.params.items():
            typed = (cleaned.get(self.PARAM + name) or "").strip()
            if typed:
                self.params[name] = _read_as(value, typed)
        return cleaned

    def content(self) -> dict[str, Any]:
        """What the action takes."""
        cleaned = self.cleaned_data
        return {
            "off": cleaned["off"],
            "severity": cleaned["severity"],
            "params": self.params,
            "reason": cleaned["reason"],
            "seen": cleaned["seen"],
        }

    def take_problems(self, told: Told) -> None:
        """Show what the action has refused at the fields that it is about."""
        for name, problems in told.items():
            self.add_error(name if name in self.fields else None, [ValidationError(text) for text in problems])

    def show_version(self, version: int) -> None:
        """Let the next save be one that has seen what somebody else has saved meanwhile."""
        self.data = {**{name: self.data.get(name) for name in self.data}, "seen": str(version)}


class TakeBackForm(forms.Form):
    """A word of why a workspace sees a rule as the catalog has it again."""

    reason = forms.CharField(required=False, max_length=500)
    seen = forms.IntegerField(min_value=1)


def _as_typed(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _read_as(like: Any, typed: str) -> Any:
    """Read what was typed as a value of the kind of another; what is none stays a text, and is refused as such."""
    if isinstance(like, str):
        return typed
    try:
        return json.loads(typed)
    except ValueError:
        return typed


class WhyForm(forms.Form):
    """A word of why something is done to the whole catalog, and the version that was in force when it was looked at."""

    why = forms.CharField(label="Why", max_length=500, help_text="It stands in the history.")
    now = forms.IntegerField(widget=forms.HiddenInput)


class PublishFileForm(forms.Form):
    """That a file is to be put in force, after it was seen what it changes in the version that is."""

    do = forms.ChoiceField(choices=[("publish", "Put in force")])
    now = forms.IntegerField(min_value=1)


class DecisionForm(forms.Form):
    """What is decided between a release and a change made here, and the revision of the entry that was seen."""

    choice = forms.ChoiceField(
        choices=[("theirs", "Take theirs"), ("ours", "Keep ours"), ("both", "Draft one of both")]
    )
    revision = forms.IntegerField(min_value=1)
