"""The one door to votes: what a person may see of them, and nothing of what is hidden."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.auth.models import User

from archreview.reviews.models import Ballot, Vote


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


def outliers_first(votes: Iterable[Vote]) -> tuple[Vote, ...]:
    """Give the votes with the rarest answer first: they have something to explain. Of equals, those who say why."""
    votes = list(votes)
    counts: dict[bool | None, int] = defaultdict(int)
    for vote in votes:
        counts[vote.value] += 1
    return tuple(sorted(votes, key=lambda vote: (counts[vote.value], not vote.why, vote.name.casefold())))
