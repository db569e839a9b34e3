"""What all voters see alike is drawn once for them; nobody is sent what is another's, whatever happens meanwhile."""

import re
import time

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from archreview.reviews import polling, room
from archreview.reviews.actions.running import close_session, go_to
from archreview.reviews.actions.taking_part import join, leave
from archreview.reviews.actions.voting import Question, reveal, vote, vote_again
from archreview.reviews.models import ReviewSession
from archreview.reviews.polling import TOKEN
from archreview.reviews.queries.sessions import session_of
from archreview.reviews.queries.votes import is_plain_voter, is_voter
from archreview.reviews.shown_ballots import slug_of
from archreview.reviews.views import room as views
from archreview.workspaces.actions import add_member, touch
from archreview.workspaces.models import Membership, Role
from tests.reviews.meetings import QUESTION, SENT

HTMX = {"HX-Request": "true"}
CANARY = "because-the-canary-says-so"
FORM_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]*)"')


@pytest.fixture
def another(session, shop):
    """Another member who takes part, beside the one of the cast: what is shared is shared among such."""
    user = User.objects.create_user("nadia")
    add_member(shop, user=user, role=Role.REVIEWER)
    join(session, user=user, may_vote=True)
    return user


@pytest.fixture
def another_client(another):
    client = Client(enforce_csrf_checks=True)
    client.force_login(another, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def ask(session):
    """Ask for all parts of the page, or for what is new since a version, as the page does."""
    address = reverse("reviews:session_live", args=["acme", session.pk])
    return lambda client, since=1: client.get(f"{address}?v={since}", headers=HTMX)


@pytest.fixture
def parts(ask):
    """The same as text."""
    return lambda client, since=1: ask(client, since).content.decode()


@pytest.fixture
def drawn(monkeypatch):
    """The people for whom the item was put together."""
    people = []
    put_together = room.Room.item

    def counted(self, **how):
        people.append(self.user.username)
        return put_together(self, **how)

    monkeypatch.setattr(room.Room, "item", counted)
    return people


@pytest.fixture
def known(ask, session, owner_client, member_client, viewer_client, another_client):
    """Everybody has asked before, so the process knows whose browser it is."""
    session.refresh_from_db()
    for client in (owner_client, member_client, viewer_client, another_client):
        ask(client, session.version)
    return session


def without_tokens(part):
    return FORM_TOKEN.sub("", part)


def test_it_is_drawn_once_for_all_voters_and_for_everybody_else_by_themselves(
    known, parts, drawn, owner_client, member_client, viewer_client, another_client
):
    mine, theirs = parts(member_client), parts(another_client)
    looks_on, leads = parts(viewer_client), parts(owner_client)

    assert drawn == ["milo", "vera", "olivia"]
    assert without_tokens(mine) == without_tokens(theirs)
    assert ["record-outcome" in part for part in (mine, looks_on, leads)] == [False, False, True]
    assert ["finding-decide" in part for part in (mine, looks_on, leads)] == [True, False, True]


def test_what_is_shared_is_what_each_would_have_been_sent(known, parts, member_client, another_client):
    parts(member_client)
    shared = parts(another_client)
    polling.forget_polling()

    assert without_tokens(parts(another_client)) == without_tokens(shared)


def test_the_item_alone_is_shared_where_nothing_else_has_changed(
    known, parts, drawn, owner_client, member_client, another_client, item, member
):
    vote(item, QUESTION, by=member, value=True)
    reveal(item)
    known.refresh_from_db()
    before = known.version
    ballot = item.ballots.get()
    settled = {**SENT, "answer": "true", "note": "measured", "version": ballot.shape_version}
    owner_client.post(f"/w/acme/sessions/{known.pk}/items/{item.pk}/settle/", settled)
    drawn.clear()

    mine, theirs = parts(member_client, before), parts(another_client, before)

    assert drawn == ["milo"]
    assert "measured" in theirs
    assert "room-agenda" not in theirs
    assert without_tokens(mine) == without_tokens(theirs)


@pytest.fixture
def votes_drawn(monkeypatch):
    """The people for whom votes were put together."""
    people = []
    put_together = room.Room.ballots_since

    def counted(self, version):
        people.append(self.user.username)
        return put_together(self, version)

    monkeypatch.setattr(room.Room, "ballots_since", counted)
    return people


OTHER = Question(QUESTION.subject, "answers.fan_out")


def test_votes_that_are_revealed_are_drawn_once_for_all_who_vote(
    known, parts, votes_drawn, item, member, another, owner_client, member_client, viewer_client, another_client
):
    vote(item, QUESTION, by=member, value=True, why=CANARY)
    # Whoever has a hidden vote on another question sees this one as all others do.
    vote(item, OTHER, by=another, value=False, why="hidden as yet")
    known.refresh_from_db()
    before = known.version
    reveal(item, QUESTION)

    mine, theirs = parts(member_client, before), parts(another_client, before)
    looks_on, leads = parts(viewer_client, before), parts(owner_client, before)

    assert votes_drawn == ["milo", "vera", "olivia"]
    assert CANARY in mine
    assert mine == theirs
    assert [CANARY in part for part in (looks_on, leads)] == [True, True]
    assert ["settle/" in part for part in (mine, looks_on, leads)] == [False, False, True]
    assert not any("hidden as yet" in part for part in (mine, theirs, looks_on, leads))


def test_votes_are_not_shared_with_whoever_knows_another_version(
    known, parts, votes_drawn, item, member, another, member_client, another_client
):
    known.refresh_from_db()
    first = known.version
    vote(item, OTHER, by=another, value=False)
    vote(item, QUESTION, by=member, value=True, why=CANARY)
    known.refresh_from_db()
    second = known.version
    reveal(item, QUESTION)

    late = parts(member_client, second)
    earlier = parts(another_client, first)

    assert votes_drawn == ["milo", "nadia"]
    assert CANARY in late
    assert CANARY in earlier
    count = "count-" + slug_of(item.pk, OTHER.subject, OTHER.fact)
    assert [count in part for part in (late, earlier)] == [False, True]


@pytest.mark.parametrize("unseen", [False, True], ids=["as it is", "were it not looked at"])
def test_an_own_vote_in_another_round_is_sent_to_nobody_else(
    unseen, known, parts, item, member, member_client, another_client, monkeypatch
):
    """Between the version and the votes that are read for it, there may be another round, with a vote in it."""
    vote(item, QUESTION, by=member, value=True)
    known.refresh_from_db()
    before = known.version
    reveal(item, QUESTION)
    if unseen:
        monkeypatch.setattr(views, "_is_as_voters_see_it", lambda *_: True)
    put_together = room.Room.ballots_since

    def after_another_round(self, version):
        monkeypatch.setattr(room.Room, "ballots_since", put_together)
        vote_again(item, QUESTION)
        vote(item, QUESTION, by=member, value=False, why=CANARY)
        ReviewSession.objects.update(version=version + 1)
        return put_together(self, version)

    monkeypatch.setattr(room.Room, "ballots_since", after_another_round)
    mine = parts(member_client, before)
    ReviewSession.objects.update(facts_version=1)

    assert CANARY in mine
    assert (CANARY in parts(another_client, before)) is unseen


def test_each_is_sent_the_token_of_the_own_browser(known, ask, member_client, another_client, session):
    ask(member_client)
    answer = ask(another_client)

    tokens = set(FORM_TOKEN.findall(answer.content.decode()))
    assert len(tokens) == 1
    assert TOKEN not in answer.content.decode()
    assert answer["Content-Length"] == str(len(answer.content))
    left = another_client.post(
        reverse("reviews:session_leave", args=["acme", session.pk]), {"csrfmiddlewaretoken": tokens.pop()}
    )
    assert left.status_code == 303


def test_a_hidden_vote_of_ones_own_is_sent_to_nobody_else(known, parts, item, member, member_client, another_client):
    vote(item, QUESTION, by=member, value=True, why=CANARY)

    mine = parts(member_client)
    theirs = parts(another_client)

    assert CANARY in mine
    assert CANARY not in theirs
    assert "Your vote is in" not in theirs


def test_whoever_has_voted_is_not_sent_what_those_see_who_have_not(
    known, parts, item, member, member_client, another_client
):
    vote(item, QUESTION, by=member, value=True, why=CANARY)
    parts(another_client)

    assert CANARY in parts(member_client)


@pytest.fixture
def while_it_is_drawn(monkeypatch):
    """Let something happen when the session has been asked for by a person whose role is known already."""

    def happens(what):
        left = [what]

        def after_that(*arguments):
            while left:
                left.pop()()
            return session_of(*arguments)

        monkeypatch.setattr(views, "session_of", after_that)
        return left

    return happens


@pytest.mark.parametrize("unseen", [False, True], ids=["as it is", "were it not looked at"])
def test_a_vote_given_while_the_page_is_being_drawn_is_sent_to_nobody_else(
    unseen, known, parts, item, member, member_client, another_client, while_it_is_drawn, monkeypatch
):
    left = while_it_is_drawn(lambda: vote(item, QUESTION, by=member, value=True, why=CANARY))
    if unseen:
        monkeypatch.setattr(views, "_is_as_voters_see_it", lambda *_: True)

    assert CANARY in parts(member_client)
    assert left == []
    assert (CANARY in parts(another_client)) is unseen


@pytest.mark.parametrize("unseen", [False, True], ids=["as it is", "were it not looked at"])
def test_controls_of_a_lead_who_is_none_any_more_are_sent_to_nobody_else(
    unseen, known, parts, shop, another_client, while_it_is_drawn, monkeypatch
):
    second = User.objects.create_user("sofia")
    add_member(shop, user=second, role=Role.LEAD)
    join(known, user=second, may_vote=True)
    client = Client()
    client.force_login(second, backend="django.contrib.auth.backends.ModelBackend")
    while_it_is_drawn(lambda: Membership.objects.filter(user=second).update(role=Role.REVIEWER))
    if unseen:
        monkeypatch.setattr(views, "_is_as_voters_see_it", lambda *_: True)

    assert "record-outcome" in parts(client)
    assert ("record-outcome" in parts(another_client)) is unseen


def test_a_member_who_leads_the_session_is_sent_the_own_controls_and_nobody_else_is(
    known, parts, member, member_client, another_client
):
    ReviewSession.objects.update(lead=member)

    assert "record-outcome" in parts(member_client)
    assert "record-outcome" not in parts(another_client)
    assert "record-outcome" in parts(member_client)


def as_one_who(does, session, person, item):
    if does == "looks on":
        join(session, user=person, may_vote=False)
    elif does == "left":
        leave(session, user=person)
    elif does == "leads the workspace":
        Membership.objects.filter(user=person).update(role=Role.LEAD)
    elif does == "is a viewer":
        Membership.objects.filter(user=person).update(role=Role.VIEWER)
    elif does == "was removed":
        Membership.objects.filter(user=person).delete()
    elif does == "leads the session":
        ReviewSession.objects.update(lead=person)
    elif does == "has voted":
        vote(item, QUESTION, by=person, value=None)
    elif does == "voted, and it is revealed":
        vote(item, QUESTION, by=person, value=None)
        reveal(item)


@pytest.mark.parametrize(
    ("does", "votes", "plain"),
    [
        ("nothing", True, True),
        ("voted, and it is revealed", True, True),
        ("has voted", True, False),
        ("looks on", False, False),
        ("left", False, False),
        ("leads the workspace", False, False),
        ("leads the session", False, False),
        ("is a viewer", False, False),
        ("was removed", False, False),
    ],
)
def test_who_is_a_voter_and_a_plain_one(does, votes, plain, session, another, item):
    as_one_who(does, session, another, item)

    assert is_voter(session.pk, another.pk) is votes
    assert is_plain_voter(session.pk, another.pk) is plain


def test_nobody_is_a_voter_of_a_session_that_is_not_there(session, another):
    assert not is_plain_voter(session.pk + 1, another.pk)
    assert not is_voter(session.pk + 1, another.pk)


@pytest.mark.parametrize("happened", ["left", "is a viewer", "leads the workspace", "went", "closed", "model"])
def test_whoever_is_no_such_voter_any_more_is_not_sent_it(
    happened, known, ask, parts, drawn, another, another_client, member_client, owner, item, shop
):
    parts(member_client)
    drawn.clear()
    as_one_who(happened, known, another, item)
    if happened == "went":
        go_to(known, came_from=item.pk, to="next")
    elif happened == "closed":
        close_session(known, by=owner)
    elif happened == "model":
        touch(shop)

    answer = ask(another_client)

    assert drawn == ([] if happened == "closed" else ["nadia"])
    assert answer.has_header("HX-Redirect") is (happened == "closed")


def test_it_is_not_kept_for_long(known, parts, drawn, member_client, another_client, monkeypatch):
    parts(member_client)
    later = time.monotonic() + polling.PARTS_SECONDS + 1
    drawn.clear()

    monkeypatch.setattr("time.monotonic", lambda: later)
    parts(another_client)

    assert drawn == ["nadia"]


def test_what_was_voted_in_an_earlier_round_is_seen_alike_by_all(
    known, parts, drawn, item, owner, owner_client, member_client, another_client
):
    vote(item, QUESTION, by=owner, value=True, why=CANARY)
    reveal(item)
    owner_client.post(f"/w/acme/sessions/{known.pk}/items/{item.pk}/again/", SENT)
    drawn.clear()

    mine, theirs = parts(member_client), parts(another_client)

    assert drawn == ["milo"]
    assert CANARY in mine
    assert without_tokens(mine) == without_tokens(theirs)


def test_a_vote_on_another_item_hinders_nothing(known, parts, drawn, member, member_client, another_client):
    elsewhere = known.items.get(edge="cart-mailer")
    vote(elsewhere, Question(QUESTION.subject._replace(id="cart-mailer"), QUESTION.fact), by=member, value=True)
    drawn.clear()

    assert without_tokens(parts(member_client)) == without_tokens(parts(another_client))
    assert drawn == ["milo"]
