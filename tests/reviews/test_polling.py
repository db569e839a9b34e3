"""The short way for the question whether anything is new: one query, and nobody whom the long way would not let in."""

import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.db import DatabaseError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from archreview.reviews import polling
from archreview.reviews.actions.changing import changing
from archreview.reviews.actions.running import close_session, go_to
from archreview.reviews.actions.taking_part import AWAY_AFTER, leave, note_here
from archreview.reviews.actions.voting import reveal, vote
from archreview.reviews.models import Participant
from archreview.reviews.polling import Here
from archreview.reviews.queries.sessions import NOTED_EVERY
from archreview.reviews.queries.votes import hidden_votes
from archreview.reviews.views.polls import POLL
from archreview.workspaces.models import Membership
from tests.reviews.meetings import QUESTION, asked_at_once

HTMX = {"HX-Request": "true"}


@pytest.fixture(params=["by the application", "at once where that is possible"])
def ask(session, request):
    """Ask for what is new since the present version, or since another, in both ways in which a server can be asked."""

    def asked(client, since=None):
        session.refresh_from_db()
        live = reverse("reviews:session_live", args=["acme", session.pk])
        target = f"{live}?v={since or session.version}"
        at_once = asked_at_once(client, target) if request.param.startswith("at once") else None
        return at_once or client.get(target, headers=HTMX)

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


def test_what_takes_a_short_query_or_two_is_answered_at_once(known, session, item, member):
    session.refresh_from_db()
    target = f"{reverse('reviews:session_live', args=['acme', session.pk])}?v={session.version}"
    quiet = asked_at_once(known, target)

    vote(item, QUESTION, by=member, value=True)
    counted = asked_at_once(known, target)

    assert quiet is not None
    assert (quiet.status_code, quiet.content) == (204, b"")
    assert counted is not None
    assert counted.status_code == 200
    assert b"1 of 2 have answered" in counted.content
    assert known.get(target, headers=HTMX).content == counted.content


def test_all_else_is_not_answered_at_once(known, owner_client, session, item, member):
    session.refresh_from_db()
    live = reverse("reviews:session_live", args=["acme", session.pk])
    target = f"{live}?v={session.version}"
    assert asked_at_once(known, target) is not None

    # Nothing is known of this browser; that is not the address; it is time to note who is here; and there is more news.
    assert asked_at_once(owner_client, target) is None
    for other in (live, f"{target}&x=1", f"{live}?v=", "/", "", "/accounts/sign-in/", target.replace("acme", "globex")):
        assert asked_at_once(known, other) is None
    seen_before(session, NOTED_EVERY + timedelta(seconds=1))
    assert asked_at_once(known, target) is None
    known.get(target, headers=HTMX)
    assert asked_at_once(known, target) is not None
    reveal_a_vote(item, member)
    assert asked_at_once(known, target) is None


def reveal_a_vote(item, member):
    vote(item, QUESTION, by=member, value=True)
    reveal(item)


def test_a_count_is_not_sent_to_an_address_opened_by_another_site(known, session, item, member):
    session.refresh_from_db()
    target = f"{reverse('reviews:session_live', args=['acme', session.pk])}?v={session.version}"
    vote(item, QUESTION, by=member, value=True)
    assert asked_at_once(known, target) is not None

    assert asked_at_once(known, target, headers={}) is None


@pytest.mark.parametrize(("scheme", "answered"), [("https", True), ("http", False), (None, False)])
def test_what_would_be_sent_on_to_tls_is_not_answered_at_once(known, session, settings, scheme, answered):
    settings.SECURE_SSL_REDIRECT = True
    session.refresh_from_db()
    target = f"{reverse('reviews:session_live', args=['acme', session.pk])}?v={session.version}"
    headers = {"hx-request": "true"} | ({"x-forwarded-proto": scheme} if scheme else {})

    assert (asked_at_once(known, target, headers) is not None) is answered


def test_a_count_of_the_item_before_is_not_sent(known, owner_client, ask, session, item, member):
    before = session.version
    vote(item, QUESTION, by=member, value=True)
    ask(owner_client, before)
    go_to(session, came_from=item.pk, to="next")

    assert b"room-agenda" in ask(known, before).content


def test_the_counts_are_those_of_whoever_is_waited_for(session, item, member):
    def counted():
        found = hidden_votes(session.pk)
        assert found is not None
        return found

    vote(item, QUESTION, by=member, value=True)
    assert [(each.fact, each.answered) for each in counted().questions] == [(QUESTION.fact, 1)]
    assert counted().of == 2  # the viewer looks on

    leave(session, user=member)

    assert [each.answered for each in counted().questions] == [0]
    assert counted().of == 1
    reveal(item)
    session.refresh_from_db()
    assert counted().questions == ()
    assert (counted().since, counted().version) == (session.version, session.version)
    assert hidden_votes(session.pk + 1) is None


# -- who is here -------------------------------------------------------------------------------------------------------


def seen_before(session, time):
    Participant.objects.filter(session=session).update(last_seen=timezone.now() - time)


def last_seen(member):
    return Participant.objects.get(user=member).last_seen


def test_whoever_asks_is_here_and_it_is_noted_now_and_then(known, ask, session, member, django_assert_num_queries):
    seen_before(session, NOTED_EVERY + timedelta(seconds=1))
    ask(known)
    noted = last_seen(member)
    assert timezone.now() - noted < NOTED_EVERY

    with django_assert_num_queries(2):  # one of them is this test's own
        ask(known)
    assert last_seen(member) == noted


