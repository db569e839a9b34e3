"""
What everybody sees alike of the item that a session is at: its verdict, the questions in their order, the pictures.

Twelve people look at one item, and all their pages ask for it at once when something in it has changed. It is made once
in a process for all of them. Nothing in it is anybody's own; above all it holds no votes, which come by their one door.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString

from archreview.decisions.queries import decisions_about
from archreview.drawing import draw_waterfall, waterfall_table
from archreview.drawing.reviewed import waterfall_of
from archreview.engine.results import Subject
from archreview.registry.fields import ANSWER_PREFIX, FIELD_BY_NAME, from_json
from archreview.registry.models import Edge, Statement
from archreview.registry.queries import edges_of, history_of
from archreview.reviews import telling
from archreview.reviews.analyses import Analysis
from archreview.reviews.asking import Asked, around, asked_fact, doubts_about, said
from archreview.reviews.edge_page import EdgePage, pitfalls
from archreview.reviews.models import AgendaItem, Ballot
from archreview.reviews.polling import Kept
from archreview.reviews.shown_ballots import is_votable
from archreview.web.pieces import VerdictPart
from archreview.workspaces.models import Workspace

LATEST_STATEMENTS = 8
# All pages ask within a few seconds of a change; whoever opens the page gets it made anew in any case.
SHARED_SECONDS, MOST_SESSIONS = 10.0, 200

Question = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class SaidLine:
    """A statement in words."""

    label: str
    value: str
    said: str
    note: str


class SharedItem:
    """
    An item as everybody sees it, at one version of the session and of the model.

    `asked` are its questions: those that verdicts and rules wait for, the next ones first, then what else was voted on.
    """

    def __init__(self, analysis: Analysis, workspace: Workspace, row: Edge, stored: Iterable[Ballot]) -> None:
        self.analysis = analysis
        self.workspace = workspace
        self.page = EdgePage(
            analysis,
            row.slug,
            workspace=workspace.slug,
            history=history_of(row),
            doubts=doubts_about(workspace, around(analysis.edges[row.slug])),
        )
        self.asked = questions_of(self.page, stored)
        self.decisions = list(decisions_about(workspace, "edge", row.slug))

    @cached_property
    def context(self) -> dict[str, Any]:
        """What the templates need of it."""
        page = self.page
        return {
            "edge": page.edge,
            "reviewed": page.reviewed,
            "name": self.analysis.name_of("edge", page.id),
            "pitfalls": pitfalls(self.analysis, self.analysis.findings_about("edge", page.id)),
            "other_facts": [asked for asked in page.open_facts() if asked.control is not None],
            "verdict_in_room": self._verdict(),
            "beside": self.beside,
        }

    @cached_property
    def beside(self) -> SafeString:
        """The pictures, the history and the decisions, drawn."""
        context = {
            **self.page.neighbourhood(),
            **self._flow(),
            "workspace": self.workspace,
            "history": self._history(),
            "decisions": self.decisions,
        }
        return render_to_string("sessions/_beside.html", context)

    def answered_questions(self) -> list[Asked]:
        """The questions that somebody has answered, which the lead can put to the vote all the same."""
        here = {asked.fact for asked in self.asked if asked.subject == ("edge", self.page.id)}
        uses = self.page.reviewed.uses
        return [self.page.asked(use.question) for use in uses if f"{ANSWER_PREFIX}{use.question}" not in here]

    def _flow(self) -> dict[str, Any]:
        """The flow in which the edge stands latest, as a waterfall; nothing where no flow uses it."""
        page, analysis = self.page, self.analysis
        hop = page.reviewed.hop
        flows = analysis.flows_of_edge.get(page.id, ())
        flow = hop.flow if hop is not None and hop.flow is not None else next(iter(flows), None)
        if flow is None:
            return {"flow_id": "", "waterfall_svg": "", "waterfall_table": None, "flow_name": ""}
        waterfall = waterfall_of(
            analysis.flows[flow], analysis.flow_reviews[flow], analysis.architecture, href=page.href
        )
        return {
            "flow_id": flow,
            "flow_name": analysis.name_of("flow", flow),
            "waterfall_svg": draw_waterfall(waterfall),
            "waterfall_table": waterfall_table(waterfall),
        }

    def _verdict(self) -> list[VerdictPart]:
        """The verdict line, each part leading to its reason on the edge's own page."""
        url = reverse("reviews:edge", args=[self.workspace.slug, self.page.id])
        parts = telling.verdict_line(self.page.reviewed)
        return [replace(part, url=f"{url}{part.url}" if part.url else "") for part in parts]

    def _history(self) -> list[SaidLine]:
        """The latest statements about the edge, whoever made them."""
        statements = [one for statements in self.page.history.values() for one in statements]
        return [
            SaidLine(
                label=telling.label(one.fact.removeprefix(ANSWER_PREFIX)),
                value=_value_in_words(one),
                said=said(one),
                note=one.note,
            )
            for one in sorted(statements, key=lambda one: -one.pk)[:LATEST_STATEMENTS]
        ]


