"""What a session lets people do, and in which order."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from archreview.registry.models import Edge, Statement
from archreview.reviews.actions.changing import NotNow
from archreview.reviews.actions.planning import add_item, move_item, remove_item
from archreview.reviews.actions.running import close_session, go_to, open_session, pause_session
from archreview.reviews.actions.settling import Concluded, finish_action, record_outcome, settle
from archreview.reviews.actions.taking_part import AWAY_AFTER, join, leave, note_here
from archreview.reviews.actions.voting import reveal, vote, vote_again
from archreview.reviews.analyses import current_analysis
from archreview.reviews.models import Action, Ballot, Participant, Vote
from archreview.reviews.models.session import Outcome, State
from archreview.reviews.queries.votes import shown_votes
from archreview.reviews.scopes import proposal_for, topic_of
from archreview.web.versions import ChangedMeanwhile
from tests.reviews.meetings import QUESTION, planned_session


@pytest.fixture
def session(shop, owner, member):
    """Open, at cart -> inventory, with the owner and the member in it."""
    shop.refresh_from_db()
    session = planned_session(shop, owner)
    open_session(session, by=owner)
    join(session, user=owner, may_vote=True)
    join(session, user=member, may_vote=True)
    return session


def ballot_of(item):
    return item.ballots.get(fact=QUESTION.fact)


def names(session):
    return [item.edge for item in session.items.all()]


# -- voting ------------------------------------------------------------------------------------------------------------


def test_the_votes_are_shown_when_everybody_who_takes_part_has_voted(item, owner, member):
    assert not vote(item, QUESTION, by=owner, value=True).is_revealed
    assert vote(item, QUESTION, by=member, value=False).is_revealed


def test_whoever_only_looks_on_or_has_left_is_not_waited_for(session, item, owner, member, viewer, outsider):
    join(session, user=viewer, may_vote=False)
    join(session, user=outsider, may_vote=True)
    leave(session, user=outsider)

    assert not vote(item, QUESTION, by=owner, value=True).is_revealed
    assert vote(item, QUESTION, by=member, value=True).is_revealed


def test_a_vote_of_whoever_is_alone_stays_hidden_until_the_lead_reveals_it(session, item, owner, member):
    leave(session, user=member)
    assert not vote(item, QUESTION, by=owner, value=True).is_revealed

    assert reveal(item) == 1
    assert ballot_of(item).is_revealed


def test_revealing_leaves_alone_what_nobody_has_voted_on_in_this_round(item, owner, member):
    for person in (owner, member):
        vote(item, QUESTION, by=person, value=True)
    vote_again(item, QUESTION)

    with pytest.raises(NotNow, match="nothing to reveal"):
        reveal(item)
    assert not ballot_of(item).is_revealed

    vote(item, QUESTION, by=owner, value=True)
    assert reveal(item) == 1


def test_votes_cast_ahead_of_the_item_stay_hidden_however_many_they_are(session, owner, member):
    ahead = session.items.get(edge="inventory-db")
    question = QUESTION.__class__(QUESTION.subject._replace(id="inventory-db"), QUESTION.fact)
    vote(ahead, question, by=owner, value=True)

    assert not vote(ahead, question, by=member, value=True).is_revealed


def test_a_vote_can_be_changed_until_it_is_seen_and_no_longer(item, owner, member):
    vote(item, QUESTION, by=owner, value=True, why="first")
    vote(item, QUESTION, by=owner, value=None, why="second thought")
    assert list(Vote.objects.values_list("value", "why")) == [(None, "second thought")]
    reveal(item)

    with pytest.raises(NotNow):
        vote(item, QUESTION, by=owner, value=False)
    with pytest.raises(NotNow):
        vote(item, QUESTION, by=member, value=False)
    assert list(Vote.objects.values_list("value", "why")) == [(None, "second thought")]


def test_the_database_holds_one_vote_of_a_person_in_a_round(item, owner):
    ballot = vote(item, QUESTION, by=owner, value=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        Vote.objects.create(ballot=ballot, round=1, user=owner, name="x", value=False, cast_at=timezone.now())


def test_a_new_round_is_hidden_again_and_keeps_the_one_before(item, owner, member):
    vote(item, QUESTION, by=owner, value=True)
    vote(item, QUESTION, by=member, value=False)
    ballot = vote_again(item, QUESTION)
    vote(item, QUESTION, by=member, value=True, why="convinced")

    shown = shown_votes([ballot_of(item)], user=owner, waited_for=frozenset({owner.pk, member.pk}))[ballot.pk]

    assert shown.votes == ()
    assert shown.own is None
    assert shown.answered == 1
    assert [(number, len(votes)) for number, votes in shown.earlier] == [(1, 2)]


def test_the_rarest_answer_stands_first(session, item, owner, member, viewer):
    join(session, user=viewer, may_vote=True)
    for person, value in ((owner, True), (viewer, True), (member, False)):
        vote(item, QUESTION, by=person, value=value)

    shown = shown_votes([ballot_of(item)], user=None, waited_for=frozenset())[ballot_of(item).pk]

    assert [vote.value for vote in shown.votes] == [False, True, True]


# -- settling ----------------------------------------------------------------------------------------------------------


def settled(item, owner, member, *, value=True, agreed=True):
    vote(item, QUESTION, by=owner, value=True)
    vote(item, QUESTION, by=member, value=False, why="the client is a batch job")
    ballot = ballot_of(item)
    settle(ballot, agreed=agreed, value=value, why="polling works", version=ballot.shape_version, by=owner)
    return ballot


def test_what_the_group_settles_is_stated_in_the_name_of_the_session_with_the_dissent(item, shop, owner, member):
    ballot = settled(item, owner, member)

    said = Statement.objects.get(fact=QUESTION.fact, state="current", edge__slug="cart-inventory")
    assert Edge.objects.get(workspace=shop, slug="cart-inventory").answer_can_poll is True
    assert said.by == "session “Checkout review”"
    assert said.source == ""
    assert said.note == "polling works; Milo Member said no"
    assert ballot.dissent == ["Milo Member"]


def test_a_session_is_heard_before_a_person_who_answered_earlier_and_both_stay_readable(shop, item, owner, member):
    from archreview.registry.actions import answer_question

    answer_question(edge=Edge.objects.get(slug="cart-inventory"), key="can_poll", value=False, by=member)
    settled(item, owner, member)

    states = dict(Statement.objects.filter(fact=QUESTION.fact).values_list("by", "state"))
    assert states == {"milo": "replaced", "session “Checkout review”": "current"}


def test_no_agreement_states_nothing(shop, item, owner, member):
    before = Statement.objects.count()
    ballot = settled(item, owner, member, agreed=False)

    assert Statement.objects.count() == before
    assert (ballot.is_settled, ballot.agreed, ballot.value) == (True, False, None)


def test_nothing_is_settled_before_it_is_seen(item, owner):
    ballot = vote(item, QUESTION, by=owner, value=True)
    with pytest.raises(NotNow):
        settle(ballot, agreed=True, value=True, why="", version=ballot.shape_version, by=owner)
    with pytest.raises(IntegrityError), transaction.atomic():
        Ballot.objects.filter(pk=ballot.pk).update(settled_at=timezone.now())


def test_the_second_of_two_who_settle_the_same_is_told(item, owner, member):
    settled_ballot = settled(item, owner, member)
    seen = settled_ballot.shape_version - 1
    with pytest.raises(ChangedMeanwhile):
        settle(settled_ballot, agreed=True, value=False, why="mine", version=seen, by=member)
    assert ballot_of(item).why == "polling works"


# -- outcomes and actions ----------------------------------------------------------------------------------------------


def test_the_second_of_two_who_conclude_the_same_item_is_told(item, owner):
    record_outcome(item, Concluded(Outcome.KEEP, why="it fits"), version=1)
    with pytest.raises(ChangedMeanwhile):
        record_outcome(item, Concluded(Outcome.CHANGE, style="queue"), version=1)
    item.refresh_from_db()
    assert (item.outcome, item.why) == ("keep", "it fits")


def test_an_action_follows_the_outcome_until_it_is_done(item, owner, member):
    due = date(2027, 2, 1)
    record_outcome(item, Concluded(Outcome.INVESTIGATE, why="measure", owner=member, due=due), version=1)
    action = Action.objects.get()
    assert (action.owner, action.due, action.what) == (member, due, "Investigate Cart → Inventory: measure")

    record_outcome(item, Concluded(Outcome.KEEP), version=2)
    assert not Action.objects.exists()

    record_outcome(item, Concluded(Outcome.CHANGE, style="queue", owner=owner, due=due), version=3)
    finish_action(Action.objects.get(), done=True, by=owner)
    record_outcome(item, Concluded(Outcome.KEEP), version=4)
    assert Action.objects.get().is_done


@pytest.mark.parametrize(
    "wrong", [{"outcome": "accept", "why": "x"}, {"outcome": "change"}, {"outcome": "perhaps"}], ids=str
)
def test_the_database_refuses_an_outcome_without_what_it_needs(item, wrong):
    with pytest.raises(IntegrityError), transaction.atomic():
        type(item).objects.filter(pk=item.pk).update(**wrong)


# -- running -----------------------------------------------------------------------------------------------------------


def test_everybody_is_at_the_same_item_and_a_second_click_moves_nobody(session):
    first = session.current_id
    go_to(session, came_from=first, to="next")
    go_to(session, came_from=first, to="next")

    assert session.current == session.items.get(edge="cart-mailer")


def test_a_parked_item_stays_on_the_agenda_until_it_is_taken_up(session, item):
    go_to(session, came_from=item.pk, to="next", park=True)
    item.refresh_from_db()
    assert item.parked

    go_to(session, came_from=session.current_id, to=str(item.pk))
    item.refresh_from_db()
    assert not item.parked


def test_a_session_is_taken_up_where_it_was_left_and_ends_once(session, item, owner):
    go_to(session, came_from=item.pk, to="next")
    pause_session(session)
    with pytest.raises(NotNow):
        go_to(session, came_from=session.current_id, to="next")
    open_session(session, by=owner)
    assert session.current.edge == "cart-mailer"
    assert session.before is not None

    close_session(session, by=owner)
    for again in (lambda: open_session(session, by=owner), lambda: vote(item, QUESTION, by=owner, value=True)):
        with pytest.raises(NotNow):
            again()
    assert session.state == State.CLOSED
    assert session.after.is_intact


def test_an_empty_agenda_is_not_opened(shop, owner):
    with pytest.raises(NotNow, match="empty"):
        open_session(planned_session(shop, owner, edges=()), by=owner)


def test_a_step_that_is_refused_leaves_no_snapshot(session, shop, owner):
    close_session(session, by=owner)
    empty = planned_session(shop, owner, edges=())
    kept = set(shop.snapshots.values_list("pk", flat=True))
    assert kept == {session.before_id, session.after_id}

    with pytest.raises(NotNow):
        close_session(session, by=owner)
    with pytest.raises(NotNow):
        open_session(empty, by=owner)

    assert set(shop.snapshots.values_list("pk", flat=True)) == kept


def test_every_change_that_somebody_can_see_moves_the_version(session, item, owner, member):
    seen = [session.version]
    for change in (
        lambda: vote(item, QUESTION, by=member, value=True),
        lambda: reveal(item),
        lambda: vote_again(item, QUESTION),
        lambda: leave(session, user=member),
        lambda: record_outcome(item, Concluded(Outcome.KEEP), version=1),
        lambda: go_to(session, came_from=session.current_id, to="next"),
        lambda: pause_session(session),
    ):
        change()
        session.refresh_from_db()
        seen.append(session.version)
    assert seen == sorted(set(seen))


def test_whoever_is_not_heard_of_for_long_is_away_and_comes_back(session, owner, member):
    version = session.version
    note_here(session.pk, users={owner.pk})
    session.refresh_from_db()
    assert session.version == version

    Participant.objects.filter(user=member).update(last_seen=timezone.now() - AWAY_AFTER - timedelta(seconds=1))
    note_here(session.pk, users={owner.pk})
    assert Participant.objects.get(user=member).away

    note_here(session.pk, users={member.pk})
    assert not Participant.objects.get(user=member).away


# -- the agenda --------------------------------------------------------------------------------------------------------


def test_items_are_moved_added_and_removed_by_whoever_sees_the_agenda_as_it_is(shop, owner):
    session = planned_session(shop, owner, edges=("cart-inventory", "cart-mailer"))
    first = session.items.get(edge="cart-inventory")
    move_item(session, first, by=1, version=session.agenda_version)
    assert names(session) == ["cart-mailer", "cart-inventory"]
    seen = session.agenda_version
    analysis = current_analysis(shop)
    added = proposal_for(analysis, topic_of(analysis, "inventory-db"))
    add_item(session, added, version=seen)
    assert names(session) == ["cart-mailer", "cart-inventory", "inventory-db"]

    with pytest.raises(ChangedMeanwhile):
        remove_item(session, first, version=seen)
    with pytest.raises(NotNow, match="already"):
        add_item(session, added, version=session.agenda_version)
    remove_item(session, first, version=session.agenda_version)
    assert names(session) == ["cart-mailer", "inventory-db"]


def test_what_was_voted_on_stays_on_the_agenda(session, item, owner):
    vote(item, QUESTION, by=owner, value=True)
    go_to(session, came_from=item.pk, to="next")

    with pytest.raises(NotNow, match="stays"):
        remove_item(session, item, version=session.agenda_version)
