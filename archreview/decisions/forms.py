import difflib
import math
from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.utils.datastructures import MultiValueDict

from archreview.decisions.actions import Terms, Text
from archreview.decisions.binding import in_short, premise_key
from archreview.decisions.models import COMMENT_LENGTH, PEOPLE_LENGTH, TITLE_LENGTH, Decision, Status
from archreview.decisions.standing import Standings, fact_label
from archreview.engine.decisions import is_readable, name_in_words, said_in_words
from archreview.engine.language import names_of
from archreview.engine.language.schema import Kind
from archreview.engine.model import STYLES
from archreview.rendering import MARKDOWN_LIMIT, RenderingFailed, markdown_to_html
from archreview.workspaces.models import Workspace

NAMES = "Names, separated by commas."
PEOPLE = ("decision_makers", "consulted", "informed")
MOST_ADDED = 1000
SPOKEN: dict[str, object] = {"yes": True, "true": True, "no": False, "false": False}


class DecisionForm(forms.Form):
    """
    The title, the Markdown and the people. `html` is the body laid out, once the form is valid.

    Of the people, `members` of the workspace are picked; whoever else has a part in it is written by name.
    """

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
    tags = forms.CharField(required=False, max_length=PEOPLE_LENGTH, help_text="Words, separated by commas.")
    version = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)

    html = ""

    def __init__(self, *args: Any, members: Sequence[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in PEOPLE:
            self.fields[f"{name}_members"] = forms.MultipleChoiceField(
                label=f"{self[name].label}: members",
                choices=[(member, member) for member in members],
                required=False,
                widget=forms.CheckboxSelectMultiple,
            )
            if name in self.initial and f"{name}_members" not in self.initial:
                named = names_in(str(self.initial[name]))
                picked, others = ([one for one in named if (one in members) is inside] for inside in (True, False))
                self.initial.update({f"{name}_members": picked, name: ", ".join(others)})

    def clean(self) -> dict[str, Any]:
        """Put the members that were picked before the names that were written."""
        data = super().clean() or self.cleaned_data
        for name in PEOPLE:
            together = ", ".join(dict.fromkeys([*data.get(f"{name}_members", ()), *names_in(data.get(name, ""))]))
            if len(together) > PEOPLE_LENGTH:
                self.add_error(name, f"These are too many names: at most {PEOPLE_LENGTH:,} characters.")
            data[name] = together
        return data

    @property
    def people(self) -> list[tuple[Any, Any]]:
        """The two fields of each part that people have: members to pick, names to write."""
        return [(self[f"{name}_members"], self[name]) for name in PEOPLE]

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
            tags=data["tags"],
        )


class TermsForm(forms.Form):
    """
    What the decision binds once it is accepted: whose place it takes, what must hold, and what it rests on.

    What is stored, which is what the generator proposed or somebody chose, is ticked; more is added by name. A page
    that does not send the form leaves all of it as it is (`sent`).
    """

    terms = forms.CharField(initial="1", required=False, widget=forms.HiddenInput)
    will_supersede = forms.ModelChoiceField(
        label="Takes the place of",
        queryset=Decision.objects.none(),
        required=False,
        empty_label="no other decision",
        help_text="The other one is superseded when this one is accepted, not before.",
    )
    edge = forms.CharField(
        label="Covers the edge", required=False, max_length=100, help_text="The id of an edge; empty where it is none."
    )
    styles = forms.MultipleChoiceField(
        label="Its style must be one of",
        choices=[(style, style.replace("_", " ")) for style in STYLES],
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    facts = forms.MultipleChoiceField(
        label="These facts of it must hold", required=False, widget=forms.CheckboxSelectMultiple
    )
    more_facts = forms.CharField(
        label="Further facts",
        required=False,
        max_length=MOST_ADDED,
        help_text="For example: circuit_breaker = yes, timeout_ms = 500. A name alone stands for its value today.",
    )
    rules = forms.MultipleChoiceField(
        label="These rules must find nothing about it", required=False, widget=forms.CheckboxSelectMultiple
    )
    more_rules = forms.CharField(
        label="Further rules", required=False, max_length=MOST_ADDED, help_text="Codes, for example: RES-001, MSG-005."
    )
    also = forms.MultipleChoiceField(
        label="It changes these edges, of which must hold", required=False, widget=forms.CheckboxSelectMultiple
    )
    premises = forms.MultipleChoiceField(
        label="It rests on these facts", required=False, widget=forms.CheckboxSelectMultiple
    )
    more_premises = forms.CharField(
        label="Further premises",
        required=False,
        max_length=MOST_ADDED,
        help_text="Names of facts of the edge, for example: latency_p99_ms, answers.fan_out. Their value today counts.",
    )

    def __init__(
        self, *args: Any, workspace: Workspace, decision: Decision | None, standings: Standings, **kwargs: Any
    ) -> None:
        self.standings = standings
        self.stored: dict[str, Any] = decision.confirmation if decision is not None else {}
        self.known: list[dict[str, Any]] = list(decision.facts) if decision is not None else []
        self.edge_before = str(self.stored.get("edge", ""))
        self.flow = str(self.stored.get("flow", ""))
        super().__init__(*args, **kwargs)
        accepted = Decision.objects.filter(workspace=workspace, status=Status.ACCEPTED).order_by("-number")
        _choose_from(self, "will_supersede", accepted)
        stored_facts = self.stored.get("facts", ())
        _offer(
            self,
            "facts",
            [(f["fact"], f"{fact_label(f['fact'])}: {_words(f['fact'], f['value'])}") for f in stored_facts],
        )
        codes = self.stored.get("rules", ())
        _offer(self, "rules", [(code, f"{code} {standings.rule_names.get(code, '')}".strip()) for code in codes])
        _offer(self, "also", [(part["edge"], self._part_label(part)) for part in self.stored.get("also", ())])
        offered = [fact for fact in self.known if not self._is_of_a_part(fact)]
        named = [(premise_key(fact, edge=self.edge_before), self._premise_label(fact)) for fact in offered]
        _offer(self, "premises", named)

    @staticmethod
    def initial_of(decision: Decision | None) -> dict[str, Any]:
        """What is stored, as the form shows it."""
        if decision is None:
            return {"terms": "1"}
        stored = decision.confirmation
        return {
            "terms": "1",
            "will_supersede": decision.will_supersede_id,
            "edge": stored.get("edge", ""),
            "styles": stored.get("styles", []),
            "facts": [fact["fact"] for fact in stored.get("facts", [])],
            "rules": stored.get("rules", []),
            "also": [part["edge"] for part in stored.get("also", [])],
            "premises": stored.get("premises", []),
        }

    @property
    def sent(self) -> bool:
        """Whether the page had this form at all."""
        return "terms" in self.data

    @property
    def chosen(self) -> Terms | None:
        """What is bound, of a valid form; None leaves it as it is."""
        if not self.sent:
            return None
        data = self.cleaned_data
        edge = data["edge"]
        stored = {fact["fact"]: fact["value"] for fact in self.stored.get("facts", ())}
        facts = {name: stored[name] for name in data["facts"]} | data["more_facts"]
        known = [fact for fact in self.known if (fact["kind"], fact["id"], fact["fact"]) not in self._renewed(edge)]
        kept = {premise_key(fact, edge=edge) for fact in known if self._key_before(fact) in data["premises"]}
        added = [self._fact_today(edge, name) for name in data["more_premises"]]
        known += added
        premises = [key for fact in known if (key := premise_key(fact, edge=edge)) in kept or fact in added]
        confirmation = {
            "edge": edge,
            "styles": data["styles"],
            "facts": [{"fact": name, "value": value} for name, value in facts.items()],
            "rules": sorted({*data["rules"], *data["more_rules"]}),
            "premises": list(dict.fromkeys(premises)),
        }
        if self.flow:
            confirmation["flow"] = self.flow
        also = [part for part in self.stored.get("also", ()) if part["edge"] in data["also"]]
        if also:
            confirmation["also"] = also
        return Terms(confirmation=confirmation, facts=known, will_supersede=data["will_supersede"])

    def clean_edge(self) -> str:
        edge = str(self.cleaned_data["edge"]).strip()
        if edge and edge not in self.standings.edges:
            raise forms.ValidationError(f"There is no edge “{edge}”.{_nearest(edge, self.standings.edges)}")
        return edge

    def clean_more_rules(self) -> list[str]:
        codes = [code.upper() for code in names_in(self.cleaned_data["more_rules"])]
        unknown = [code for code in codes if code not in self.standings.rule_names]
        if unknown:
            raise forms.ValidationError(
                [f"There is no rule “{code}” in force.{_nearest(code, self.standings.rule_names)}" for code in unknown]
            )
        return codes

    def clean_more_premises(self) -> list[str]:
        names = names_in(self.cleaned_data["more_premises"])
        _check_names(names)
        return names

    def clean_more_facts(self) -> dict[str, object]:
        given = [
            (name.strip(), value.strip() if sign else None)
            for name, sign, value in (part.partition("=") for part in names_in(self.cleaned_data["more_facts"]))
        ]
        _check_names([name for name, _ in given])
        return {name: None if value is None else _value(name, value) for name, value in given}

    def clean(self) -> dict[str, Any]:
        """What must hold needs an edge that it holds of; a fact without a value takes the one of today."""
        data = super().clean() or self.cleaned_data
        edge = data.get("edge", "")
        of_a_flow = ("rules", "more_rules") if self.flow else ()
        binding = {"styles", "facts", "more_facts", "rules", "more_rules", "more_premises"}.difference(of_a_flow)
        if not edge and "edge" in data and any(data.get(name) for name in binding):
            self.add_error("edge", "Name the edge that this must hold of.")
        if edge and "more_facts" in data:
            data["more_facts"] = {
                name: _stored(self.standings.value_now("edge", edge, name)) if value is None else value
                for name, value in data["more_facts"].items()
            }
            for name in [name for name, value in data["more_facts"].items() if value is None]:
                self.add_error("more_facts", f"“{name}” is not known today: write the value that it must have.")
        return data

    def _key_before(self, fact: dict[str, Any]) -> str:
        return premise_key(fact, edge=self.edge_before)

    def _renewed(self, edge: str) -> set[tuple[str, str, str]]:
        return {("edge", edge, name) for name in self.cleaned_data["more_premises"]}

    def _fact_today(self, edge: str, name: str) -> dict[str, Any]:
        value = _stored(self.standings.value_now("edge", edge, name))
        basis = "unknown" if value is None else "registered"
        return {"kind": "edge", "id": edge, "fact": name, "value": value, "basis": basis, "by": "", "at": "", "why": ""}

    def _is_of_a_part(self, fact: dict[str, Any]) -> bool:
        """Whether it is a premise of one of the edges that the decision changes: it is ticked together with that."""
        of_parts = {("edge", part["edge"], name) for part in self.stored.get("also", ()) for name in part["premises"]}
        return (fact["kind"], fact["id"], fact["fact"]) in of_parts

    def _part_label(self, part: dict[str, Any]) -> str:
        premises = [name_in_words(name) for name in part["premises"]]
        bound = in_short({**part, "edge": "", "premises": premises})
        return f"{self.standings.name_of('edge', part['edge'])}: {bound}"

    def _premise_label(self, fact: dict[str, Any]) -> str:
        own = (fact["kind"], fact["id"]) == ("edge", self.edge_before)
        about = "" if own else f" of {self.standings.name_of(fact['kind'], fact['id'])}"
        return f"{fact_label(fact['fact'])}{about}: {_words(fact['fact'], fact['value'])}"


class CommentForm(forms.Form):
    """What somebody says about a decision: plain text."""

    text = forms.CharField(
        label="Comment", max_length=COMMENT_LENGTH, widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "true"})
    )
    version = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)


