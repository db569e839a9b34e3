"""What goes along with a deletion, and what is told before it goes."""

import pytest
from django.urls import reverse

from archreview.registry.actions import (
    answer_question,
    create_edge,
    create_flow,
    delete_edge,
    delete_service,
    import_architecture,
)
from archreview.registry.actions.steps import replace_steps
from archreview.registry.architectures import load_architecture
from archreview.registry.leaving import leaving_with
from archreview.registry.models import Channel, Edge, Flow, Service, Statement, System
from archreview.registry.rows import steps_of
from archreview.registry.soundness import problems
from archreview.web.versions import ChangedMeanwhile
from archreview.workspaces.models import Team
from tests.registry.conftest import SHOP, architecture_of
from tests.registry.test_arranging import draw, drawn


@pytest.fixture
def long_flow(shop, owner):
    """cart -> inventory -> stock-db, then the mail beside nothing else."""
    return Flow.objects.select_related("workspace").get(workspace=shop, slug="checkout")


def page(name, workspace, **arguments):
    return reverse(f"registry:{name}", kwargs={"workspace": workspace.slug, **arguments})


def test_a_service_takes_its_edges_and_the_steps_over_them_along(shop, owner, long_flow):
    inventory = Service.objects.get(workspace=shop, slug="inventory")

    leaving = delete_service(service=inventory, by=owner)

    assert sorted(edge.slug for edge in leaving.edges) == ["cart-inventory", "inventory-db"]
    assert [(one.flow.slug, one.lost) for one in leaving.shortened] == [("checkout", 2)]
    assert not Edge.objects.filter(slug__in=["cart-inventory", "inventory-db"]).exists()
    assert drawn(steps_of(long_flow)) == "[cart-mailer]"
    assert problems(load_architecture(shop)) == []


def test_a_flow_goes_with_its_entry(shop, owner, long_flow):
    leaving = delete_service(service=Service.objects.get(workspace=shop, slug="cart"), by=owner)

    assert [flow.slug for flow in leaving.flows] == ["checkout"]
    assert not Flow.objects.filter(pk=long_flow.pk).exists()


def test_a_flow_goes_with_its_last_step(shop, owner):
    flow = create_flow(workspace=shop, values={"name": "Mail", "steps": draw("[cart-mailer]")}, by=owner)

    leaving = delete_edge(edge=Edge.objects.get(workspace=shop, slug="cart-mailer"), by=owner)

    assert [gone.slug for gone in leaving.flows] == ["mail"]
    assert not Flow.objects.filter(pk=flow.pk).exists()


def test_what_is_nested_under_a_step_goes_with_it(shop, owner, long_flow):
    delete_edge(edge=Edge.objects.get(workspace=shop, slug="cart-inventory"), by=owner)

    assert drawn(steps_of(long_flow)) == "[cart-mailer]"


def test_an_import_does_not_bring_back_the_steps_that_went(shop, owner, long_flow):
    """A flow that lost steps here says so as the person who deleted."""
    delete_edge(edge=Edge.objects.get(workspace=shop, slug="cart-mailer"), by=owner)

    statement = Statement.objects.get(flow=long_flow, fact="steps", source="")
    assert (statement.by, statement.note) == ("olivia", "The edge cart-mailer was deleted.")

    again = import_architecture(
        workspace=shop, architecture=architecture_of(SHOP), by=owner, source="architecture.yaml"
    )

    assert [(conflict.kind, conflict.field) for conflict in again.conflicts] == [("flow", "steps")]
    assert drawn(steps_of(long_flow)) == "cart-inventory (inventory-db)"


@pytest.mark.parametrize(
    ("kind", "model", "slug", "stays"),
    [
        ("team", Team, "checkout", lambda shop: Service.objects.get(workspace=shop, slug="cart").team),
        ("system", System, "retailflow", lambda shop: Service.objects.get(workspace=shop, slug="cart").system),
        ("channel", Channel, "order-placed", lambda shop: Edge.objects.get(workspace=shop, slug="cart-mailer").channel),
    ],
)
def test_what_only_refers_to_it_stays_without_it(shop, member_client, kind, model, slug, stays):
    address = page(f"{kind}_delete", shop, **{kind: slug})
    told = member_client.get(address)

    assert b"without a" in told.content
    seen = told.context["leaving"].fingerprint
    response = member_client.post(address, {"seen": seen})

    assert response.status_code == 302
    assert not model.objects.filter(workspace=shop, slug=slug).exists()
    assert stays(shop) is None


