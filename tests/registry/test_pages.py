"""Registering and editing in forms, by people without JavaScript."""

import pytest
from django.urls import reverse

from archreview.registry.actions import answer_question, edit_service
from archreview.registry.architectures import load_architecture
from archreview.registry.models import Channel, Edge, EdgeEvidence, Flow, Service, Statement, System
from archreview.workspaces.models import Team


def page(name, workspace, **arguments):
    return reverse(f"registry:{name}", kwargs={"workspace": workspace.slug, **arguments})


def filled_in(response):
    """What a browser would post of the form as it stands on the page."""
    form = response.context["form"]
    data = {}
    for field in form:
        value = field.value()
        if hasattr(field.field.widget, "decompress"):
            shown, none = value if isinstance(value, list) else field.field.widget.decompress(value)
            data[field.html_name] = "" if shown is None else shown
            if none:
                data[f"{field.html_name}_none"] = "on"
        else:
            data[field.html_name] = "" if value is None else value
    return data


def test_a_person_registers_a_whole_small_system(workspace, member_client):
    def register(what, /, **data):
        response = member_client.post(page(f"{what}_new", workspace), data)
        assert response.status_code == 302, response.context["form"].errors
        return response

    register("team", name="Checkout")
    register("system", name="RetailFlow")
    register("service", name="Cart", kind="service", tier="1", team="checkout", system="retailflow", entry_point="true")
    register("service", name="Inventory", kind="service")
    register("channel", name="OrderPlaced", intent="event", technology="kafka", retention_hours_none="on")
    register("edge", source="cart", target="inventory", style="request_response", timeout_ms="500", retries="2")
    register("edge", source="cart", target="inventory", style="stream", channel="orderplaced")
    response = register("flow", name="Check out", first_step="cart-inventory", user_facing="true")

    assert response["Location"] == page("flow_steps", workspace, flow="check-out")
    stored = load_architecture(workspace)
    assert [service.id for service in stored.services] == ["cart", "inventory"]
    cart, edge = stored.services[0], stored.edges[0]
    assert (cart.team, cart.system, cart.tier, cart.entry_point) == ("checkout", "retailflow", 1, True)
    assert (edge.timeout_ms, edge.retries, edge.circuit_breaker) == (500, 2, None)
    assert [edge.id for edge in stored.edges] == ["cart-inventory", "cart-inventory-2"]
    assert stored.channels[0].retention_hours == float("inf")
    assert stored.flows[0].entry == "cart"


def test_an_edge_by_hand_is_declared_by_the_person(workspace, member_client, shop):
    member_client.post(page("edge_new", workspace), {"source": "inventory", "target": "mailer"})

    (piece,) = EdgeEvidence.objects.filter(edge__slug="inventory-mailer")
    assert (piece.source, piece.confidence) == ("milo", "declared")


@pytest.mark.parametrize(
    ("kind", "slug"),
    [
        ("team", "checkout"),
        ("system", "retailflow"),
        ("service", "cart"),
        ("channel", "order-placed"),
        ("edge", "cart-inventory"),
        ("edge", "cart-mailer"),
        ("flow", "checkout"),
    ],
)
def test_saving_a_form_as_it_stands_changes_nothing(shop, member_client, kind, slug):
    address = page(f"{kind}_edit", shop, **{kind: slug})
    before = load_architecture(shop)
    statements = Statement.objects.count()

    response = member_client.post(address, filled_in(member_client.get(address)))

    assert response.status_code == 302
    assert load_architecture(shop) == before
    assert Statement.objects.count() == statements


def test_it_stores_what_a_person_changes_and_why(shop, member_client):
    address = page("edge_edit", shop, edge="cart-inventory")
    data = filled_in(member_client.get(address))
    del data["timeout_ms_none"]
    data |= {"timeout_ms": "250", "circuit_breaker": "true", "saga_none": "on", "note": "as deployed"}

    assert member_client.post(address, data).status_code == 302

    edge = Edge.objects.get(workspace=shop, slug="cart-inventory")
    assert (edge.timeout_ms, edge.circuit_breaker, edge.saga, edge.version) == (250, True, "", 2)
    changed = Statement.objects.filter(edge=edge, source="").values_list("fact", "by", "note")
    assert sorted(changed) == [(fact, "milo", "as deployed") for fact in ("circuit_breaker", "saga", "timeout_ms")]


def test_two_people_do_not_overwrite_each_other_unseen(shop, member_client, owner):
    address = page("service_edit", shop, service="cart")
    mine = filled_in(member_client.get(address)) | {"name": "Basket", "tier": "2"}
    service = Service.objects.select_related("workspace").get(workspace=shop, slug="cart")
    edit_service(service=service, values={"name": "Trolley"}, version=service.version, by=owner)

    refused = member_client.post(address, mine)

    assert refused.status_code == 409
    shown = refused.content.decode()
    assert "Trolley" in shown
    assert "Basket" in shown
    service.refresh_from_db()
    assert (service.name, service.tier) == ("Trolley", 1)

    again = member_client.post(address, filled_in(refused))
    service.refresh_from_db()
    assert again.status_code == 302
    assert (service.name, service.tier) == ("Basket", 2)


