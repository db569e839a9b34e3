"""The editor of a flow's steps, with htmx and without."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from archreview.registry import actions
from archreview.registry.actions import create_edge, create_service
from archreview.registry.models import Flow
from archreview.registry.rows import steps_of
from tests.registry.test_arranging import drawn

HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def flow(shop, owner):
    create_edge(workspace=shop, slug="cart-db", values={"source": "cart", "target": "stock-db"}, by=owner)
    return Flow.objects.select_related("workspace", "entry").get(workspace=shop, slug="checkout")


@pytest.fixture
def address(flow):
    return reverse("registry:flow_steps", args=[flow.workspace.slug, flow.slug])


def changed(client, address, flow, **data):
    flow.refresh_from_db()
    return client.post(address, {"version": flow.version, **data})


@pytest.mark.parametrize(
    ("data", "after"),
    [
        ({"move": "add", "path": "", "edge": "cart-db"}, "cart-inventory (inventory-db) [cart-mailer] cart-db"),
        ({"move": "add", "path": "1", "edge": "cart-db"}, "cart-inventory (inventory-db) [cart-mailer cart-db]"),
        (
            {"move": "add", "path": "0", "edge": "inventory-db"},
            "cart-inventory (inventory-db inventory-db) [cart-mailer]",
        ),
        ({"move": "up", "path": "1"}, "[cart-mailer] cart-inventory (inventory-db)"),
        ({"move": "down", "path": "0"}, "[cart-mailer] cart-inventory (inventory-db)"),
        ({"move": "together", "path": "0"}, "[cart-inventory (inventory-db) cart-mailer]"),
        ({"move": "apart", "path": "1"}, "cart-inventory (inventory-db) cart-mailer"),
        ({"move": "out", "path": "1.0"}, "cart-inventory (inventory-db) cart-mailer"),
        ({"move": "remove", "path": "0"}, "[cart-mailer]"),
        ({"move": "remove", "path": "0.0"}, "cart-inventory [cart-mailer]"),
    ],
)
def test_it_changes_the_steps(flow, address, member_client, data, after):
    response = changed(member_client, address, flow, **data)

    assert response.status_code == 302
    assert drawn(steps_of(flow)) == after


def test_with_htmx_the_list_comes_back_changed(flow, address, member_client):
    response = member_client.post(address, {"version": 1, "move": "up", "path": "1"}, **HTMX)

    assert response.status_code == 200
    assert b"<html" not in response.content
    assert b'id="steps"' in response.content
    assert b'name="version" value="2"' in response.content
    assert b'id="step-0" tabindex="-1" autofocus' in response.content


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"move": "add", "path": "", "edge": "inventory-db"}, "starts at inventory, but the flow is at cart"),
        ({"move": "add", "path": "0.0", "edge": "cart-db"}, "is a datastore and makes no calls"),
        ({"move": "add", "path": "", "edge": "no-such-edge"}, "There is no edge no-such-edge"),
        ({"move": "add", "path": "", "edge": ""}, "Choose the call"),
        ({"move": "add", "path": "7", "edge": "cart-db"}, "There is no such step"),
        ({"move": "up", "path": "0"}, "the first one already"),
        ({"move": "fly", "path": "0"}, "There is no such change"),
        ({"move": "remove", "path": "\x00"}, "There is no such step"),
        ({}, "There is no such change"),
    ],
)
def test_it_says_what_cannot_be_and_changes_nothing(flow, address, member_client, data, words):
    before = steps_of(flow)
    response = changed(member_client, address, flow, **data)

    assert response.status_code == 422
    assert words in response.content.decode()
    assert steps_of(flow) == before


def test_the_last_step_stays(flow, address, member_client):
    changed(member_client, address, flow, move="remove", path="0")
    response = changed(member_client, address, flow, move="remove", path="0.0")

    assert response.status_code == 422
    assert "at least one step" in response.content.decode()


def test_a_change_of_steps_that_are_no_longer_so_is_refused(flow, address, member_client):
    changed(member_client, address, flow, move="up", path="1")

    response = member_client.post(address, {"version": 1, "move": "remove", "path": "0"})

    assert response.status_code == 409
    assert "Somebody else has changed the steps" in response.content.decode()
    assert drawn(steps_of(flow)) == "[cart-mailer] cart-inventory (inventory-db)"


@pytest.mark.parametrize("version", ["", "x", "9" * 4000, "-1", "٣"])
def test_an_odd_version_is_an_old_one(flow, address, member_client, version):
    assert member_client.post(address, {"version": version, "move": "up", "path": "1"}).status_code == 409


def test_an_edge_of_another_workspace_is_no_step(flow, address, member_client, other_workspace, outsider):
    for slug in ("cart", "far"):
        create_service(workspace=other_workspace, slug=slug, values={"name": slug}, by=outsider)
    create_edge(workspace=other_workspace, slug="foreign", values={"source": "cart", "target": "far"}, by=outsider)

    response = changed(member_client, address, flow, move="add", path="", edge="foreign")

    assert response.status_code == 422
    assert "There is no edge foreign" in response.content.decode()


def test_only_moves_that_are_possible_are_offered(flow, address, member_client):
    page = member_client.get(address)
    offered = {place.path: place.moves for place in page.context["lines"]}

    assert offered == {
        "0": {"down", "together", "remove"},
        "0.0": {"remove"},
        "1": {"up", "apart", "remove"},
        "1.0": {"out", "remove"},
    }


def test_it_asks_before_nested_steps_go_along(flow, address, member_client):
    html = member_client.get(address).content.decode()

    assert html.count("Remove with 1 step below") == 2
    assert html.count('title="Remove"') == 2


def test_the_number_of_queries_does_not_grow_with_the_steps(flow, address, member_client):
    counts = []
    for more in (0, 20):
        for _ in range(more):
            changed(member_client, address, flow, move="add", path="", edge="cart-db")
        with CaptureQueriesContext(connection) as queries:
            member_client.get(address)
        counts.append(len(queries))

    assert counts[0] == counts[1]


def test_a_flow_that_was_deleted_while_its_steps_were_moved_is_not_found(flow, address, member_client, monkeypatch):
    """Deleted after the page had found it and before the change was made; a change by somebody else is a 409."""
    edit_flow = actions.edit_flow

    def after_it_is_gone(**arguments):
        Flow.objects.filter(pk=flow.pk).delete()
        return edit_flow(**arguments)

    stale = member_client.post(address, {"version": flow.version + 1, "move": "up", "path": "1"})
    monkeypatch.setattr(actions, "edit_flow", after_it_is_gone)
    gone = member_client.post(address, {"version": flow.version, "move": "up", "path": "1"})

    assert (stale.status_code, gone.status_code) == (409, 404)
