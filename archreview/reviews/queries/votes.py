"""The one door to votes: what a person may see of them, and nothing of what is hidden."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.auth.models import User

from archreview.engine.results import Subject
from archreview.reviews.models import Ballot, Vote
from archreview.reviews.queries.prepared import prepared_cursor
from archreview.workspaces.models import Role


@dataclass(frozen=True, slots=True)
class ShownVotes:
    """
    A ballot as one person may see it.

    `own` is the person's vote in this round. `votes` are those of this round once it is revealed, outliers first, and
    none before; `earlier` those of the rounds before, each as (round, votes). `answered` counts the votes of this round
    by those who are waited for.
    """

    ballot: Ballot
    own: Vote | None
    votes: tuple[Vote, ...]
    earlier: tuple[tuple[int, tuple[Vote, ...]], ...]
    answered: int

    @property
    def is_unanimous(self) -> bool:
        """Whether all votes that are shown are alike."""
        return len({vote.value for vote in self.votes}) == 1

    @property
    def tally(self) -> tuple[tuple[str, int], ...]:
        """How many said yes, no and don't know."""
        values = [vote.value for vote in self.votes]
        return tuple(
            (word, sum(given is value for given in values))
            for word, value in (("yes", True), ("no", False), ("don’t know", None))
        )


def shown_votes(ballots: Iterable[Ballot], *, user: User | None, waited_for: frozenset[int]) -> dict[int, ShownVotes]:
    """
    Give the ballots, by key, as the person may see them; without a person (minutes) nothing is anybody's own.

    `waited_for` are the keys of the people who take part. One query.
    """
    by_key = {ballot.pk: ballot for ballot in ballots}
    cast: dict[int, dict[int, list[Vote]]] = defaultdict(lambda: defaultdict(list))
    for vote in Vote.objects.filter(ballot__in=by_key):
        cast[vote.ballot_id][vote.round].append(vote)
    shown = {}
    for key, ballot in by_key.items():
        now = cast[key][ballot.round]
        own = next((vote for vote in now if user is not None and vote.user_id == user.pk), None)
        earlier = [(number, outliers_first(votes)) for number, votes in cast[key].items() if number < ballot.round]
        shown[key] = ShownVotes(
            ballot=ballot,
            own=own,
            votes=outliers_first(now) if ballot.is_revealed else (),
            earlier=tuple(sorted(earlier)),
            answered=sum(vote.user_id in waited_for for vote in now),
        )
    return shown


@dataclass(frozen=True, slots=True)
class Answered:
    """How many of those who are waited for have voted on a question of an item."""

    item: int
    subject: Subject
    fact: str
    answered: int


@dataclass(frozen=True, slots=True)
class HiddenVotes:
    """
    What everybody may know of the hidden votes on the current item of a session at a version: how many of the `of` who
    are waited for have given one.

    It is all that has changed for whoever knows the version `since` or a later one.
    """

    version: int
    since: int
    of: int
    questions: tuple[Answered, ...]


def hidden_votes(session: int) -> HiddenVotes | None:
    """
    Count the hidden votes on the current item of the session with this key; None where there is no such session.

    Asked after each vote by every process, so it is one query, written out because making it from models takes longer
    than the database takes to answer it.
    """
    with prepared_cursor() as cursor:
        cursor.execute(
            "WITH waited_for AS ("
            " SELECT user_id FROM reviews_participant WHERE session_id = %s AND left_at IS NULL AND may_vote)"
            " SELECT s.version, s.agenda_version, s.people_version, s.facts_version, b.shape_version,"
            " b.item_id, b.subject_kind, b.subject_id, b.fact, b.revealed_at IS NULL,"
            " (SELECT COUNT(*) FROM waited_for),"
            " (SELECT COUNT(*) FROM reviews_vote v WHERE v.ballot_id = b.id AND v.round = b.round"
            "  AND v.user_id IN (SELECT user_id FROM waited_for))"
            " FROM reviews_reviewsession s LEFT JOIN reviews_ballot b ON b.item_id = s.current_id"
            " WHERE s.id = %s ORDER BY b.id",
            [session, session],
        )
        rows = cursor.fetchall()
    if not rows:
        return None
    stored = [row for row in rows if row[5] is not None]
    questions = [Answered(row[5], Subject(row[6], row[7]), row[8], row[11]) for row in stored if row[9]]
    since = max(*rows[0][1:4], *(row[4] for row in stored))
    return HiddenVotes(version=rows[0][0], since=since, of=rows[0][10], questions=tuple(questions))


IS_VOTER = (
    "SELECT 1 FROM reviews_reviewsession s"
    " JOIN reviews_participant p ON p.session_id = s.id AND p.left_at IS NULL AND p.may_vote"
    " JOIN workspaces_membership m ON m.workspace_id = s.workspace_id AND m.user_id = p.user_id"
    " WHERE s.id = %s AND p.user_id = %s AND m.role = %s AND (s.lead_id IS NULL OR s.lead_id <> p.user_id)"
)
HAS_NOTHING_HIDDEN = (
    " AND NOT EXISTS (SELECT 1 FROM reviews_vote v JOIN reviews_ballot b ON b.id = v.ballot_id"
    "  WHERE v.user_id = p.user_id AND b.item_id = s.current_id AND b.revealed_at IS NULL)"
)


def is_voter(session: int, user: int) -> bool:
    """Whether the person with this key votes in the session and does not lead: all such see alike what is revealed."""
    return _is_so(IS_VOTER, session, user)


def is_plain_voter(session: int, user: int) -> bool:
    """Whether such a person has no vote of the own on what is hidden, and so sees all of the current item alike."""
    return _is_so(IS_VOTER + HAS_NOTHING_HIDDEN, session, user)


def _is_so(question: str, session: int, user: int) -> bool:
    with prepared_cursor() as cursor:
        cursor.execute(question, [session, user, Role.REVIEWER.value])
        return cursor.fetchone() is not None


def outliers_first(votes: Iterable[Vote]) -> tuple[Vote, ...]:
    """Give the votes with the rarest answer first: they have something to explain. Of equals, those who say why."""
    votes = list(votes)
    counts: dict[bool | None, int] = defaultdict(int)
    for vote in votes:
        counts[vote.value] += 1
    return tuple(sorted(votes, key=lambda vote: (counts[vote.value], not vote.why, vote.name.casefold())))