def values_of(form: forms.Form, typed: MultiValueDict[str, str]) -> dict[str, Any]:
    """What somebody had typed, as first values of the form."""
    return {
        name: typed.getlist(name) if isinstance(field, forms.MultipleChoiceField) else typed.get(name, "")
        for name, field in form.fields.items()
    }


def names_in(text: str) -> list[str]:
    """Names that are separated by commas or lines, each once."""
    return list(dict.fromkeys(name for part in text.replace("\n", ",").split(",") if (name := part.strip())))


def _offer(form: forms.Form, name: str, choices: Iterable[tuple[str, str]]) -> None:
    field = form.fields[name]
    if isinstance(field, forms.MultipleChoiceField):
        field.choices = list(dict(choices).items())


def _choose_from(form: forms.Form, name: str, queryset: Any) -> None:
    field = form.fields[name]
    if isinstance(field, forms.ModelChoiceField):
        field.queryset = queryset


def _words(fact: str, value: object) -> str:
    return said_in_words(fact, value)


def _check_names(names: Iterable[str]) -> None:
    known = [path.removeprefix("edge.") for path in names_of("edge") if path.startswith("edge.")]
    unknown = [name for name in names if not is_readable("edge", name)]
    if unknown:
        raise forms.ValidationError([f"An edge has no fact “{name}”.{_nearest(name, known)}" for name in unknown])


def _value(name: str, text: str) -> object:
    """A value as it was written, of the type that the fact has."""
    type_ = names_of("edge")[f"edge.{name}"].type
    if type_.kind is Kind.BOOLEAN:
        if text.lower() not in SPOKEN:
            raise forms.ValidationError(f"“{name}” is yes or no, not “{text}”.")
        return SPOKEN[text.lower()]
    if type_.kind is Kind.NUMBER and text.lower() != "none":
        try:
            number = float(text)
        except ValueError:
            raise forms.ValidationError(f"“{name}” is a number, not “{text}”.") from None
        if not math.isfinite(number):
            raise forms.ValidationError(f"“{name}” is a number, not “{text}”.")
        return int(number) if number.is_integer() else number
    if type_.kind is Kind.CHOICE and not type_.open and text not in type_.choices:
        raise forms.ValidationError(f"“{name}” cannot be “{text}”.{_nearest(text, type_.choices)}")
    return text


def _stored(value: object) -> Any:
    """A value as a decision stores it: the word for what is known to be absent."""
    return "none" if value == "" or value == float("inf") else value


def _nearest(name: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(name, list(known), n=1)
    return f" Did you mean “{close[0]}”?" if close else ""


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
