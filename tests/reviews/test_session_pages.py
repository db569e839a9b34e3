"""The pages around a session: planning it, its agenda, answering ahead, its outcome, its minutes."""

import re
from datetime import UTC, date, datetime

import pytest

from archreview.decisions.models import Decision
from archreview.engine.results import Subject
from archreview.reviews.actions.running import close_session, open_session, pause_session
from archreview.reviews.actions.settling import Concluded, record_outcome, settle
from archreview.reviews.actions.taking_part import join
from archreview.reviews.actions.voting import Question, reveal, vote, vote_again
from archreview.reviews.analyses import current_analysis
from archreview.reviews.calendar import as_calendar
from archreview.reviews.minutes import as_markdown, minutes_of
from archreview.reviews.models import Action, AgendaItem, ReviewSession, Vote
from archreview.reviews.models.session import Outcome
from tests.reviews.meetings import QUESTION, SENT, planned_session

HTMX = {"HX-Request": "true"}


@pytest.fixture
def planned(shop, owner):
    shop.refresh_from_db()
    return planned_session(shop, owner)


@pytest.fixture
def opened(planned, owner, member):
    open_session(planned, by=owner)
    for person in (owner, member):
        join(planned, user=person, may_vote=True)
    return planned


@pytest.fixture
def item(opened):
    return opened.items.get(edge="cart-inventory")


@pytest.fixture
def here(opened):
    return f"/w/acme/sessions/{opened.pk}/"


@pytest.fixture
def at_item(here, item):
    return f"{here}items/{item.pk}/"


# -- planning ----------------------------------------------------------------------------------------------------------


def test_the_agenda_proposes_itself_from_the_scope(member_client, shop, member):
    answer = member_client.post(
        "/w/acme/sessions/new/", {"title": "Checkout", "length": "60", "flows": ["checkout"], "text": "cart"}
    )

    session = ReviewSession.objects.get()
    assert answer["Location"] == f"/w/acme/sessions/{session.pk}/agenda/"
    assert session.lead == member
    assert {item.edge for item in session.items.all()} == {"cart-inventory", "cart-mailer"}
    assert all(item.reasons for item in session.items.all())


def test_a_short_session_has_a_short_agenda(member_client, shop):
    member_client.post("/w/acme/sessions/new/", {"title": "Short", "length": "10"})

    session = ReviewSession.objects.get()
    assert sum(item.minutes for item in session.items.all()) <= 10


def test_a_session_can_start_at_once(member_client, shop, member):
    answer = member_client.post("/w/acme/sessions/new/", {"title": "Now", "length": "30", "start": "1"})

    session = ReviewSession.objects.get()
    assert session.state == "open"
    assert session.participants.get().user == member
    assert answer["Location"] == session.get_absolute_url()


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"title": ""}, "required"),
        ({"length": "3"}, "greater than or equal to 10"),
        ({"systems": ["nowhere"]}, "nowhere"),
        ({"text": "no such edge"}, "nothing to decide"),
        ({"title": "bell \x07"}, "not seen"),
    ],
    ids=str,
)
def test_what_cannot_be_planned_says_why_and_keeps_what_was_typed(member_client, shop, wrong, told):
    answer = member_client.post("/w/acme/sessions/new/", {"title": "Ours", "length": "60"} | wrong)

    assert answer.status_code == 422
    assert told in answer.content.decode()
    assert not ReviewSession.objects.exists()


def test_the_agenda_is_changed_by_buttons_and_never_behind_somebodys_back(owner_client, planned):
    url = f"/w/acme/sessions/{planned.pk}/agenda/"
    first = planned.items.first()
    owner_client.post(url, {"change": "down", "item": first.pk, "version": planned.agenda_version})
    assert [item.edge for item in planned.items.all()][:2] == ["cart-mailer", "cart-inventory"]

    stale = owner_client.post(url, {"change": "remove", "item": first.pk, "version": planned.agenda_version})

    assert stale.status_code == 409
    assert b"Somebody else has changed the agenda" in stale.content
    assert planned.items.count() == 3
    assert owner_client.post(url, {"change": "add", "edge": "nowhere", "version": "1"}).status_code == 404


def test_a_title_typed_while_somebody_else_saved_stays_in_the_form(owner_client, planned):
    url = f"/w/acme/sessions/{planned.pk}/agenda/"
    sent = {"title": "Mine", "length": "45", "planned_for": "2027-03-01T10:00", "version": planned.agenda_version}
    assert owner_client.post(url, sent).status_code == 302
    stale = owner_client.post(url, sent | {"title": "Second"})

    text = stale.content.decode()
    assert stale.status_code == 409
    assert 'value="Second"' in text
    assert '<td data-label="Saved now">Mine</td><td data-label="Yours">Second</td>' in text
    planned.refresh_from_db()
    assert (planned.title, planned.length_minutes) == ("Mine", 45)


