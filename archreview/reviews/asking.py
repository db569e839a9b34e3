"""The questions as people see them: about an edge, or about a service or a channel beside it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from django.db.models import F, Q
from django.forms import BoundField
from django.utils.formats import date_format

from archreview.engine.model import Edge
from archreview.engine.questions import FACT_QUESTIONS, QUESTION_BY_KEY
from archreview.engine.results import OpenQuestion, Subject
from archreview.registry.fields import ANSWER_PREFIX, FIELD_BY_NAME, from_json
from archreview.registry.models import Statement
from archreview.registry.models.statement import State
from archreview.reviews import telling
from archreview.reviews.analyses import Analysis
from archreview.reviews.forms import KINDS, StatementForm, can_be_stated, is_yes_or_no
from archreview.workspaces.models import Workspace


@dataclass(frozen=True, slots=True)
class Asked:
    """
    A question with the means to answer it.

    `fact` is its name as posted; `subject` what it is about, `about` that thing's name where the page is about another.
    A yes-or-no question has `value` and `derived` ("true", "false", "unknown" or "") as the tri-state component takes
    them; any other has a `control`, and its `unit`. `said` tells who, when, `note` why, `earlier` what was said before,
    `waiting` what hangs on it; `error` what was wrong with the answer just given. `in_list` says that the page asks
    about many things.
    """

    subject: Subject
    fact: str
    text: str
    help: str
    value: str = ""
    derived: str = ""
    reason: str = ""
    said: str = ""
    note: str = ""
    earlier: tuple[str, ...] = ()
    waiting: tuple[str, ...] = ()
    about: str = ""
    control: BoundField | None = None
    error: str = ""
    in_list: bool = False

    @property
    def name(self) -> str:
        """A part of HTML ids, unique on a page: with what it is about, where that is not what the page is about."""
        fact = slug_of(self.fact)
        here = self.subject.kind == "edge" and not self.in_list
        return fact if here else f"{self.subject.kind}-{self.subject.id}-{fact}"


def slug_of(text: str) -> str:
    """Give an id or a fact's name as a part of an HTML id."""
    return text.replace(".", "-").replace("_", "-")


def anchor_of(question: OpenQuestion | Asked) -> str:
    """Give the HTML id of a question of an edge on the edge's page."""
    return f"question-{slug_of(question.fact)}"


def asked_fact(
    analysis: Analysis,
    subject: Subject,
    fact: str,
    *,
    statements: Sequence[Statement] = (),
    waiting: tuple[str, ...] = (),
    about: str = "",
    in_list: bool = False,
) -> Asked:
    """Ask for a fact; `statements` are what was said about it, what counts first."""
    kind = subject.kind
    current = next((statement for statement in statements if statement.state == "current"), None)
    text, help_ = wording(kind, fact)
    asked = Asked(
        subject=subject,
        fact=fact,
        text=text,
        help=help_,
        said=said(current) if current else "",
        note=current.note if current else "",
        earlier=earlier(kind, fact, statements),
        waiting=waiting,
        about=about,
        in_list=in_list,
    )
    if current is not None:
        asked = replace(asked, value={True: "true", False: "false", None: "unknown"}.get(current.value, "stated"))
    if can_be_stated(kind, fact) and not is_yes_or_no(kind, fact):
        value = from_json(FIELD_BY_NAME[kind][fact], current.value) if current else None
        return replace(asked, control=control(analysis, asked, value=value))
    return asked


def control(analysis: Analysis, asked: Asked, *, value: object = None, form: StatementForm | None = None) -> BoundField:
    """Give the control in which a fact that is no yes or no is filled in; `form` has what was just refused."""
    if form is None:
        form = StatementForm(kind=asked.subject.kind, fact=asked.fact, channels=channel_choices(analysis, asked.fact))
        form.initial = {"value": value}
    form.auto_id = f"question-{asked.name}-%s"
    field = form.fields["value"]
    field.label = asked.text
    if getattr(field, "proposals", ()):
        field.widget.attrs["list"] = f"question-{asked.name}-proposals"
    return form["value"]


def refused(analysis: Analysis, asked: Asked, form: StatementForm, error: str) -> Asked:
    """Give the question with the answer that could not be taken, and why."""
    note = str(form.data.get("note", ""))
    if "value" in form.fields:
        return replace(asked, note=note, error=error, control=control(analysis, asked, form=form))
    return replace(asked, note=note, error=error)


