"""
What goes on in a review session of twelve people, and a database full of such sessions.

The rates are those of an hour in which a group gets through fifteen edges: four minutes each, of which it reads for
half a minute, answers two questions within the next three quarters of a minute, talks, records the group's answer to
each, talks, and records the outcome. Every session of the load is at another point of its four minutes when the load
begins, so a minute of twenty sessions sees as much of everything as twenty minutes of one.
"""

from __future__ import annotations

import random
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.contrib.auth.models import User

    from archreview.reviews.models import ReviewSession

EXAMPLE = Path(__file__).resolve().parent.parent / "fixtures" / "examples" / "retailflow-before.yaml"
ANSWERS = ("true", "false", "unknown")
# Parts of an item's time at which people begin and end to vote, and at which the lead does what the lead does.
VOTING = (0.125, 0.3125)
SETTLING = (0.5, 0.625)
OUTCOME = 0.83


@dataclass(frozen=True, slots=True)
class Item:
    """An item of an agenda with the questions that its group answers."""

    key: int
    edge: str
    facts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """Somebody does something: votes, or as the lead (place 0) settles, concludes or moves on. `at` is in seconds."""

    at: float
    place: int
    what: str
    item: Item
    fact: str = ""


@dataclass
class Person:
    """
    A signed-in person in a session: cookies, what is still to be done, and what the person's browser knows.

    `news` is when the page last learned of a change, in seconds from the beginning; `settleable` holds, for the lead,
    the versions of the ballots whose votes are on the page, by item and fact.
    """

    workspace: str
    session: int
    name: str
    cookie: str
    token: str
    steps: list[Step]
    version: int = 0
    news: float = 0.0
    settleable: dict[tuple[int, str], str] = field(default_factory=dict)


def steps_of(
    items: Sequence[Item], *, people: int, seconds: float, begun: float, chance: random.Random
) -> Iterator[Step]:
    """Everything that a group does, in a session whose items take so many seconds and whose first began so long ago."""
    for number, item in enumerate(items):
        begin = number * seconds - begun
        for place in range(people):
            moments = sorted(chance.uniform(*VOTING) for _ in item.facts)
            for part, fact in zip(moments, item.facts, strict=True):
                yield Step(begin + part * seconds, place, "vote", item, fact)
        for part, fact in zip(SETTLING, item.facts, strict=False):
            yield Step(begin + part * seconds, 0, "settle", item, fact)
        yield Step(begin + OUTCOME * seconds, 0, "outcome", item)
        yield Step(begin + seconds, 0, "move", item)


def prepare(sessions: int, people: int, *, seconds: float) -> list[Person]:
    """
    Fill the database with workspaces of one session each, all at other points of their items, and sign everybody in.

    Needs Django set up.
    """
    chance = random.Random(1)
    crowd = []
    for number in range(sessions):
        session, users, items = _session(number, people)
        begun = (number + 0.5) / sessions * seconds
        steps = sorted(
            steps_of(items, people=people, seconds=seconds, begun=begun, chance=chance), key=lambda step: step.at
        )
        past = [step for step in steps if step.at < 0]
        for step in past:
            _take(step, session, users)
        session.refresh_from_db()
        for place, user in enumerate(users):
            cookie, token = _signed_in(user)
            mine = [step for step in steps if step.at >= 0 and step.place == place]
            person = Person(session.workspace.slug, session.pk, user.username, cookie, token, mine, session.version)
            person.news = past[-1].at if past else -begun
            crowd.append(person)
            if place == 0:
                person.settleable = _settleable(session)
    return crowd


def _session(number: int, people: int) -> tuple[ReviewSession, list[User], list[Item]]:
    """An open session of a workspace of its own, about the edges of the example that wait for answers."""
    from django.contrib.auth.models import User

    from archreview.interchange.documents import Problems
    from archreview.interchange.native import read_architecture
    from archreview.registry.actions import import_architecture
    from archreview.reviews.actions.planning import Planned, plan_session
    from archreview.reviews.actions.running import open_session
    from archreview.reviews.actions.taking_part import join
    from archreview.reviews.analyses import current_analysis
    from archreview.reviews.scopes import proposals
    from archreview.workspaces.actions import add_member, create_workspace
    from archreview.workspaces.models import Role

    architecture = read_architecture([("retailflow.yaml", EXAMPLE.read_bytes())], problems=Problems())
    if architecture is None:
        raise SystemExit("the example cannot be read")
    users = [User.objects.create_user(f"p{number}-{place}") for place in range(people)]
    workspace = create_workspace(name=f"Load {number}", slug=f"load-{number}", lead=users[0])
    import_architecture(workspace=workspace, architecture=architecture, by=users[0], source="retailflow.yaml")
    workspace.refresh_from_db()
    analysis = current_analysis(workspace)
    facts = {each.topic.edge: _two_questions(analysis, each.topic.edge) for each in proposals(analysis)}
    # All that can be voted on; first what takes the group longest.
    agenda = sorted((e for e in proposals(analysis) if facts[e.topic.edge]), key=lambda e: -len(facts[e.topic.edge]))
    session = plan_session(workspace=workspace, planned=Planned("Load", 60), scope="", agenda=agenda, lead=users[0])
    open_session(session, by=users[0])
    for user in users:
        if user != users[0]:
            add_member(workspace, user=user, role=Role.REVIEWER)
        join(session, user=user, may_vote=True)
    return session, users, [Item(item.pk, item.edge, facts[item.edge]) for item in session.items.all()]


def _two_questions(analysis, edge: str) -> tuple[str, ...]:  # type: ignore[no-untyped-def]
    """The facts of an edge that a group would be asked for first."""
    from archreview.reviews.shown_ballots import is_votable

    open_ones = (question.fact for question in analysis.questions_about("edge", edge))
    return tuple([fact for fact in open_ones if is_votable("edge", fact)][: len(SETTLING)])


def _take(step: Step, session: ReviewSession, users: Sequence[User]) -> None:
    """Do what was done before the load begins."""
    from archreview.engine.results import Subject
    from archreview.reviews.actions.running import go_to
    from archreview.reviews.actions.settling import Concluded, record_outcome, settle
    from archreview.reviews.actions.voting import Question, vote
    from archreview.reviews.models.session import Outcome

    item = session.items.get(pk=step.item.key)
    item.session = session
    if step.what == "vote":
        vote(item, Question(Subject("edge", item.edge), step.fact), by=users[step.place], value=True, why="000000")
    elif step.what == "settle":
        ballot = item.ballots.get(fact=step.fact)
        ballot.item = item
        settle(ballot, agreed=True, value=True, why="", version=ballot.shape_version, by=users[0])
    elif step.what == "outcome":
        record_outcome(item, Concluded(Outcome.KEEP, why="as it is"), version=item.version)
    else:
        go_to(session, came_from=item.pk, to="next")


def _signed_in(user: User) -> tuple[str, str]:
    """The cookies of a browser in which the person is signed in, and the token with which it may post."""
    from django.conf import settings
    from django.test import Client

    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    token = secrets.token_hex(16)
    browser = client.cookies[settings.SESSION_COOKIE_NAME].value
    return f"{settings.SESSION_COOKIE_NAME}={browser}; {settings.CSRF_COOKIE_NAME}={token}", token


def _settleable(session: ReviewSession) -> dict[tuple[int, str], str]:
    from archreview.reviews.models import Ballot

    ballots = Ballot.objects.filter(item__session=session, settled_at=None).exclude(revealed_at=None)
    return {(ballot.item_id, ballot.fact): str(ballot.shape_version) for ballot in ballots}