def test_a_session_that_has_not_begun_is_deleted_with_what_was_voted_ahead(
    planned, member, owner_client, member_client
):
    vote(planned.items.get(edge="cart-inventory"), QUESTION, by=member, value=True)
    url = f"/w/acme/sessions/{planned.pk}/"
    assert b"delete-session" not in member_client.get(url).content
    assert b"3 items and all votes" in owner_client.get(url).content
    assert member_client.post(f"{url}delete/").status_code == 403

    owner_client.post(f"{url}delete/")

    assert not ReviewSession.objects.exists()
    assert not Vote.objects.exists()
    assert "is deleted" in owner_client.get("/w/acme/sessions/").content.decode()


def test_a_session_that_has_begun_stays(planned, owner, owner_client):
    url = f"/w/acme/sessions/{planned.pk}/"
    open_session(planned, by=owner)
    assert b"delete-session" not in owner_client.get(url).content

    owner_client.post(f"{url}delete/")

    assert "The session is open" in owner_client.get(url).content.decode()
    assert ReviewSession.objects.exists()


def test_the_address_to_pass_on_can_be_copied_by_hand(planned, owner_client):
    page = owner_client.get(f"/w/acme/sessions/{planned.pk}/agenda/").content.decode()

    assert f'value="http://testserver/w/acme/sessions/{planned.pk}/" readonly' in page


def test_the_calendar_file_has_the_time_and_no_line_that_somebody_wrote_into_it(planned, viewer_client):
    planned.title = "A; B, C\r\nBEGIN:VALARM é" + "x" * 200
    text = as_calendar(planned, url="https://review.example.org/s/1/")

    assert "DTSTART:20270112T090000Z\r\nDTEND:20270112T100000Z" in text
    assert "SUMMARY:A\\; B\\, C\\nBEGIN:VALARM" in text
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    assert "\nBEGIN:VALARM" not in text
    assert viewer_client.get(f"/w/acme/sessions/{planned.pk}/calendar/")["Content-Type"].startswith("text/calendar")
    ReviewSession.objects.update(planned_for=None)
    assert viewer_client.get(f"/w/acme/sessions/{planned.pk}/calendar/").status_code == 404


# -- the room ----------------------------------------------------------------------------------------------------------


def test_an_unchanged_page_is_answered_by_nothing_and_asks_little(
    opened, here, member_client, django_assert_num_queries
):
    opened.refresh_from_db()
    with django_assert_num_queries(3):  # the browser's session, the person, the version
        answer = member_client.get(f"{here}live/?v={opened.version}", headers=HTMX)

    assert (answer.status_code, answer.content) == (204, b"")


def test_a_vote_sends_everybody_a_count_and_no_more(opened, item, here, member, owner_client):
    opened.refresh_from_db()
    known = opened.version
    vote(item, QUESTION, by=member, value=True)

    part = owner_client.get(f"{here}live/?v={known}", headers=HTMX).content.decode()

    assert "1 of 2 have answered" in part
    assert "room-item" not in part
    assert "ballot-form" not in part


def test_what_nobody_has_voted_on_tells_no_number_that_could_grow_old(opened, item, here, member, owner_client):
    assert b"have answered" not in owner_client.get(here).content

    vote(item, QUESTION, by=member, value=True)

    assert owner_client.get(here).content.count(b"1 of 2 have answered") == 1


def test_the_clock_goes_on_where_it_stood_when_the_item_comes_back(opened, item, here, owner_client):
    AgendaItem.objects.filter(pk=item.pk).update(seconds=240)
    assert "4 of about" in owner_client.get(here).content.decode()

    pause_session(opened)

    assert "4 of about" in owner_client.get(here).content.decode()


def test_whoever_has_not_joined_can_at_the_top_of_the_page(opened, here, member_client, viewer_client):
    assert b'id="join"' not in member_client.get(here).content
    page = viewer_client.get(here).content.decode()
    assert page.index('id="room-head"') < page.index('id="join"') < page.index('id="room-item"')


def test_whoever_comes_late_gets_the_whole_page(opened, here, viewer_client):
    part = viewer_client.get(f"{here}live/?v=1", headers=HTMX).content.decode()

    for name in ("room-head", "room-item", "room-people", "room-agenda"):
        assert f'id="{name}"' in part


