"""What everybody sees alike of an item is made once for all; what is anybody's own, for each."""

import pytest
from django.urls import reverse

from archreview.decisions.models import Decision
from archreview.reviews import shared_items
from archreview.reviews.actions.settling import Concluded, record_outcome, settle
from archreview.reviews.actions.voting import reveal, vote
from archreview.reviews.models.session import Outcome
from tests.reviews.meetings import QUESTION

HTMX = {"HX-Request": "true"}


@pytest.fixture
def parts(session):
    """All parts of the page as htmx is sent them."""
    address = reverse("reviews:session_live", args=["acme", session.pk])
    return lambda client: client.get(f"{address}?v=1", headers=HTMX).content.decode()


@pytest.fixture
def made(monkeypatch):
    """The edges of the items that were made."""
    edges = []

    class Counted(shared_items.SharedItem):
        def __init__(self, analysis, workspace, row, stored):
            edges.append(row.slug)
            super().__init__(analysis, workspace, row, stored)

    monkeypatch.setattr(shared_items, "SharedItem", Counted)
    return edges


def test_it_is_made_once_for_all_who_ask(parts, made, owner_client, member_client, viewer_client):
    for client in (owner_client, member_client, viewer_client, member_client):
        assert 'id="room-around"' in parts(client)

    assert made == ["cart-inventory"]


def test_it_is_made_anew_when_the_group_has_come_to_something(parts, made, item, owner, member, member_client):
    parts(member_client)
    vote(item, QUESTION, by=member, value=True)
    reveal(item)
    parts(member_client)
    assert len(made) == 1

    ballot = item.ballots.get()
    settle(ballot, agreed=True, value=True, why="measured", version=ballot.shape_version, by=owner)
    assert "measured" in parts(member_client)
    assert len(made) == 2

    record_outcome(item, Concluded(Outcome.KEEP), version=1)
    parts(member_client)
    assert len(made) == 3


def test_each_has_the_own_vote_and_the_own_rights_in_it(
    parts, item, member, owner_client, member_client, viewer_client
):
    vote(item, QUESTION, by=member, value=True, why="mine alone")

    lead, mine, looks_on = (parts(client) for client in (owner_client, member_client, viewer_client))

    assert ["mine alone" in part for part in (lead, mine, looks_on)] == [False, True, False]
    assert ["record-outcome" in part for part in (lead, mine, looks_on)] == [True, False, False]
    assert ["finding-decide" in part for part in (lead, mine, looks_on)] == [True, True, False]


def test_no_form_of_anybody_is_in_what_is_shared(parts, owner_client):
    parts(owner_client)

    ((_, (_, shared)),) = shared_items._kept.values.values()
    assert "room-history" in shared.beside
    assert "csrfmiddlewaretoken" not in shared.beside
    assert not any(hasattr(value, "votes") for value in shared.context.values())


def test_whoever_opens_the_page_sees_what_made_no_version(session, parts, item, owner_client, member_client):
    owner_client.post(f"/w/acme/sessions/{session.pk}/items/{item.pk}/outcome/", {"outcome": "keep", "version": "1"})
    owner_client.post(f"/w/acme/sessions/{session.pk}/items/{item.pk}/decide/")
    assert "brand new" not in parts(member_client)

    Decision.objects.update(title="A brand new title")

    assert "A brand new title" in member_client.get(session.get_absolute_url()).content.decode()
    assert "A brand new title" in parts(member_client)


def test_an_edge_that_goes_meanwhile_is_not_shown_from_memory(parts, shop, member_client):
    from archreview.registry.models import Edge
    from archreview.workspaces.actions import touch

    parts(member_client)
    Edge.objects.filter(slug="cart-inventory").delete()
    touch(shop)

    assert "no longer in the model" in parts(member_client)
