"""What the group comes to: an answer to a question, an outcome of an item, an action, a decision."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils import timezone

from archreview.decisions.actions import create_draft, delete_draft
from archreview.decisions.draft import Draft
from archreview.decisions.models import Decision
from archreview.engine.results import Subject
from archreview.interchange.fields import NAME_MOST, TEXT_MOST
from archreview.registry.actions import state_facts
from archreview.registry.models import Channel, Edge, Service
from archreview.registry.queries import channels_of, edges_of, services_of
from archreview.reviews.actions.changing import NotNow, changing
from archreview.reviews.models import Action, AgendaItem, Ballot, ReviewSession, Vote
from archreview.reviews.models.session import Outcome, State
from archreview.web.versions import ChangedMeanwhile
from archreview.workspaces.models import Workspace

WORDS = {True: "yes", False: "no", None: "don’t know"}


def settle(ballot: Ballot, *, agreed: bool, value: bool | None, why: str, version: int, by: User) -> Edge | None:
    """
    Record what the group answers, or that it has no answer; who voted otherwise is kept by name.

    The answer becomes a statement of the session. Gives the edge that it is about, at its new facts, where it is about
    one. Raises NotNow before the votes are revealed, ChangedMeanwhile where the ballot is not at `version` (its
    `shape_version`) any more, and ValidationError where the answer cannot stand in the model.
    """
    session = ballot.item.session
    stated = None
    with changing(session, parts=("facts",), states=(State.OPEN,)):
        ballot.refresh_from_db()
        if ballot.shape_version != version:
            raise ChangedMeanwhile
        if not ballot.is_revealed:
            raise NotNow("Reveal the votes before you record what the group says.")
        votes = list(ballot.votes.filter(round=ballot.round))
        if agreed:
            dissent = [vote for vote in votes if vote.value is not value]
            note = "; ".join(filter(None, [why, _dissent_in_words(dissent)]))[:TEXT_MOST]
            stated = state_facts(
                subject=row_of(session.workspace, Subject(ballot.subject_kind, ballot.subject_id)),
                values={ballot.fact: value},
                by=by,
                note=note,
                speaker=speaker_of(session),
            )
            ballot.dissent = [vote.name for vote in dissent]
        else:
            ballot.dissent = []
        ballot.agreed, ballot.value, ballot.why = agreed, value if agreed else None, why
        ballot.settled_at, ballot.settled_by = timezone.now(), by
        ballot.version = ballot.shape_version = session.version
        ballot.save()
    return stated if isinstance(stated, Edge) else None


def speaker_of(session: ReviewSession) -> str:
    """How a statement names the session."""
    return f"session “{session.title}”"[:NAME_MOST]


def row_of(workspace: Workspace, subject: Subject) -> Any:
    """The edge, service or channel of a subject; ValidationError where somebody has deleted it meanwhile."""
    rows: dict[str, QuerySet[Edge] | QuerySet[Service] | QuerySet[Channel]] = {
        "edge": edges_of(workspace),
        "service": services_of(workspace),
        "channel": channels_of(workspace),
    }
    row = rows[subject.kind].filter(slug=subject.id).first()
    if row is None:
        raise ValidationError(f"The {subject.kind} {subject.id} is no longer in the model.")
    # The action raises the revision of this object, which the page is then made from.
    row.workspace = workspace
    return row


def _dissent_in_words(dissent: list[Vote]) -> str:
    return ", ".join(f"{vote.name} said {WORDS[vote.value]}" for vote in dissent)


@dataclass(frozen=True, slots=True)
class Concluded:
    """How an item ends; `style` for a change, `owner` and `due` for what is to be done, `expires` for a risk."""

    outcome: Outcome
    why: str = ""
    style: str = ""
    owner: User | None = None
    due: date | None = None
    expires: date | None = None


def record_outcome(item: AgendaItem, concluded: Concluded, *, version: int) -> None:
    """
    Record the outcome of an item, with an action where somebody is to do something.

    Raises ChangedMeanwhile where somebody else has recorded one since `version`.
    """
    session = item.session
    with changing(session, parts=("agenda",), states=(State.OPEN, State.PAUSED)):
        changed = AgendaItem.objects.filter(pk=item.pk, version=version).update(
            outcome=concluded.outcome,
            style=concluded.style,
            why=concluded.why,
            owner=concluded.owner,
            due=concluded.due,
            expires=concluded.expires,
            decided_at=timezone.now(),
            parked=False,
            version=version + 1,
        )
        item.refresh_from_db()
        if not changed:
            raise ChangedMeanwhile
        _follow_with_an_action(item)


def _follow_with_an_action(item: AgendaItem) -> None:
    """An item asks for one thing at most: what is open follows the outcome, what is done stays on record."""
    doing = {Outcome.INVESTIGATE: f"Investigate {item.name}", Outcome.CHANGE: f"Change {item.name} to {item.style}"}
    Action.objects.filter(item=item, done_at__isnull=False).update(item=None)
    if item.outcome not in doing or item.owner is None:
        Action.objects.filter(item=item).delete()
        return
    what = f"{doing[Outcome(item.outcome)].replace('_', ' ')}: {item.why}".removesuffix(": ")
    Action.objects.update_or_create(
        item=item,
        defaults={
            "workspace": item.session.workspace,
            "session": item.session,
            "what": what[: 3 * NAME_MOST],
            "owner": item.owner,
            "due": item.due,
        },
    )


def draft_decision(item: AgendaItem, *, draft: Draft, by: User) -> Decision:
    """The decision drafted from the item: the one that is there, or a new one with this text."""
    workspace = item.session.workspace
    there = Decision.objects.filter(workspace=workspace, number=item.decision or 0).first()
    if there is not None:
        return there
    # Laying the text out takes a moment, so it happens outside of the session's transaction.
    made = create_draft(workspace=workspace, draft=draft, subject=Subject("edge", item.edge), by=by)
    with changing(item.session, parts=("agenda",), states=State.values):
        claimed = AgendaItem.objects.filter(pk=item.pk, decision=item.decision).update(decision=made.number)
    item.refresh_from_db()
    if not claimed:
        delete_draft(made, version=made.version)
        return Decision.objects.get(workspace=workspace, number=item.decision or 0)
    return made


def finish_action(action: Action, *, done: bool, by: User) -> None:
    """Say that an action is done, or that it is not after all."""
    Action.objects.filter(pk=action.pk, done_at__isnull=done).update(
        done_at=timezone.now() if done else None, done_by=by if done else None
    )
    action.refresh_from_db()