def questions_of(page: EdgePage, stored: Iterable[Ballot]) -> list[Asked]:
    """
    The questions about an edge that can be voted on: those that verdicts and rules wait for, the next ones first, and
    what was voted on. Only what is answered with yes or no can be.
    """
    asked: dict[Question, Asked] = {(*each.subject, each.fact): each for each in _open_questions(page)}
    for ballot in stored:
        subject = Subject(ballot.subject_kind, ballot.subject_id)
        if question_of(ballot) not in asked and _is_known(page.analysis, subject):
            asked[question_of(ballot)] = _asked(page, subject, ballot.fact)
    return list(asked.values())


def question_of(ballot: Ballot) -> Question:
    """The kind and id of what the ballot is about, and the fact."""
    return ballot.subject_kind, ballot.subject_id, ballot.fact


def _open_questions(page: EdgePage) -> Iterator[Asked]:
    next_ones = page.next_questions()
    yield from next_ones
    facts = {asked.fact for asked in next_ones}
    for question in page.analysis.questions_about("edge", page.id):
        if question.fact not in facts and is_votable("edge", question.fact):
            yield _asked(page, question.subject, question.fact)
    for asked in page.open_facts():
        if asked.subject.kind != "edge" and is_votable(asked.subject.kind, asked.fact):
            yield asked


def _asked(page: EdgePage, subject: Subject, fact: str) -> Asked:
    if subject != ("edge", page.id):
        return asked_fact(page.analysis, subject, fact, about=page.analysis.name_of(*subject))
    if fact.startswith(ANSWER_PREFIX):
        return page.asked(fact.removeprefix(ANSWER_PREFIX))
    statements, waiting = page.history.get(fact, []), page.waiting.get(fact, ())
    return asked_fact(page.analysis, subject, fact, statements=statements, waiting=waiting)


def _is_known(analysis: Analysis, subject: Subject) -> bool:
    things = {"edge": analysis.edges, "service": analysis.services, "channel": analysis.channels}
    return subject.id in things.get(subject.kind, {})


def _value_in_words(statement: Statement) -> str:
    value = from_json(FIELD_BY_NAME["edge"][statement.fact], statement.value)
    return "don’t know" if value is None else telling.said_of_fact(statement.fact, value)


# By session, with what it was made at: the item, and the versions of the agenda and of the facts.
_kept: Kept[tuple[tuple[int, int, int], SharedItem]] = Kept(SHARED_SECONDS, MOST_SESSIONS)
# So that those who ask at once wait for the first of them, and do not all do the same.
_making = tuple(threading.Lock() for _ in range(16))


def shared_item(
    item: AgendaItem, analysis: Analysis, workspace: Workspace, stored: Iterable[Ballot], *, anew: bool
) -> SharedItem | None:
    """
    Give the item as everybody sees it at these versions of its session and this analysis; None where the edge is gone.

    `anew` makes it in any case, for whoever opens the page and expects what others have written meanwhile, also where
    it made no version.
    """
    session = item.session
    at = item.pk, session.agenda_version, session.facts_version
    with _making[session.pk % len(_making)]:
        kept = None if anew else _kept.get(session.pk)
        if kept is not None and kept[0] == at and kept[1].analysis is analysis:
            return kept[1]
        row = edges_of(workspace).filter(slug=item.edge).first()
        if row is None or item.edge not in analysis.edges:
            return None
        row.workspace = workspace
        made = SharedItem(analysis, workspace, row, stored)
        # Drawn here, where the others wait for it.
        made.context  # noqa: B018 - it is made by being asked for
        _kept.put(session.pk, (at, made))
        return made


def forget_shared_items() -> None:
    """Drop all that is kept; for tests, in which keys come again."""
    _kept.values.clear()
