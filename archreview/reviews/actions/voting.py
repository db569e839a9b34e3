"""Voting blind, revealing, and voting again."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db.models import F
from django.utils import timezone

from archreview.engine.results import Subject
from archreview.reviews.actions.changing import NotNow, changing, name_of
from archreview.reviews.models import AgendaItem, Ballot, Vote
from archreview.reviews.models.session import State


@dataclass(frozen=True, slots=True)
class Question:
    """A yes-or-no question: the fact of a subject."""

    subject: Subject
    fact: str


def vote(item: AgendaItem, question: Question, *, by: User, value: bool | None, why: str = "") -> Ballot:
    """
    Answer the question alone, or give another answer while nobody has seen this one; None is "don't know".

    Reveals the votes when the session is at the item and everybody who takes part has voted, if that is more than one:
    whoever is alone may only be the first to arrive, and those who come later are to vote blind too. Raises NotNow once
    the votes are revealed.
    """
    session = item.session
    with changing(session):
        ballot = _ballot(item, question)
        if ballot.is_revealed:
            raise NotNow("The votes are revealed. Ask for another round to vote again.")
        cast = Vote(ballot=ballot, round=ballot.round, user=by, name=name_of(by), value=value, why=why)
        cast.cast_at = timezone.now()
        Vote.objects.bulk_create(
            [cast],
            update_conflicts=True,
            unique_fields=["ballot", "round", "user"],
            update_fields=["name", "value", "why", "cast_at"],
        )
        ballot.version = session.version
        if session.state == State.OPEN and session.current_id == item.pk and _all_have_voted(ballot):
            ballot.revealed_at, ballot.shape_version = timezone.now(), session.version
        ballot.save(update_fields=["version", "shape_version", "revealed_at"])
    return ballot


def reveal(item: AgendaItem, question: Question | None = None) -> int:
    """
    Show the votes on one question, or on all of the item that anybody has voted on; gives how many questions that were.

    Raises NotNow where no vote is hidden.
    """
    session = item.session
    with changing(session, states=(State.OPEN,)):
        hidden = item.ballots.filter(revealed_at=None, votes__round=F("round"))
        if question is not None:
            kind, id_ = question.subject
            hidden = hidden.filter(subject_kind=kind, subject_id=id_, fact=question.fact)
        keys = set(hidden.values_list("pk", flat=True))
        if not keys:
            raise NotNow("There is nothing to reveal: nobody has voted since the last time.")
        Ballot.objects.filter(pk__in=keys).update(
            revealed_at=timezone.now(), version=session.version, shape_version=session.version
        )
    return len(keys)


def vote_again(item: AgendaItem, question: Question) -> Ballot:
    """
    Put the question to the vote (again): a new round, hidden until it is revealed.

    An answered question can be put to the vote so, too. What was settled stays on record until it is settled anew.
    """
    session = item.session
    # A question that was not open before has a place on the page now.
    with changing(session, parts=("facts",), states=(State.OPEN,)):
        ballot = _ballot(item, question)
        if ballot.is_revealed:
            ballot.round += 1
            ballot.revealed_at = ballot.settled_at = ballot.settled_by = ballot.value = None
            ballot.agreed, ballot.why, ballot.dissent = False, "", []
        ballot.version = ballot.shape_version = session.version
        ballot.save()
    return ballot


def _ballot(item: AgendaItem, question: Question) -> Ballot:
    """The ballot about the question, made by the first who needs it."""
    kind, id_ = question.subject
    ballot, _ = Ballot.objects.get_or_create(item=item, subject_kind=kind, subject_id=id_, fact=question.fact)
    ballot.item = item
    return ballot


def _all_have_voted(ballot: Ballot) -> bool:
    taking_part = ballot.item.session.participants.filter(left_at=None, may_vote=True)
    waited_for = set(taking_part.values_list("user_id", flat=True))
    voted = set(ballot.votes.filter(round=ballot.round).values_list("user_id", flat=True))
    return len(waited_for) > 1 and waited_for <= voted