def test_the_page_asks_the_database_as_often_for_a_long_agenda(
    opened, here, viewer_client, django_assert_num_queries, django_assert_max_num_queries
):
    viewer_client.get(here)
    with django_assert_max_num_queries(20) as few:
        viewer_client.get(here)
    AgendaItem.objects.bulk_create(
        [AgendaItem(session=opened, edge=f"e{n}", name=f"E{n}", position=9 + n, minutes=4) for n in range(20)]
    )
    with django_assert_num_queries(len(few.captured_queries)):
        viewer_client.get(here)


def test_a_name_and_a_word_of_why_are_shown_as_text(opened, item, here, member, owner_client):
    vote(item, QUESTION, by=member, value=True, why="<script>alert(1)</script>")
    reveal(item)

    for url in (here, f"{here}minutes/"):
        page = owner_client.get(url).content.decode()
        assert "<script>alert(1)" not in page
        assert "&lt;script&gt;alert(1)" in page


def test_a_vote_on_what_is_no_question_of_the_item_is_refused(at_item, member_client):
    for wrong in ({"fact": "timeout_ms"}, {"id": "mailer", "kind": "service", "fact": "entry_point"}, {"kind": "x"}):
        assert member_client.post(f"{at_item}vote/", SENT | {"answer": "true"} | wrong).status_code == 404
    assert not Vote.objects.exists()


def test_a_vote_without_an_answer_keeps_the_word_of_why(at_item, member_client):
    answer = member_client.post(f"{at_item}vote/", SENT | {"note": "because of me"}, headers=HTMX)

    assert answer.status_code == 422
    assert 'value="because of me"' in answer.content.decode()
    assert "Choose yes, no" in answer.content.decode()


def test_whoever_is_neither_lead_nor_planner_leads_nothing(at_item, here, member_client):
    for url in (f"{here}move/", f"{here}state/", f"{at_item}reveal/", f"{at_item}settle/", f"{at_item}outcome/"):
        assert member_client.post(url, SENT).status_code == 403


def test_a_reviewer_leads_the_session_that_he_planned(shop, member, member_client):
    shop.refresh_from_db()
    session = planned_session(shop, member)
    member_client.post(f"/w/acme/sessions/{session.pk}/state/", {"to": "open"})

    session.refresh_from_db()
    assert session.state == "open"


def test_the_lead_sees_at_once_what_the_answer_changed(opened, item, at_item, member, owner_client):
    asked = current_analysis(opened.workspace).edge_reviews["cart-inventory"].tree
    sent = SENT | {"fact": f"answers.{asked.next_question}"}
    vote(item, Question(QUESTION.subject, sent["fact"]), by=member, value=False)
    reveal(item)
    seen = item.ballots.get().shape_version

    answer = owner_client.post(
        f"{at_item}settle/", sent | {"answer": "false", "version": seen, "v": opened.version}, headers=HTMX
    )

    opened.workspace.refresh_from_db()
    now = current_analysis(opened.workspace).edge_reviews["cart-inventory"].tree
    assert len(now.possible) < len(asked.possible)
    assert f"{len(now.possible)} outcomes possible" in answer.content.decode()


def test_two_who_settle_the_same_see_both_texts(opened, item, at_item, member, owner_client, owner):
    vote(item, QUESTION, by=member, value=True)
    reveal(item)
    seen = item.ballots.get().shape_version
    settle(item.ballots.get(), agreed=True, value=False, why="theirs entirely", version=seen, by=owner)

    answer = owner_client.post(f"{at_item}settle/", SENT | {"answer": "true", "note": "mine alone", "version": seen})

    text = answer.content.decode()
    assert answer.status_code == 409
    assert "theirs entirely" in text
    assert "mine alone" in text
    assert item.ballots.get().why == "theirs entirely"
    # What the page offers saves mine after all.
    again = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', text))
    assert owner_client.post(f"{at_item}settle/", again | {"note": "mine alone"}).status_code == 302
    assert item.ballots.get().why == "mine alone"