def test_one_note_serves_for_all_who_ask(known, owner_client, viewer_client, ask, session):
    ask(owner_client)
    ask(known)
    seen_before(session, NOTED_EVERY + timedelta(seconds=1))

    ask(owner_client)

    seen = dict(Participant.objects.values_list("user__username", "last_seen"))
    assert seen["milo"] == seen["olivia"]
    assert timezone.now() - seen["milo"] < NOTED_EVERY
    # Vera is in the session, but has not asked.
    assert timezone.now() - seen["vera"] > NOTED_EVERY


def test_whoever_has_asked_long_ago_is_not_noted_with_the_others(monkeypatch):
    now = 1000.0
    monkeypatch.setattr("time.monotonic", lambda: now)
    crowd = polling.Crowd()
    crowd.wait("one", Here(1, 11))
    crowd.wait("two", Here(1, 12))
    crowd.wait("three", Here(2, 13))
    crowd.wait("another site", None)
    assert crowd.people_in(1) == {11, 12}

    for _ in range(3):
        now += polling.COUNTED_SECONDS
        crowd.wait("two", Here(1, 12))

    assert crowd.people_in(1) == {12}


def test_whoever_stops_asking_is_away_until_asking_again(known, owner_client, ask, session, member):
    ask(owner_client)
    seen_before(session, AWAY_AFTER + timedelta(seconds=1))
    ask(owner_client)
    assert Participant.objects.get(user=member).away

    ask(known)

    assert not Participant.objects.get(user=member).away


def test_whoever_has_left_does_not_come_back_by_a_page_that_is_still_open(known, ask, session, member):
    leave(session, user=member)
    seen_before(session, AWAY_AFTER)
    before = last_seen(member)

    ask(known)

    assert last_seen(member) == before
    assert Participant.objects.get(user=member).left_at is not None


def test_an_address_opened_from_elsewhere_does_not_count_as_being_here(known, session, member):
    seen_before(session, AWAY_AFTER)
    before = last_seen(member)

    # Another site can have a browser load an address, but not send htmx's header with it.
    session.refresh_from_db()
    known.get(reverse("reviews:session_live", args=["acme", session.pk]) + f"?v={session.version}")

    assert last_seen(member) == before


def test_whoever_asks_when_the_session_closes_meets_no_error(known, ask, session, owner, monkeypatch):
    def closed_just_before(found, **more):
        close_session(session, by=owner)
        return changing(found, **more)

    monkeypatch.setattr("archreview.reviews.actions.taking_part.changing", closed_just_before)
    Participant.objects.filter(session=session).update(away=True)
    seen_before(session, AWAY_AFTER)

    assert ask(known).status_code == 204
    session.refresh_from_db()
    assert session.is_closed


def test_an_answer_does_not_fail_because_something_could_not_be_noted(known, ask, session, monkeypatch, caplog):
    tried = []

    def fails(*_, **__):
        tried.append(1)
        raise DatabaseError("database or disk is full")

    monkeypatch.setattr("archreview.reviews.views.polls.note_here", fails)
    seen_before(session, AWAY_AFTER)

    assert [ask(known).status_code for _ in range(3)] == [204] * 3
    assert "was not noted" in caplog.text
    # It is tried another time, not with each question.
    assert len(tried) == 1


def test_a_note_that_fails_does_not_keep_the_others_from_being_noted(known, owner_client, ask, session, monkeypatch):
    def fails(*_, **__):
        raise DatabaseError("database or disk is full")

    ask(owner_client)
    ask(known)
    seen_before(session, NOTED_EVERY + timedelta(seconds=1))
    with monkeypatch.context() as patched:
        patched.setattr("archreview.reviews.views.polls.note_here", fails)
        ask(owner_client)

    ask(known)

    noted = dict(Participant.objects.values_list("user__username", "last_seen"))["milo"]
    assert timezone.now() - noted < NOTED_EVERY


def test_nothing_is_noted_of_a_session_that_is_gone(session, member):
    note_here(session.pk + 1, users={member.pk})

    assert last_seen(member) == Participant.objects.get(user=member).joined_at


def test_whoever_leaves_at_that_moment_changes_nothing_more(session, member):
    leave(session, user=member)
    session.refresh_from_db()
    before = session.version

    note_here(session.pk, users={member.pk})

    session.refresh_from_db()
    assert session.version == before


# -- how often ---------------------------------------------------------------------------------------------------------


def test_a_page_is_told_to_ask_each_second_while_few_do(known, ask):
    assert ask(known)["Session-Pace"] == "1000"


def test_the_more_ask_the_longer_each_waits_within_limits(monkeypatch):
    now = 1000.0
    monkeypatch.setattr("time.monotonic", lambda: now)
    crowd = polling.Crowd()

    def asked_by(people):
        """How long everybody is to wait, once everybody has been counted."""
        nonlocal now
        for _ in range(2):
            now += polling.COUNTED_SECONDS
            waits = [crowd.wait(f"browser {number}", None) for number in range(people)]
        return waits[-1]

    assert asked_by(12) == polling.SHORTEST
    assert asked_by(200) == 200 / polling.QUESTIONS_A_SECOND == 2.5
    assert asked_by(1000) == polling.LONGEST
    assert asked_by(12) == polling.SHORTEST


def test_whoever_was_there_long_ago_is_not_counted(monkeypatch):
    now = 1000.0
    monkeypatch.setattr("time.monotonic", lambda: now)
    crowd = polling.Crowd()
    for number in range(1000):
        crowd.wait(f"browser {number}", None)

    now += 3600

    assert crowd.wait("the first of the next day", None) == polling.SHORTEST
