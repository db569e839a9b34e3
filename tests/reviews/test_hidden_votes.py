"""A hidden vote is nowhere in any byte that anybody else is sent; once it is revealed, it is."""

import re
from datetime import UTC, datetime

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from archreview.reviews.actions.taking_part import join
from archreview.reviews.actions.voting import reveal, vote
from archreview.reviews.models import Vote
from archreview.reviews.polling import forget_polling
from archreview.reviews.views import polls
from archreview.reviews.views.polls import with_own_token
from archreview.workspaces.actions import add_member
from archreview.workspaces.models import Role
from tests.reviews.meetings import QUESTION, SENT, asked_at_once
from tests.web.test_access import URLS

ARGUMENTS = {"workspace", "session"}
CANARY = "because-the-canary-says-so"
# What differs between two answers although nothing that they tell does.
NOISE = re.compile(
    rb'name="csrfmiddlewaretoken" value="[^"]*"|"X-CSRFToken": "[^"]*"|data-version="\d+"|name="v" value="\d+"'
    rb'|data-elapsed="\d+"'
)


def room_urls(session):
    """Every address of the reviews that takes nothing but a workspace and a session."""
    names = [name for name, taken in URLS.items() if name.startswith("reviews:") and set(taken) <= ARGUMENTS]
    return [reverse(name, kwargs={"workspace": "acme", "session": session.pk}) for name in names if session_in(name)]


def session_in(name):
    return "session" in URLS[name]


def everything_sent(session, clients):
    """
    What everybody is sent from every address, with and without htmx, from every version on.

    News is asked for twice: the second answer may be made of what the process has kept from the first.
    """
    forget_polling()
    session.refresh_from_db()
    sent = {}
    for who, client in clients.items():
        for url in (*room_urls(session), "/w/acme/sessions/", "/w/acme/actions/", "/w/acme/", "/w/acme/questions/"):
            sent[who, url, "page"] = client.get(url)
            sent[who, url, "part"] = client.get(url, headers={"HX-Request": "true"})
        live = reverse("reviews:session_live", args=["acme", session.pk])
        for version in range(session.version + 1):
            for time in ("first", "again"):
                sent[who, version, time] = client.get(f"{live}?v={version}", headers={"HX-Request": "true"})
            if at_once := asked_at_once(client, f"{live}?v={version}"):
                sent[who, version, "at once"] = at_once
        sent[who, "edge", "page"] = client.get("/w/acme/edges/cart-inventory/")
    return {key: NOISE.sub(b"", head_of(answer) + answer.content) for key, answer in sent.items()}


def head_of(answer):
    """The status and the headers, without when the answer was made."""
    headers = {name: value for name, value in answer.headers.items() if name not in ("Expires", "Last-Modified")}
    return f"{answer.status_code} {sorted(headers.items())}\n".encode()


@pytest.fixture
def others(owner_client, viewer_client):
    """Everybody but the member, who votes."""
    return {"lead": owner_client, "viewer": viewer_client}


@pytest.fixture(autouse=True)
def _a_pdf_tells_what_it_is_made_of(monkeypatch):
    """Compare the text of the PDF, not a compressed stream that would hide it."""
    monkeypatch.setattr("archreview.reviews.minutes.html_to_pdf", lambda *, body, **properties: body.encode())


@pytest.fixture(autouse=True)
def _at_one_moment(monkeypatch):
    """The calendar file says when it was made."""
    moment = datetime(2027, 1, 1, tzinfo=UTC)
    monkeypatch.setattr("archreview.reviews.calendar.timezone.now", lambda: moment)


def test_nobody_else_is_sent_a_word_of_a_hidden_vote(session, item, member, others):
    vote(item, QUESTION, by=member, value=False, why=CANARY)

    told = [key for key, answer in everything_sent(session, others).items() if CANARY.encode() in answer]

    assert told == []


def test_a_yes_and_a_no_look_the_same_to_everybody_else_while_they_are_hidden(session, item, member, others):
    vote(item, QUESTION, by=member, value=True, why=CANARY)
    yes = everything_sent(session, others)
    # The same moment of the same world, but for the vote.
    Vote.objects.filter(user=member).update(value=False, why="")
    no = everything_sent(session, others)

    assert len(yes) > 60
    assert [key for key in yes if yes[key] != no[key]] == []


def test_other_voters_are_sent_no_word_of_it_though_much_is_drawn_once_for_all_of_them(
    session, item, shop, member, member_client, monkeypatch
):
    """Of three voters one has voted, and asks first."""
    voters = {"member": member_client}
    for name in ("nadia", "noor"):
        user = User.objects.create_user(name)
        add_member(shop, user=user, role=Role.REVIEWER)
        join(session, user=user, may_vote=True)
        voters[name] = Client()
        voters[name].force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    shared = []

    def counted(*given):
        shared.append(given)
        return with_own_token(*given)

    monkeypatch.setattr(polls, "with_own_token", counted)
    vote(item, QUESTION, by=member, value=False, why=CANARY)

    told = {key[0] for key, answer in everything_sent(session, voters).items() if CANARY.encode() in answer}

    assert told == {"member"}
    assert len(shared) > 3


def test_posts_tell_nobody_else_either(session, item, member, owner_client):
    vote(item, QUESTION, by=member, value=False, why=CANARY)
    base = f"/w/acme/sessions/{session.pk}/items/{item.pk}"
    answers = [
        owner_client.post(f"{base}/settle/", {**SENT, "answer": "true", "version": "1"}),
        owner_client.post(f"{base}/outcome/", {"outcome": "keep", "version": "1"}, follow=True),
        owner_client.post(f"{base}/outcome/", {"outcome": "keep", "version": "1"}),
        owner_client.post(f"{base}/again/", SENT, headers={"HX-Request": "true"}),
        owner_client.get(owner_client.post(f"{base}/decide/")["Location"]),
    ]

    assert [answer.status_code for answer in answers] == [409, 200, 409, 200, 200]
    assert [answer for answer in answers if CANARY.encode() in answer.content] == []


def test_closing_the_session_does_not_reveal_what_nobody_revealed(session, item, member, owner_client):
    vote(item, QUESTION, by=member, value=False, why=CANARY)
    owner_client.post(f"/w/acme/sessions/{session.pk}/state/", {"to": "closed"})

    for what in ("", "markdown/", "pdf/"):
        assert CANARY.encode() not in owner_client.get(f"/w/acme/sessions/{session.pk}/minutes/{what}").content


def test_once_revealed_the_vote_is_told_where_it_belongs(session, item, member, others):
    """The negative control: the same search finds what there is to find."""
    vote(item, QUESTION, by=member, value=False, why=CANARY)
    reveal(item)

    told = {key[1] for key, answer in everything_sent(session, others).items() if CANARY.encode() in answer}

    base = f"/w/acme/sessions/{session.pk}/"
    assert {base, f"{base}minutes/", f"{base}minutes/markdown/", f"{base}minutes/pdf/", 0} <= told


def test_a_person_sees_the_own_vote(session, item, member, member_client):
    vote(item, QUESTION, by=member, value=False, why=CANARY)

    assert CANARY.encode() in member_client.get(f"/w/acme/sessions/{session.pk}/").content


def test_no_admin_page_lists_votes():
    assert Vote not in admin.site._registry