def channel_choices(analysis: Analysis, fact: str) -> list[tuple[str, str]]:
    """Give the channels that an edge may travel over, by name; none where the fact is not the channel."""
    if fact != "channel":
        return []
    return sorted(((id_, analysis.name_of("channel", id_)) for id_ in analysis.channels), key=lambda pair: pair[1])


def wording(kind: str, fact: str) -> tuple[str, str]:
    """Give the question as a person asks it, and what helps to answer it."""
    if fact.startswith(ANSWER_PREFIX):
        judged = QUESTION_BY_KEY[fact.removeprefix(ANSWER_PREFIX)]
        return judged.text, judged.help
    field = FIELD_BY_NAME[kind].get(fact)
    meaning = field.fact.meaning if field is not None and field.fact is not None else ""
    # Whatever a team registers beside facts, such as the steps of a flow, goes by its name.
    question = FACT_QUESTIONS.get(kind, {}).get(fact) or f"{telling.label(fact)}?"
    return question, f"{meaning[:1].upper()}{meaning[1:]}." if meaning else ""


def said(statement: Statement) -> str:
    """Give who said it and when, in a line."""
    who = statement.by or statement.source
    via = f" ({statement.source})" if statement.by and statement.source else ""
    when = statement.at or f"{date_format(statement.recorded_at, 'j M Y, H:i')} UTC"
    return f"{who}{via}, {when}"


def earlier(kind: str, fact: str, statements: Sequence[Statement]) -> tuple[str, ...]:
    """Give what was said before, and what others say beside it, newest first."""
    words = {"beside": "says otherwise", "replaced": "earlier"}
    field = FIELD_BY_NAME[kind][fact]
    unit = field.fact.unit if field.fact else ""
    lines = []
    for statement in statements[:6]:
        if statement.state in words:
            stated = from_json(field, statement.value)
            value = "don’t know" if stated is None else telling.fact_value(stated, unit)
            lines.append(f"{words[statement.state]}: {value} ({said(statement)})")
    return tuple(lines)


def around(value: Edge) -> list[Subject]:
    """Give the things beside an edge: its two services, and its channel."""
    beside = [Subject("service", value.source), Subject("service", value.target)]
    return [*beside, Subject("channel", value.channel)] if value.channel else beside


def open_facts_around(analysis: Analysis, edge: str, *, doubts: Mapping[tuple[Subject, str], Statement]) -> list[Asked]:
    """Ask for the facts of the things beside an edge that rules about edges wait for."""
    rules = frozenset(rule.code for rule in analysis.catalog.rules if rule.scope == "edge")
    found = []
    for subject in around(analysis.edges[edge]):
        for question in analysis.questions_about(*subject):
            waiting = tuple(code for code in question.waiting if code in rules)
            doubt = doubts.get((subject, question.fact))
            if waiting:
                found.append(
                    asked_fact(
                        analysis,
                        subject,
                        question.fact,
                        statements=[doubt] if doubt else (),
                        waiting=waiting,
                        about=analysis.name_of(*subject),
                    )
                )
    return found


def doubts_about(workspace: Workspace, subjects: Iterable[Subject]) -> dict[tuple[Subject, str], Statement]:
    """Give who has said "don't know" about facts of these things. One query."""
    slugs: dict[str, set[str]] = {kind: set() for kind in KINDS}
    for kind, id_ in subjects:
        if kind in slugs:
            slugs[kind].add(id_)
    about = Q()
    for kind, ids in slugs.items():
        about |= Q(**{f"{kind}__slug__in": ids})
    current = Statement.objects.filter(about, workspace=workspace, state=State.CURRENT, value__isnull=True)
    found = {}
    for statement in current.annotate(**{f"{kind}_slug": F(f"{kind}__slug") for kind in KINDS}):
        kind = next(kind for kind in KINDS if getattr(statement, f"{kind}_id") is not None)
        found[Subject(kind, getattr(statement, f"{kind}_slug")), statement.fact] = statement
    return found


def rule_weights(analysis: Analysis) -> dict[str, int]:
    """Give how much an answer is worth to what waits for it: to a rule by its severity."""
    worth = {"critical": 40, "high": 20, "medium": 8, "low": 3, "info": 1}
    weights = {code: worth.get(rule.severity, 20) for code, rule in analysis.rules.items()}
    return {**weights, "matrix": 30, "tree": 30}
