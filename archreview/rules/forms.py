"""Forms about the catalog and what workspaces change of it: checked as the actions check, each problem at its field."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, TypeVar

from django import forms
from django.core.exceptions import ValidationError

from archreview.interchange.catalogs import one_line
from archreview.interchange.documents import MappingNode, Problems, ScalarNode, read_document
from archreview.rules.checking import Told, check_override
from archreview.rules.models import Entry, Rule, RuleOverride

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
        if "reason" in self.errors:
            # The action is not asked then, and all that is wrong is to be told at once.
            content = {"off": cleaned["off"], "severity": cleaned.get("severity", ""), "params": self.params}
            self.take_problems(check_override(self.rule, content, reason="not given"))
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
        """Show what is refused at the fields that it is about: of each problem the first line, which has the place."""
        for name, problems in told.items():
            for text in problems:
                at = self.PARAM + text.split(" ", 1)[0] if name == "params" else name
                self.add_error(at if at in self.fields else None, ValidationError(text.splitlines()[0]))

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
