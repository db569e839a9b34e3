"""Snapshots never change, and two of them tell what happened in between and why."""

import zlib
from dataclasses import replace

import pytest
from django.db import DatabaseError, connection, transaction

from archreview.interchange.writers.architecture import write_architecture
from archreview.registry.actions import answer_question, import_architecture, state_facts
from archreview.registry.models import Edge
from archreview.reviews.actions.snapshots import take_snapshot
from archreview.reviews.comparing import Change, architecture_of, compare, with_change
from archreview.reviews.models import Snapshot
from archreview.rules.queries import current_catalog
from archreview.workspaces.actions import delete_workspace
from tests.examples.reviewed import architecture


@pytest.fixture
def retailflow(workspace, owner):
    """The story of a checkout over the limit."""
    import_architecture(
        workspace=workspace, architecture=architecture("retailflow-before"), by=owner, source="retailflow.yaml"
    )
    workspace.refresh_from_db()
    return workspace


def taken(workspace, owner, title="x"):
    workspace.refresh_from_db()
    return take_snapshot(workspace=workspace, title=title, by=owner)


def test_a_snapshot_is_the_model_and_the_results_as_they_were(retailflow, owner):
    snapshot = taken(retailflow, owner)
    edge = Edge.objects.get(workspace=retailflow, slug="cart-inventory")
    answer_question(edge=edge, key="fan_out", value=True, by=owner)

    read = architecture_of(Snapshot.objects.get())
    assert write_architecture(read) == snapshot.model_text
    assert next(one for one in read.edges if one.id == edge.slug).answers.fan_out is None
    assert snapshot.results_json["summary"]["edges"] == snapshot.numbers["edges"] == len(read.edges)
    assert snapshot.is_intact


@pytest.mark.parametrize(
    "change", [{"title": "y"}, {"model": zlib.compress(b"x")}, {"numbers": {}}, {"sha256": "0" * 64}, {"revision": 0}]
)
def test_the_database_refuses_to_change_a_snapshot(retailflow, owner, change):
    snapshot = taken(retailflow, owner)
    with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
        Snapshot.objects.filter(pk=snapshot.pk).update(**change)
    assert Snapshot.objects.get().is_intact


def test_the_hash_tells_what_went_round_the_database(retailflow, owner, owner_client):
    """The negative control of the trigger: without it the row does change, and the page says so."""
    snapshot = taken(retailflow, owner)
    with connection.cursor() as cursor:
        on = " ON reviews_snapshot" if connection.vendor == "postgresql" else ""
        cursor.execute(f"DROP TRIGGER a_snapshot_never_changes{on}")
    Snapshot.objects.filter(pk=snapshot.pk).update(model=zlib.compress(b"archreview: 1\n"))

    assert not Snapshot.objects.get().is_intact
    assert b"does not hold" in owner_client.get(f"/w/acme/snapshots/{snapshot.pk}/").content


def test_a_snapshot_goes_with_its_workspace_and_outlives_whoever_took_it(retailflow, owner, member):
    snapshot = taken(retailflow, member)
    member.delete()
    snapshot.refresh_from_db()
    assert snapshot.taken_by is None
    assert snapshot.is_intact
    delete_workspace(retailflow)
    assert not Snapshot.objects.exists()


def test_the_change_that_takes_a_finding_away_is_named_and_another_is_not(retailflow, owner):
    before = taken(retailflow, owner)
    changed = Edge.objects.get(workspace=retailflow, slug="cart-inventory")
    beside = Edge.objects.get(workspace=retailflow, slug="pricing-payment-gateway")
    state_facts(subject=changed, values={"style": "queue"}, by=owner)
    state_facts(subject=beside, values={"description": "Charges the card"}, by=owner)
    after = taken(retailflow, owner)

    found = compare(before, after, catalog=current_catalog())

    hop = next(finding for finding in found.gone if finding.rule == "HOP-001")
    assert hop.cause == "Cart → Inventory became a queue"
    assert {change.id for change in found.model} == {"cart-inventory", "pricing-payment-gateway"}
    assert all("Payment" not in finding.cause for finding in (*found.gone, *found.new))
    assert any(id_ == "checkout" for id_, _, _ in found.flows)
    assert any(id_ == "cart-inventory" for id_, _, _ in found.verdicts)


def test_nothing_differs_where_nothing_changed(retailflow, owner):
    found = compare(taken(retailflow, owner), taken(retailflow, owner), catalog=current_catalog())

    assert found.is_empty
    assert found.tried == 0


def test_no_cause_is_sought_where_other_rules_judged(retailflow, owner):
    before = taken(retailflow, owner)
    state_facts(
        subject=Edge.objects.get(workspace=retailflow, slug="cart-inventory"), values={"style": "queue"}, by=owner
    )
    after = taken(retailflow, owner)

    found = compare(before, after, catalog=replace(current_catalog(), version="another"))

    assert found.gone
    assert {finding.cause for finding in found.gone} == {""}


def test_a_change_that_would_leave_something_hanging_is_not_tried_alone():
    old = architecture("retailflow-before")
    called = next(step.edge for flow in old.flows for step in flow.walk() if step.edge)
    new = replace(old, edges=tuple(edge for edge in old.edges if edge.id != called), flows=())

    assert with_change(old, new, Change("edge", called, "x", "removed")) is None
    assert with_change(old, new, Change("flow", old.flows[0].id, "x", "removed")) is not None


def test_what_is_added_brings_what_it_cannot_stand_without():
    new = architecture("retailflow-before")
    old = replace(new, services=(), edges=(), flows=(), channels=())
    edge = new.edges[0]

    made = with_change(old, new, Change("edge", edge.id, "x", "added"))

    assert made is not None
    assert {service.id for service in made.services} == {edge.source, edge.target}


def test_the_pages_compare_the_last_two_and_any_two(retailflow, owner, viewer_client, member_client):
    first = taken(retailflow, owner, "First")
    member_client.post("/w/acme/snapshots/", {"title": "Second"})
    state_facts(
        subject=Edge.objects.get(workspace=retailflow, slug="cart-inventory"), values={"style": "queue"}, by=owner
    )
    third = taken(retailflow, owner, "Third")

    last = viewer_client.get("/w/acme/snapshots/compare/").content.decode()
    chosen = viewer_client.get(f"/w/acme/snapshots/compare/?before={first.pk}&after={third.pk}").content.decode()

    assert "Second" in last
    assert "because <strong>Cart → Inventory became a queue</strong>" in chosen
    assert viewer_client.get("/w/acme/snapshots/compare/?before=999&after=x").status_code == 404
    assert "Since the first snapshot" in viewer_client.get("/w/acme/").content.decode()
    model = viewer_client.get(f"/w/acme/snapshots/{first.pk}/model/")
    assert model.content.decode() == first.model_text
