"""The short way for the question whether anything is new: one query, and nobody whom the long way would not let in."""

import re

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from archreview.reviews import polling
from archreview.reviews.actions.running import go_to
from archreview.reviews.actions.voting import reveal, vote
from archreview.reviews.views.polls import POLL
from archreview.workspaces.models import Membership
from tests.reviews.meetings import QUESTION

HTMX = {"HX-Request": "true"}


@pytest.fixture
def ask(session):
    """Ask for what is new since the present version, or since another."""

    def asked(client, since=None):
        session.refresh_from_db()
        live = reverse("reviews:session_live", args=["acme", session.pk])
        return client.get(f"{live}?v={since or session.version}", headers=HTMX)

    return asked


@pytest.fixture
def known(member_client, ask):
    """The member's browser, which has asked before."""
    assert ask(member_client).status_code == 204
    return member_client


def test_the_short_way_knows_the_address_of_the_long_one():
    path = POLL.fullmatch(reverse("reviews:session_live", args=["acme-1", 17]))

    assert path is not None
    assert path.groups() == ("acme-1", "17")


def test_whoever_asks_again_is_answered_by_one_query(known, ask, session, django_assert_num_queries):
    session.refresh_from_db()
    with django_assert_num_queries(2):  # one of them is this test's own
        answer = ask(known)

    assert (answer.status_code, answer.content) == (204, b"")
    assert "no-store" in answer["Cache-Control"]


def signed_out(client):
    # As from another tab: the cookie stays.
    Session.objects.get(pk=client.cookies[settings.SESSION_COOKIE_NAME].value).delete()


def expired(client):
    Session.objects.update(expire_date=timezone.now())


def removed(client):
    Membership.objects.filter(user__username="milo").delete()


def dismissed(client):
    User.objects.filter(username="milo").update(is_active=False)


@pytest.mark.parametrize(
    ("happened", "status"),
    [(signed_out, 204), (expired, 204), (removed, 404), (dismissed, 204)],
    ids=["signed out", "expired", "removed", "dismissed"],
)
def test_whoever_is_out_is_not_answered_from_the_next_question_on(known, ask, happened, status):
    assert "HX-Redirect" not in ask(known)

    happened(known)

    answer = ask(known)
    assert answer.status_code == status
    # htmx is sent to the sign-in by an answer of its own.
    assert answer.has_header("HX-Redirect") is (status == 204)


def test_a_changed_password_ends_the_other_browsers(known, ask, member):
    assert not ask(known).has_header("HX-Redirect")

    member.set_password("another one entirely")
    member.save()

    assert ask(known).has_header("HX-Redirect")


def test_a_stranger_whose_browser_is_known_learns_nothing(session, ask, outsider, outsider_client, other_workspace):
    polling.remember_sign_in(outsider_client.cookies[settings.SESSION_COOKIE_NAME].value, outsider)

    theirs = reverse("reviews:session_live", args=["globex", session.pk])

    assert ask(outsider_client).status_code == 404
    assert outsider_client.get(f"{theirs}?v={session.version}", headers=HTMX).status_code == 404


def test_a_cookie_that_somebody_made_up_is_nobodys(known, ask):
    client = Client()
    client.cookies[settings.SESSION_COOKIE_NAME] = "a" * 32

    assert ask(client).has_header("HX-Redirect")


def test_a_count_is_made_once_and_sent_to_all(
    known, owner_client, viewer_client, ask, session, item, member, django_assert_num_queries
):
    for client in (owner_client, viewer_client):
        ask(client)
    before = session.version
    vote(item, QUESTION, by=member, value=True)

    first = ask(owner_client, before)
    with django_assert_num_queries(4):  # two of them are this test's own
        others = [ask(client, before) for client in (known, viewer_client)]

    assert b"1 of 2 have answered" in first.content
    assert {answer.content for answer in others} == {first.content}
    assert re.findall(rb'data-version="(\d+)"', first.content) == [str(session.version).encode()]


def test_after_more_than_a_count_each_is_sent_what_is_the_own(known, owner_client, ask, session, item, owner, member):
    before = session.version
    vote(item, QUESTION, by=member, value=True, why="mine alone")
    assert b"1 of 2" in ask(owner_client, before).content
    reveal(item)

    assert b"mine alone" in ask(owner_client, before).content
    session.refresh_from_db()
    vote(session.items.get(edge="cart-mailer"), QUESTION, by=owner, value=True)
    # Another count is kept by now, for those who have seen the votes.
    assert b"mine alone" not in ask(owner_client, session.version - 1).content
    assert b"mine alone" in ask(known, before).content


def test_a_count_of_the_item_before_is_not_sent(known, owner_client, ask, session, item, member):
    before = session.version
    vote(item, QUESTION, by=member, value=True)
    ask(owner_client, before)
    go_to(session, came_from=item.pk, to="next")

    assert b"room-agenda" in ask(known, before).content