def test_an_answer_meanwhile_is_no_conflict(shop, member_client, owner):
    """Answers are given on the page of the edge: the form has nothing of them to overwrite."""
    address = page("edge_edit", shop, edge="cart-inventory")
    mine = filled_in(member_client.get(address)) | {"name": "Reserve"}
    edge = Edge.objects.select_related("workspace").get(workspace=shop, slug="cart-inventory")
    answer_question(edge=edge, key="can_poll", value=True, by=owner)

    assert member_client.post(address, mine).status_code == 302

    edge.refresh_from_db()
    assert (edge.name, edge.answer_can_poll) == ("Reserve", True)


NO_FIELDS = {
    "id": "9999",
    "pk": "9999",
    "workspace": "2",
    "workspace_id": "2",
    "slug": "stolen",
    "answer_can_poll": "true",
}


@pytest.mark.parametrize(
    ("kind", "slug", "model"),
    [
        ("team", "checkout", Team),
        ("system", "retailflow", System),
        ("service", "cart", Service),
        ("channel", "order-placed", Channel),
        ("edge", "cart-inventory", Edge),
        ("flow", "checkout", Flow),
    ],
)
def test_a_form_stores_only_its_own_fields(shop, other_workspace, member_client, kind, slug, model):
    address = page(f"{kind}_edit", shop, **{kind: slug})
    before = model.objects.filter(workspace=shop, slug=slug).values().get()
    data = filled_in(member_client.get(address))
    columns = {column.attname for column in model._meta.concrete_fields} | set(NO_FIELDS)
    canaries = {name: NO_FIELDS.get(name, "canary") for name in columns - set(data)}

    assert member_client.post(address, data | canaries).status_code == 302

    after = model.objects.filter(workspace=shop, slug=slug).values().get()
    before.pop("version"), after.pop("version")
    assert after == before


def test_what_a_request_leaves_out_stays(shop, member_client):
    address = page("edge_edit", shop, edge="cart-inventory")

    response = member_client.post(address, {"version": "1", "source": "cart", "target": "inventory", "name": "Renamed"})

    assert response.status_code == 302
    edge = Edge.objects.get(workspace=shop, slug="cart-inventory")
    assert (edge.name, edge.technology, edge.timeout_ms, edge.circuit_breaker) == (
        "Renamed",
        "http",
        float("inf"),
        False,
    )


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("edge", {"source": "foreign", "target": "inventory"}),
        ("edge", {"source": "cart", "target": "foreign"}),
        ("edge", {"source": "cart", "target": "inventory", "channel": "foreign"}),
        ("service", {"name": "X", "kind": "service", "team": "foreign"}),
        ("service", {"name": "X", "kind": "service", "system": "foreign"}),
        ("flow", {"name": "X", "first_step": "foreign", "user_facing": "true"}),
    ],
)
def test_nothing_leads_into_another_workspace(shop, other_workspace, member_client, kind, data):
    foreign = Service.objects.create(workspace=other_workspace, slug="foreign", name="Foreign canary")
    target = Service.objects.create(workspace=other_workspace, slug="other", name="Other canary")
    Team.objects.create(workspace=other_workspace, slug="foreign", name="Foreign canary")
    System.objects.create(workspace=other_workspace, slug="foreign", name="Foreign canary")
    Channel.objects.create(workspace=other_workspace, slug="foreign", name="Foreign canary")
    Edge.objects.create(workspace=other_workspace, slug="foreign", name="Foreign canary", source=foreign, target=target)
    before = load_architecture(shop)

    response = member_client.post(page(f"{kind}_new", shop), data)

    assert response.status_code == 422
    assert b"canary" not in response.content
    assert load_architecture(shop) == before