def test_it_names_all_that_goes_before_it_goes(shop, member_client):
    told = member_client.get(page("service_delete", shop, service="inventory")).content.decode()

    for name in ("Reserve stock", "inventory-db", "Check out"):
        assert name in told
    assert Service.objects.filter(workspace=shop, slug="inventory").exists()


def test_it_asks_again_when_something_else_would_go_by_now(shop, member_client, owner):
    address = page("service_delete", shop, service="inventory")
    seen = member_client.get(address).context["leaving"].fingerprint
    create_edge(workspace=shop, values={"source": "inventory", "target": "mailer"}, by=owner)

    response = member_client.post(address, {"seen": seen})

    assert response.status_code == 409
    assert b"Nothing is deleted yet" in response.content
    assert Service.objects.filter(workspace=shop, slug="inventory").exists()


def test_deleting_asks_the_same_number_of_times_however_much_goes(
    shop, owner, member_client, django_assert_max_num_queries
):
    for number in range(20):
        create_edge(workspace=shop, slug=f"more-{number}", values={"source": "inventory", "target": "mailer"}, by=owner)
    service = Service.objects.select_related("workspace").get(workspace=shop, slug="inventory")
    with django_assert_max_num_queries(6):
        assert len(leaving_with(service).edges) == 22


def test_a_flow_can_be_stored_again_after_its_steps_were_replaced(shop, long_flow):
    replace_steps(shop, {long_flow.pk: draw("cart-inventory (inventory-db) [cart-mailer cart-mailer]")})

    assert drawn(steps_of(long_flow)) == "cart-inventory (inventory-db) [cart-mailer cart-mailer]"


def test_a_system_can_go_with_all_that_is_in_it(shop, member_client):
    """What was taken in as an example goes as one."""
    address = page("system_delete", shop, system="retailflow")
    told = member_client.get(address, {"whole": "1"})
    for name in ("Mailer", "Reserve stock", "Check out"):
        assert name in told.content.decode()

    seen = told.context["leaving"].fingerprint
    only = member_client.get(address).context["leaving"].fingerprint
    assert member_client.post(address, {"seen": only, "whole": "1"}).status_code == 409
    assert member_client.post(address, {"seen": seen, "whole": "1"}).status_code == 302

    left = load_architecture(shop)
    assert (left.services, left.edges, left.flows, left.systems) == ((), (), (), ())


def test_it_tells_how_much_of_what_people_stated_goes_too(shop, member, member_client):
    """An answer is work: nobody loses it without having been told whose it was."""
    edge = Edge.objects.select_related("workspace").get(workspace=shop, slug="cart-mailer")
    named = member_client.get(page("service_delete", shop, service="inventory"))
    answer_question(edge=edge, key="long_running", value=True, note="Takes a minute.", by=member)

    told = member_client.get(page("service_delete", shop, service="mailer"))

    assert named.context["leaving"].said == [("ana", 1)]  # whom the imported file names
    assert told.context["leaving"].said == [(member.username, 1)]
    assert "1 fact that people stated goes with it" in told.content.decode()
    assert leaving_with(Channel.objects.get(workspace=shop, slug="order-placed")).said == []


def test_an_answer_given_meanwhile_is_told_before_it_goes(shop, member, member_client):
    edge = Edge.objects.select_related("workspace").get(workspace=shop, slug="cart-mailer")
    address = page("edge_delete", shop, edge="cart-mailer")
    seen = member_client.get(address).context["leaving"].fingerprint
    answer_question(edge=edge, key="long_running", value=True, note="", by=member)

    assert member_client.post(address, {"seen": seen}).status_code == 409
    assert Edge.objects.filter(pk=edge.pk).exists()


def test_nothing_goes_when_more_would_go_than_was_seen(shop, owner):
    """Compared where no other change can come between: an edge that appears after the page was checked is safe."""
    service = Service.objects.select_related("workspace").get(workspace=shop, slug="inventory")
    seen = leaving_with(service).fingerprint
    create_edge(workspace=shop, values={"source": "inventory", "target": "mailer"}, by=owner)

    with pytest.raises(ChangedMeanwhile):
        delete_service(service=service, by=owner, seen=seen)
    assert Service.objects.filter(pk=service.pk).exists()

    delete_service(service=service, by=owner, seen=leaving_with(service).fingerprint)
    assert not Service.objects.filter(pk=service.pk).exists()
