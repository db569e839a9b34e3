"""A question put to the vote, as one person sees it."""

from __future__ import annotations

from dataclasses import dataclass

from archreview.engine.results import Subject
from archreview.reviews.asking import Asked
from archreview.reviews.forms import can_be_stated, is_yes_or_no
from archreview.reviews.models import AgendaItem, Ballot
from archreview.reviews.queries.votes import ShownVotes


@dataclass(frozen=True, slots=True)
class ShownBallot:
    """
    A question of an item as one person sees it.

    `slug` is a part of HTML ids; `answered` and `of` say how many of those who take part have voted; `shown` is None
    while nobody has. `may_vote` and `may_lead` are the person's; `error` is what was wrong with what was just sent.
    """

    item: AgendaItem
    asked: Asked
    slug: str
    of: int
    may_vote: bool
    may_lead: bool
    shown: ShownVotes | None = None
    error: str = ""
    note: str = ""

    @property
    def ballot(self) -> Ballot | None:
        return self.shown.ballot if self.shown else None

    @property
    def answered(self) -> int:
        return self.shown.answered if self.shown else 0

    @property
    def is_revealed(self) -> bool:
        return self.ballot is not None and self.ballot.is_revealed

    @property
    def is_settled(self) -> bool:
        return self.ballot is not None and self.ballot.is_settled

    @property
    def own_value(self) -> str:
        """The person's vote as the three-valued control takes it; "" before."""
        if self.shown is None or self.shown.own is None:
            return ""
        return {True: "true", False: "false", None: "unknown"}[self.shown.own.value]

    @property
    def vote_name(self) -> str:
        """The prefix of the ids of the three answers."""
        return f"vote-{self.slug}"

    @property
    def settlements(self) -> tuple[tuple[str, str], ...]:
        """What the lead can record."""
        return (("true", "Yes"), ("false", "No"), ("unknown", "Don’t know"), ("none", "No agreement"))

    @property
    def proposed(self) -> str:
        """What the group seems to say once the votes are there: the answer that most gave, "" where none has most."""
        if self.shown is None or not self.shown.votes:
            return ""
        tally = sorted(self.shown.tally, key=lambda pair: -pair[1])
        if tally[0][1] == tally[1][1]:
            return ""
        return {"yes": "true", "no": "false", "don’t know": "unknown"}[tally[0][0]]


@dataclass(frozen=True, slots=True)
class BallotCount:
    """How many have answered a question, for everybody alike: it has no room for anybody's vote."""

    slug: str
    answered: int
    of: int
    # Somebody has voted on it, or it would not be here.
    ballot: bool = True


def slug_of(item: int, subject: Subject, fact: str) -> str:
    """What the ids in the page call a question of an item."""
    return f"{item}-{subject.kind}-{subject.id}-{fact}".replace(".", "-").replace("_", "-")


def is_votable(kind: str, fact: str) -> bool:
    """Whether a fact is a yes-or-no question that people may answer."""
    return can_be_stated(kind, fact) and is_yes_or_no(kind, fact)