WRONG = [
    ("service", {"name": "X", "kind": "service", "availability": "101"}, "availability"),
    ("service", {"name": "X", "kind": "service", "availability": "nan"}, "availability"),
    ("service", {"name": "X", "kind": "service", "availability": "1e400"}, "availability"),
    ("service", {"name": "X", "kind": "thing"}, "kind"),
    ("service", {"name": "X", "kind": "service", "links": "Runbook javascript:alert(1)"}, "links"),
    ("service", {"name": "X" * 201, "kind": "service"}, "name"),
    ("service", {"name": "pay\u202ement", "kind": "service"}, "name"),
    ("service", {"name": "a\x00b", "kind": "service"}, "name"),
    ("service", {"name": "X", "kind": "service", "description": "x" * 4001}, "description"),
    ("service", {"name": "X", "kind": "service", "slug": "a" * 300}, "slug"),
    ("service", {"name": "X", "kind": "service", "slug": "Upper Case"}, "slug"),
    ("service", {"name": "X", "kind": "service", "slug": "cart"}, "slug"),
    ("service", {"name": "X", "kind": "service", "slug": "none"}, "slug"),
    ("service", {"name": "X", "kind": "service", "deployable": "unknown"}, "deployable"),
    ("edge", {"source": "cart", "target": "cart"}, "target"),
    ("edge", {"source": "cart", "target": "mailer", "retries": "1.5"}, "retries"),
    ("edge", {"source": "cart", "target": "mailer", "retries": "9" * 30}, "retries"),
    ("edge", {"source": "cart", "target": "mailer", "timeout_ms": "5", "timeout_ms_none": "on"}, "timeout_ms"),
    ("edge", {"source": "cart", "target": "mailer", "latency_p50_ms": "5", "latency_p99_ms": "4"}, "latency_p50_ms"),
    ("edge", {"source": "stock-db", "target": "cart", "style": "request_response"}, "style"),
    ("edge", {"source": "cart", "target": "mailer", "circuit_breaker": "perhaps"}, "circuit_breaker"),
    ("channel", {"name": "X", "retention_hours": "0"}, "retention_hours"),
    ("flow", {"name": "X", "user_facing": "true"}, "first_step"),
    (
        "flow",
        {"name": "X", "user_facing": "true", "first_step": "cart-mailer", "latency_budget_ms": "0"},
        "latency_budget_ms",
    ),
    ("team", {"name": ""}, "name"),
]


@pytest.mark.parametrize(("kind", "data", "field"), WRONG, ids=lambda value: value if isinstance(value, str) else "")
def test_it_says_beside_the_field_what_cannot_be(shop, member_client, kind, data, field):
    before = load_architecture(shop)

    response = member_client.post(page(f"{kind}_new", shop), data)

    assert response.status_code == 422
    assert field in response.context["form"].errors
    assert load_architecture(shop) == before


HOSTILE = ['<script>alert("x")</script>', "{{ 7*7 }}{% load %}", "'; DROP TABLE x; --", "﷽" * 200, "😀 ok", "=1+1"]


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_name_is_only_a_name(shop, member_client, text):
    response = member_client.post(page("channel_new", shop), {"name": text, "slug": "hostile", "description": text})

    assert response.status_code == 302
    for address in (
        page("channel", shop, channel="hostile"),
        page("channel_list", shop),
        page("channel_edit", shop, channel="hostile"),
        page("channel_delete", shop, channel="hostile"),
    ):
        answer = member_client.get(address)
        assert answer.status_code == 200
        assert b"<script>alert" not in answer.content
    assert Channel.objects.get(slug="hostile").name == text


def test_an_edge_whose_flow_uses_it_cannot_be_led_elsewhere(shop, member_client):
    address = page("edge_edit", shop, edge="cart-inventory")

    response = member_client.post(address, filled_in(member_client.get(address)) | {"target": "mailer"})

    assert response.status_code == 422
    assert "inventory-db starts at inventory" in response.content.decode()
    assert Edge.objects.get(workspace=shop, slug="cart-inventory").target.slug == "inventory"


def test_the_form_of_an_edge_asks_what_its_style_is_about(shop, member_client):
    form = member_client.get(page("edge_edit", shop, edge="cart-mailer")).context["form"]
    groups = {group.title: [field.name for field in group.fields] for group in form.groups}

    assert "dead_letter_queue" in groups["Messaging"]
    assert "circuit_breaker" in groups["Not asked for this style"]
    assert not next(group for group in form.groups if group.title == "Not asked for this style").open


def test_every_fact_of_every_kind_is_in_its_form(shop, member_client):
    """A new fact is one line in the table: the form follows by itself."""
    from archreview.registry.fields import FIELDS
    from archreview.registry.forms.entries import ELSEWHERE

    for kind, slug in (("service", "cart"), ("channel", "order-placed"), ("edge", "cart-mailer"), ("flow", "checkout")):
        form = member_client.get(page(f"{kind}_edit", shop, **{kind: slug})).context["form"]
        shown = {field.name for field in form.first} | {field.name for group in form.groups for field in group.fields}
        asked = {field.name for field in FIELDS[kind] if not field.name.startswith("answers.")} - ELSEWHERE
        assert shown == asked


def test_a_hint_becomes_an_edge_when_a_person_confirms_it(shop, member_client, owner):
    EdgeEvidence.objects.filter(edge__slug="cart-inventory").update(confidence="suggested")
    listed = member_client.get(page("edge_list", shop), {"evidence": "hint"})
    assert [edge.slug for edge in listed.context["page"]] == ["cart-inventory"]

    member_client.post(page("edge_confirm", shop, edge="cart-inventory"))

    edge = next(edge for edge in load_architecture(shop).edges if edge.id == "cart-inventory")
    assert edge.counted
    assert edge.evidence[-1].source == "milo"