def test_two_who_conclude_the_same_see_both_texts(item, at_item, owner_client):
    record_outcome(item, Concluded(Outcome.KEEP, why="theirs entirely"), version=1)

    answer = owner_client.post(
        f"{at_item}outcome/", {"outcome": "change", "style": "queue", "why": "mine alone", "version": "1"}
    )

    assert answer.status_code == 409
    assert b"theirs entirely" in answer.content
    assert b"mine alone" in answer.content


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        ({}, "Choose an outcome"),
        ({"outcome": "change"}, "Name the style"),
        ({"outcome": "investigate"}, "Name who investigates"),
        ({"outcome": "accept", "why": "rare"}, "until when it is accepted"),
        ({"outcome": "accept", "expires": "2027-01-01"}, "Say why"),
    ],
    ids=str,
)
def test_an_outcome_names_what_it_needs(item, at_item, owner_client, sent, told):
    answer = owner_client.post(f"{at_item}outcome/", {"version": "1"} | sent)

    assert answer.status_code == 422
    assert told in answer.content.decode()
    item.refresh_from_db()
    assert not item.is_done


def test_an_edge_that_somebody_deletes_meanwhile_leaves_the_item_readable(opened, item, here, owner_client):
    from archreview.registry.models import Edge
    from archreview.workspaces.actions import touch

    Edge.objects.filter(slug="cart-inventory").delete()
    touch(opened.workspace)

    for page in (here, f"{here}minutes/", f"{here}agenda/"):
        text = owner_client.get(page).content
        assert b"no longer in the model" in text
        assert b"/edges/cart-inventory/" not in text


# -- ahead -------------------------------------------------------------------------------------------------------------


def test_what_is_answered_ahead_counts_in_the_meeting(planned, member_client, member, owner, owner_client):
    ahead = f"/w/acme/sessions/{planned.pk}/ahead/"
    assert b"ballot-form" in member_client.get(ahead).content
    item = planned.items.get(edge="cart-inventory")
    sent = SENT | {"answer": "false", "note": "I run it", "ahead": "1"}
    answer = member_client.post(f"/w/acme/sessions/{planned.pk}/items/{item.pk}/vote/", sent)
    assert answer["Location"] == ahead
    assert b"I run it" not in owner_client.get(ahead).content
    open_session(planned, by=owner)
    join(planned, user=owner, may_vote=True)
    join(planned, user=member, may_vote=True)

    assert vote(item, QUESTION, by=owner, value=True).is_revealed
    assert b"I run it" in owner_client.get(planned.get_absolute_url()).content


def test_any_agenda_is_answered_ahead_with_as_many_queries(
    planned, member_client, django_assert_num_queries, django_assert_max_num_queries
):
    ahead = f"/w/acme/sessions/{planned.pk}/ahead/"
    planned.items.exclude(edge="cart-inventory").delete()
    member_client.get(ahead)
    with django_assert_max_num_queries(14) as few:
        member_client.get(ahead)
    AgendaItem.objects.create(session=planned, edge="cart-mailer", name="x", position=8, minutes=4)
    AgendaItem.objects.create(session=planned, edge="inventory-db", name="y", position=9, minutes=4)
    with django_assert_num_queries(len(few.captured_queries)):
        member_client.get(ahead)


def test_the_questions_of_one_team_are_asked_alone(planned, member_client):
    page = member_client.get(f"/w/acme/sessions/{planned.pk}/ahead/?team=checkout").content.decode()

    assert "Cart → Inventory" in page
    assert "Inventory → Stock" not in page


# -- what comes of it --------------------------------------------------------------------------------------------------


@pytest.fixture
def concluded(opened, item, owner, member):
    """Voted, settled against the member, to be changed to a queue."""
    vote(item, QUESTION, by=owner, value=True)
    vote(item, QUESTION, by=member, value=False, why="*stars* and [links](x)")
    ballot = item.ballots.get()
    settle(ballot, agreed=True, value=True, why="we measured it", version=ballot.shape_version, by=owner)
    settled = Concluded(Outcome.CHANGE, style="stream", why="Nobody waits", owner=member)
    record_outcome(item, settled, version=1)
    return item


def test_a_decision_is_drafted_with_the_people_the_reason_and_the_dissent(concluded, at_item, owner_client):
    address = owner_client.post(f"{at_item}decide/")["Location"]

    decision = Decision.objects.get()
    assert address == f"/w/acme/decisions/{decision.number}/edit/"
    assert decision.decision_makers == "Olivia Owner, Milo Member"
    assert decision.body.index("change it to a stream") < decision.body.index("### Consequences")
    assert "Milo Member said no because “\\*stars\\* and \\[links\\](x)”; the group says yes." in decision.body
    assert decision.confirmation["styles"] == ["stream"]
    assert decision.title == "Publish “Reserve stock” on an ordered event stream"
    assert decision.pictures["after"]


def test_a_second_click_opens_the_decision_that_is_there(concluded, at_item, owner_client):
    first, second = (owner_client.post(f"{at_item}decide/")["Location"] for _ in range(2))

    assert first == second
    assert Decision.objects.count() == 1


