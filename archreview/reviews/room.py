"""What the page of a session shows: its people, its agenda, and the item that everybody looks at."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any

from django.contrib.auth.models import User
from django.utils import timezone

from archreview.engine.results import Subject
from archreview.registry.queries import channels_of, services_of
from archreview.reviews.analyses import Analysis, current_analysis
from archreview.reviews.asking import Asked, wording
from archreview.reviews.edge_page import EdgePage
from archreview.reviews.minutes import outcome_in_words
from archreview.reviews.models import AgendaItem, Ballot, Participant, ReviewSession
from archreview.reviews.models.session import State
from archreview.reviews.queries.sessions import items_of, participants_of, voters_of
from archreview.reviews.queries.votes import ShownVotes, shown_votes
from archreview.reviews.scopes import reason_in_words
from archreview.reviews.session_forms import OutcomeForm
from archreview.reviews.shared_items import question_of, questions_of, shared_item
from archreview.reviews.shown_ballots import ShownBallot, slug_of
from archreview.workspaces.models import Workspace

# Open questions that stand on the page at once; the others wait folded away.
FIRST_QUESTIONS = 5


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
        if "participants" in self.__dict__:
            return frozenset(p.user_id for p in self.participants if p.left_at is None and p.may_vote)
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

    def item(self, *, outcome_form: OutcomeForm | None = None, anew: bool = False) -> dict[str, Any]:
        """
        The current item: verdict, questions, pictures, findings, decisions, outcome. Asks for the analysis.

        What everybody sees alike of it may be what another person's page has just been given, unless `anew`.
        """
        item = self.current
        if item is None or self.session.state == State.PLANNED:
            return {"item": None}
        stored = list(item.ballots.all())
        item.session = self.session
        shared = shared_item(item, self.analysis, self.workspace, stored, anew=anew)
        if shared is None:
            return {"item": item, "edge_gone": True}
        shown = shown_votes(stored, user=self.user, waited_for=self.waited_for)
        ballots = self._ballots(item, shared.asked, stored, shown)
        questions = [ballot for ballot in ballots if not ballot.is_settled]
        context = {
            "item": item,
            "edge_gone": False,
            **shared.context,
            "ballots": questions[:FIRST_QUESTIONS],
            "more_ballots": questions[FIRST_QUESTIONS:],
            "settled_ballots": [ballot for ballot in ballots if ballot.is_settled],
            "outcome_words": outcome_in_words(item),
            "is_taking_part": self.may_vote,
        }
        if self.may_lead:
            context |= {
                "answered_questions": shared.answered_questions(),
                "outcome_form": outcome_form or OutcomeForm.of(item, self.workspace),
                "outcome_error": bool(outcome_form and outcome_form.errors),
            }
        return context

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
            page = EdgePage(self.analysis, item.edge, workspace=self.workspace.slug, history={}, doubts={})
            stored = ballots[item.pk]
            asked = self._ballots(item, questions_of(page, stored), stored, shown)
            found.append((item, [ballot for ballot in asked if not ballot.is_revealed]))
        return found

    def _ballots(
        self, item: AgendaItem, asked: Iterable[Asked], stored: Sequence[Ballot], shown: Mapping[int, ShownVotes]
    ) -> list[ShownBallot]:
        keys = {question_of(ballot): ballot.pk for ballot in stored}
        return [self.shown_ballot(item, each, shown.get(keys.get((*each.subject, each.fact), 0))) for each in asked]

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
