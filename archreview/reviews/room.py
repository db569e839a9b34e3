"""What the page of a session shows: its people, its agenda, and the item that everybody looks at."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from django.contrib.auth.models import User
from django.urls import reverse
from django.utils import timezone

from archreview.decisions.queries import decisions_about
from archreview.drawing import draw_waterfall, waterfall_table
from archreview.drawing.reviewed import waterfall_of
from archreview.engine.results import Subject
from archreview.registry.fields import ANSWER_PREFIX, FIELD_BY_NAME, from_json
from archreview.registry.models import Edge, Statement
from archreview.registry.queries import channels_of, edges_of, history_of, services_of
from archreview.reviews import telling
from archreview.reviews.analyses import Analysis, current_analysis
from archreview.reviews.asking import Asked, around, asked_fact, doubts_about, said, wording
from archreview.reviews.edge_page import EdgePage
from archreview.reviews.minutes import outcome_in_words
from archreview.reviews.models import AgendaItem, Ballot, Participant, ReviewSession
from archreview.reviews.models.session import State
from archreview.reviews.queries.sessions import items_of, participants_of, voters_of
from archreview.reviews.queries.votes import ShownVotes, shown_votes
from archreview.reviews.scopes import reason_in_words
from archreview.reviews.session_forms import OutcomeForm
from archreview.reviews.shown_ballots import BallotCount, ShownBallot, is_votable, slug_of
from archreview.web.pieces import VerdictPart
from archreview.workspaces.models import Workspace

# Open questions that stand on the page at once; the others wait folded away.
FIRST_QUESTIONS = 5
LATEST_STATEMENTS = 8


@dataclass(frozen=True, slots=True)
class SaidLine:
    """A statement in words."""

    label: str
    value: str
    said: str
    note: str


class Room:
    """
    A session as one person sees it.

    `may_vote` says that the person takes part with a vote, `may_lead` that they may do what the lead does.
    """

    def __init__(
        self, session: ReviewSession, workspace: Workspace, *, user: User, may_lead: bool, may_review: bool
    ) -> None:
        self.session = session
        self.workspace = workspace
        self.user = user
        self.may_lead = may_lead
        self.may_review = may_review

    @cached_property
    def participants(self) -> list[Participant]:
        return list(participants_of(self.session))

    @cached_property
    def waited_for(self) -> frozenset[int]:
        """The keys of the people whose votes are waited for."""
        return voters_of(self.session)

    @property
    def is_here(self) -> bool:
        """Whether the person has joined."""
        return any(p.user_id == self.user.pk and p.left_at is None for p in self.participants)

    @property
    def may_vote(self) -> bool:
        return self.user.pk in self.waited_for and not self.session.is_closed

    @cached_property
    def items(self) -> list[AgendaItem]:
        return list(items_of(self.session))

    @property
    def current(self) -> AgendaItem | None:
        return self.session.current

    @cached_property
    def analysis(self) -> Analysis:
        return current_analysis(self.workspace)

    # -- parts ----------------------------------------------------------------------------------------------------

    def head(self) -> dict[str, Any]:
        """Where the session stands, the clock of the item, and what the lead can do."""
        place = self.items.index(self.current) if self.current in self.items else -1
        since = self.session.current_since
        elapsed = int((timezone.now() - since).total_seconds()) if since else 0
        return {
            "session": self.session,
            "current": self.current,
            "place": place + 1,
            "item_count": len(self.items),
            "is_first": place <= 0,
            "is_last": place == len(self.items) - 1,
            "elapsed": elapsed + (self.current.seconds if self.current else 0),
            "may_lead": self.may_lead,
            "is_here": self.is_here,
        }

    def people(self) -> dict[str, Any]:
        """Who is here, who is away, and who left."""
        return {
            "here": [p for p in self.participants if p.left_at is None and not p.away],
            "away": [p for p in self.participants if p.left_at is None and p.away],
            "left": [p for p in self.participants if p.left_at is not None],
            "lead_id": self.session.lead_id,
        }

    def agenda(self) -> dict[str, Any]:
        """The items, each with the reasons why it is there."""
        rows = [(item, [reason_in_words(self.analysis, reason) for reason in item.reasons]) for item in self.items]
        return {
            "agenda": rows,
            "minutes_planned": sum(item.minutes for item in self.items),
            "done_count": sum(item.is_done for item in self.items),
        }

    def item(self, *, outcome_form: OutcomeForm | None = None) -> dict[str, Any]:
        """The current item: verdict, questions, pictures, findings, decisions, outcome. Asks for the analysis."""
        item = self.current
        if item is None or self.session.state == State.PLANNED:
            return {"item": None}
        if item.edge not in self.analysis.edges:
            return {"item": item, "edge_gone": True}
        row = edges_of(self.workspace).filter(slug=item.edge).first()
        if row is None:
            return {"item": item, "edge_gone": True}
        row.workspace = self.workspace
        ballots = self.ballots(item, row)
        questions = [ballot for ballot in ballots if not ballot.is_settled]
        return {
            "item": item,
            "edge_gone": False,
            **self._page.context(),
            **self._page.neighbourhood(),
            **self._flow(),
            "ballots": questions[:FIRST_QUESTIONS],
            "more_ballots": questions[FIRST_QUESTIONS:],
            "settled_ballots": [ballot for ballot in ballots if ballot.is_settled],
            "answered_questions": self.answered_questions(item, ballots) if self.may_lead else [],
            "other_facts": [asked for asked in self._page.open_facts() if asked.control is not None],
            "decisions": list(decisions_about(self.workspace, "edge", item.edge)),
            "history": self._history(),
            "verdict_in_room": self._verdict(),
            "outcome_words": outcome_in_words(item),
            "is_taking_part": self.may_vote,
            "outcome_form": outcome_form or OutcomeForm.of(item, self.workspace),
            "outcome_error": bool(outcome_form and outcome_form.errors),
        }

    def ballots(self, item: AgendaItem, row: Edge) -> list[ShownBallot]:
        """
        The questions of an item: those that verdicts and rules wait for, the next ones first, and what was voted on.

        Only what is answered with yes or no can be voted on.
        """
        self._page = EdgePage(
            self.analysis,
            item.edge,
            workspace=self.workspace.slug,
            history=history_of(row),
            doubts=doubts_about(self.workspace, around(self.analysis.edges[item.edge])),
        )
        stored = list(item.ballots.all())
        return self._ballots(item, stored, shown_votes(stored, user=self.user, waited_for=self.waited_for))

    def ahead(self, *, team: str = "") -> list[tuple[AgendaItem, list[ShownBallot]]]:
        """
        The items with the questions that nobody has seen the votes of, for one person alone; of edges of the team's
        services where one is named. Without what was said before, so that any agenda takes two queries.
        """
        ballots: dict[int, list[Ballot]] = {item.pk: [] for item in self.items}
        for ballot in Ballot.objects.filter(item__session=self.session):
            ballots[ballot.item_id].append(ballot)
        everything = [ballot for of_item in ballots.values() for ballot in of_item]
        shown = shown_votes(everything, user=self.user, waited_for=self.waited_for)
        found = []
        for item in self.items:
            edge = self.analysis.edges.get(item.edge)
            if edge is None:
                continue
            if team and team not in {self.analysis.services[end].team for end in (edge.source, edge.target)}:
                continue
            self._page = EdgePage(self.analysis, item.edge, workspace=self.workspace.slug, history={}, doubts={})
            asked = self._ballots(item, ballots[item.pk], shown)
            found.append((item, [ballot for ballot in asked if not ballot.is_revealed]))
        return found

    def _ballots(
        self, item: AgendaItem, ballots: Sequence[Ballot], shown: Mapping[int, ShownVotes]
    ) -> list[ShownBallot]:
        stored = {(b.subject_kind, b.subject_id, b.fact): b for b in ballots}
        asked = {(*each.subject, each.fact): each for each in self._open_questions(item.edge)}
        for kind, id_, fact in stored:
            if (kind, id_, fact) not in asked and self._is_known(Subject(kind, id_)):
                asked[kind, id_, fact] = self._asked(item.edge, Subject(kind, id_), fact)
        return [
            self.shown_ballot(item, each, shown[stored[key].pk] if key in stored else None)
            for key, each in asked.items()
        ]

    def shown_ballot(
        self, item: AgendaItem, asked: Asked, shown: ShownVotes | None, *, error: str = "", note: str = ""
    ) -> ShownBallot:
        """The question as this person sees it; `error` and `note` tell of an answer that could not be taken."""
        return ShownBallot(
            item=item,
            asked=asked,
            slug=slug_of(item.pk, asked.subject, asked.fact),
            of=len(self.waited_for),
            may_vote=self.may_vote,
            may_lead=self.may_lead and self.session.is_open,
            shown=shown,
            error=error,
            note=note,
        )

    def ballots_since(self, version: int) -> tuple[list[ShownBallot], list[ShownBallot]]:
        """
        The ballots of the current item that changed after the version: those that look different, and those of which
        only the number of votes has changed. Asks no analysis.
        """
        item = self.current
        if item is None:
            return [], []
        everyone = self.session.people_version > version
        changed = [b for b in item.ballots.all() if b.version > version or (everyone and not b.is_revealed)]
        shown = self.stored_ballots(item, changed)
        return (
            [each for each, ballot in zip(shown, changed, strict=True) if ballot.shape_version > version],
            [each for each, ballot in zip(shown, changed, strict=True) if ballot.shape_version <= version],
        )

    def counts(self) -> tuple[int, list[BallotCount]]:
        """
        How many have answered the questions of the current item of which that is all that can be seen, and the version
        since which no more than that has changed. The same for everybody. Three queries, and no analysis.
        """
        session, item = self.session, self.current
        ballots = list(item.ballots.all()) if item else []
        parts = (session.agenda_version, session.people_version, session.facts_version)
        since = max(*parts, *(ballot.shape_version for ballot in ballots))
        hidden = [ballot for ballot in ballots if not ballot.is_revealed]
        shown = shown_votes(hidden, user=None, waited_for=self.waited_for)
        of = len(self.waited_for)
        return since, [BallotCount.of_stored(ballot, shown[ballot.pk].answered, of) for ballot in hidden]

    def stored_ballots(self, item: AgendaItem, ballots: Sequence[Ballot]) -> list[ShownBallot]:
        """Ballots as this person sees them, without what the analysis would add. At most four queries."""
        shown = shown_votes(ballots, user=self.user, waited_for=self.waited_for)
        names = self._names_beside([Subject(b.subject_kind, b.subject_id) for b in ballots])
        found = []
        for ballot in ballots:
            subject = Subject(ballot.subject_kind, ballot.subject_id)
            asked = Asked(subject, ballot.fact, *wording(subject.kind, ballot.fact), about=names.get(subject, ""))
            found.append(self.shown_ballot(item, asked, shown[ballot.pk]))
        return found

    def _names_beside(self, subjects: Sequence[Subject]) -> dict[Subject, str]:
        """The names of services and channels beside the edge."""
        names: dict[Subject, str] = {}
        for kind, rows in (("service", services_of), ("channel", channels_of)):
            ids = {subject.id for subject in subjects if subject.kind == kind}
            if ids:
                listed = rows(self.workspace).filter(slug__in=ids).values_list("slug", "name")
                names |= {Subject(kind, slug): name or slug for slug, name in listed}
        return names

    # -- the questions --------------------------------------------------------------------------------------------

    def _open_questions(self, edge: str) -> Iterator[Asked]:
        page = self._page
        next_ones = page.next_questions()
        yield from next_ones
        facts = {asked.fact for asked in next_ones}
        for question in self.analysis.questions_about("edge", edge):
            if question.fact not in facts and is_votable("edge", question.fact):
                yield self._asked(edge, question.subject, question.fact)
        for asked in page.open_facts():
            if asked.subject.kind != "edge" and is_votable(asked.subject.kind, asked.fact):
                yield asked

    def _asked(self, edge: str, subject: Subject, fact: str) -> Asked:
        if subject == ("edge", edge):
            if fact.startswith(ANSWER_PREFIX):
                return self._page.asked(fact.removeprefix(ANSWER_PREFIX))
            return asked_fact(
                self.analysis,
                subject,
                fact,
                statements=self._page.history.get(fact, []),
                waiting=self._page.waiting.get(fact, ()),
            )
        return asked_fact(self.analysis, subject, fact, about=self.analysis.name_of(*subject))

    def answered_questions(self, item: AgendaItem, ballots: Sequence[ShownBallot]) -> list[Asked]:
        """The questions that somebody has answered, which the lead can put to the vote all the same."""
        here = {ballot.asked.fact for ballot in ballots if ballot.asked.subject == ("edge", item.edge)}
        page = self._page
        reviewed = self.analysis.edge_reviews[item.edge]
        return [page.asked(use.question) for use in reviewed.uses if f"{ANSWER_PREFIX}{use.question}" not in here]

    def _is_known(self, subject: Subject) -> bool:
        things = {"edge": self.analysis.edges, "service": self.analysis.services, "channel": self.analysis.channels}
        return subject.id in things.get(subject.kind, {})

    # -- beside the questions -------------------------------------------------------------------------------------

    def _flow(self) -> dict[str, Any]:
        """The flow in which the edge stands latest, as a waterfall; nothing where no flow uses it."""
        page, analysis = self._page, self.analysis
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
        url = reverse("reviews:edge", args=[self.workspace.slug, self._page.id])
        parts = telling.verdict_line(self._page.reviewed)
        return [replace(part, url=f"{url}{part.url}" if part.url else "") for part in parts]

    def _history(self) -> list[SaidLine]:
        """The latest statements about the edge, whoever made them."""
        statements = [one for statements in self._page.history.values() for one in statements]
        return [
            SaidLine(
                label=telling.label(one.fact.removeprefix(ANSWER_PREFIX)),
                value=_value_in_words(one),
                said=said(one),
                note=one.note,
            )
            for one in sorted(statements, key=lambda one: -one.pk)[:LATEST_STATEMENTS]
        ]


def _value_in_words(statement: Statement) -> str:
    value = from_json(FIELD_BY_NAME["edge"][statement.fact], statement.value)
    return "don’t know" if value is None else telling.said_of_fact(statement.fact, value)