def test_the_minutes_tell_who_what_and_why(opened, concluded, owner, here, viewer_client):
    close_session(opened, by=owner)
    minutes = minutes_of(ReviewSession.objects.select_related("workspace").get())
    text = as_markdown(minutes)

    assert "Took part: Olivia Owner, Milo Member" in text
    assert "**Change to stream, Milo Member**: Nobody waits" in text
    assert "Milo Member: no (\\*stars\\* and \\[links\\](x))" in text
    assert "Dissent: Milo Member" in text
    assert "| Open questions |" in text
    assert "* [ ] Change Cart → Inventory to stream: Nobody waits (Milo Member)" in text
    page = viewer_client.get(f"{here}minutes/").content.decode()
    assert "The group: yes" in page
    assert opened.after.sha256 in page
    assert viewer_client.get(here).status_code == 302
    assert viewer_client.get(f"{here}live/?v=1", headers=HTMX)["HX-Redirect"] == f"{here}minutes/"


def test_the_minutes_keep_the_rounds_before_the_last(opened, item, owner, member, here, viewer_client):
    for value in (False, True):
        for person in (owner, member):
            vote(item, QUESTION, by=person, value=value, why="at first" if not value else "")
        vote_again(item, QUESTION)

    text = viewer_client.get(f"{here}minutes/markdown/").content.decode()

    assert "Round 1: Milo Member: no (at first); Olivia Owner: no (at first)" in text
    assert "Round 2: Milo Member: yes; Olivia Owner: yes" in text


def test_the_minutes_are_a_document(opened, concluded, here, viewer_client):
    answer = viewer_client.get(f"{here}minutes/pdf/")

    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF")


def test_the_minutes_are_read_as_often_for_many_items(opened, concluded, django_assert_num_queries):
    def read():
        session = ReviewSession.objects.select_related("workspace", "lead", "before", "after").get()
        as_markdown(minutes_of(session))

    with django_assert_num_queries(7):
        read()
    for place, edge in enumerate(("x", "y", "z"), start=10):
        more = AgendaItem.objects.create(session=opened, edge=edge, name=edge, position=place, minutes=4)
        vote(more, Question(Subject("edge", edge), "answers.can_poll"), by=opened.lead, value=True)
    with django_assert_num_queries(7):
        read()


def test_actions_are_listed_until_they_are_done(opened, concluded, member_client, viewer_client):
    listed = "/w/acme/actions/"
    assert b"Change Cart" in viewer_client.get(listed).content
    done = f"{listed}{Action.objects.get().pk}/done/"
    assert done in member_client.get(listed).content.decode()
    member_client.post(done)

    assert b"Change Cart" not in viewer_client.get(listed).content
    assert b"Change Cart" in viewer_client.get(f"{listed}?done=1").content
    member_client.post(done, {"open": "1"})
    assert b"Change Cart" in viewer_client.get(listed).content


def test_a_risk_whose_time_is_over_is_listed_as_expired(item, viewer_client, django_assert_max_num_queries):
    record_outcome(item, Concluded(Outcome.ACCEPT, why="rare", expires=date(2020, 1, 1)), version=1)
    later = item.session.items.get(edge="cart-mailer")
    record_outcome(later, Concluded(Outcome.ACCEPT, why="rare too", expires=date(2999, 1, 1)), version=1)

    with django_assert_max_num_queries(8):
        page = viewer_client.get("/w/acme/actions/").content.decode()

    assert page.count(">expired<") == 1
    assert page.index("Cart → Inventory") < page.index(">expired<") < page.index("1 Jan 2999")
    assert "rare too" not in viewer_client.get("/w/acme/actions/?done=1").content.decode()


def test_an_accepted_risk_is_listed_until_a_session_comes_to_something_about_the_edge(shop, owner, item, viewer_client):
    record_outcome(item, Concluded(Outcome.ACCEPT, why="rare", expires=date(2020, 1, 1)), version=1)
    assert "accepted-risks" in viewer_client.get("/w/acme/actions/").content.decode()

    later = planned_session(shop, owner, edges=("cart-inventory",))
    open_session(later, by=owner)
    record_outcome(later.items.get(), Concluded(Outcome.KEEP), version=1)

    assert "accepted-risks" not in viewer_client.get("/w/acme/actions/").content.decode()


def test_a_planned_time_is_told(planned, viewer_client):
    assert planned.planned_for == datetime(2027, 1, 12, 9, 0, tzinfo=UTC)
    assert b"12 Jan 2027, 09:00" in viewer_client.get("/w/acme/").content
