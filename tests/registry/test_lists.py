"""Lists: found, filtered and sorted by the URL, with as many queries for fifty rows as for five."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from archreview.registry import judgements as judgements_module
from archreview.registry.actions import import_architecture
from archreview.registry.architectures import load_architecture
from archreview.registry.judgements import Judgement
from tests.registry.conftest import architecture_of

KINDS = ("service", "channel", "edge", "flow", "team", "system")


def address(kind, workspace):
    return reverse(f"registry:{kind}_list", args=[workspace.slug])


def many(count):
    """A file with so many of everything."""
    lines = ["archreview: 1", "systems:"]
    lines += [f"  - {{id: system-{n}}}" for n in range(count)]
    lines += ["teams:", *(f"  - {{id: team-{n}}}" for n in range(count))]
    lines += ["services:", "  - {id: hub}"]
    lines += [f"  - {{id: service-{n}, team: team-{n}, system: system-{n}}}" for n in range(count)]
    lines += ["channels:", *(f"  - {{id: channel-{n}}}" for n in range(count))]
    lines += ["edges:"]
    lines += [
        f"  - {{id: edge-{n}, from: hub, to: service-{n}, channel: channel-{n}, spiky: {{value: true, by: ana}},"
        f" evidence: [{{source: compose.yaml, line: {n + 1}}}]}}"
        for n in range(count)
    ]
    lines += ["flows:", *(f"  - {{id: flow-{n}, entry: hub, steps: [{{edge: edge-{n}}}]}}" for n in range(count))]
    return architecture_of("\n".join(lines) + "\n")


def ids(response):
    return [row.slug for row in response.context["page"]]


@pytest.mark.parametrize("kind", KINDS)
def test_the_number_of_queries_does_not_grow_with_the_rows(workspace, owner, viewer_client, kind):
    counts = []
    # The rules are read once by each process.
    viewer_client.get(address(kind, workspace))
    for number in (5, 45):
        import_architecture(workspace=workspace, architecture=many(number), by=owner, source="architecture.yaml")
        with CaptureQueriesContext(
            connection,
        ) as queries:
            response = viewer_client.get(address(kind, workspace))
        assert len(response.context["page"]) >= number
        counts.append(len(queries))

    assert counts[0] == counts[1]


def test_loading_the_architecture_asks_nine_times(workspace, owner, django_assert_num_queries):
    for number in (5, 45):
        import_architecture(workspace=workspace, architecture=many(number), by=owner, source="architecture.yaml")
        with django_assert_num_queries(9):
            assert len(load_architecture(workspace).edges) == number


@pytest.mark.parametrize("kind", KINDS)
def test_an_empty_list_offers_what_to_do(workspace, viewer_client, kind):
    response = viewer_client.get(address(kind, workspace))

    assert response.context["nothing_yet"]
    assert reverse(f"registry:{kind}_new", args=[workspace.slug]).encode() in response.content


@pytest.mark.parametrize(
    ("kind", "query", "found"),
    [
        ("service", {"q": "ca"}, ["cart"]),
        ("service", {"q": "INVENT"}, ["inventory"]),
        ("service", {"kind": ["worker", "datastore"]}, ["mailer", "stock-db"]),
        ("service", {"tier": "1"}, ["cart"]),
        ("service", {"tier": ["1", "unknown"]}, ["cart", "inventory", "mailer", "stock-db"]),
        ("service", {"entry": "yes"}, ["cart"]),
        ("service", {"entry": ["no"]}, []),
        ("service", {"team": "checkout"}, ["cart"]),
        ("service", {"system": "retailflow", "q": "cart"}, ["cart"]),
        ("service", {"system": "nowhere"}, []),
        ("service", {"sort": "-name"}, ["stock-db", "mailer", "inventory", "cart"]),
        ("service", {"sort": "out"}, ["mailer", "stock-db", "inventory", "cart"]),
        ("edge", {"style": "stream"}, ["cart-mailer"]),
        ("edge", {"style": "unknown"}, []),
        ("edge", {"q": "cart reserve"}, ["cart-inventory"]),
        ("edge", {"q": "mailer"}, ["cart-mailer"]),
        ("edge", {"sort": "-from"}, ["inventory-db", "cart-inventory", "cart-mailer"]),
        ("channel", {"intent": "event"}, ["order-placed"]),
        ("channel", {"intent": "command"}, []),
        ("flow", {"for": "users"}, ["checkout"]),
        ("flow", {"for": "background"}, []),
    ],
)
def test_it_finds_what_the_url_asks_for(shop, viewer_client, kind, query, found):
    response = viewer_client.get(address(kind, shop), query)

    assert response.status_code == 200
    wanted = found if "sort" in query else sorted(found)
    assert (ids(response) if "sort" in query else sorted(ids(response))) == wanted


@pytest.mark.parametrize(
    "query",
    [
        "q=%00",
        "sort=pk",
        "sort=--name",
        "kind=x&kind=%00",
        "page=-1",
        "page=x",
        "page=999999",
        "system=%00",
        "q=" + "x" * 5000,
        "q=%25_%5C",
        "tier=9",
        "q=%ff%fe",
        "sort=workspace__members__password",
    ],
)
@pytest.mark.parametrize("kind", KINDS)
def test_an_odd_url_gives_a_list_all_the_same(shop, viewer_client, kind, query):
    assert viewer_client.get(f"{address(kind, shop)}?{query}").status_code == 200


def test_nothing_of_another_workspace_is_listed(shop, other_workspace, outsider, viewer_client):
    import_architecture(workspace=other_workspace, architecture=many(3), by=outsider, source="architecture.yaml")
    for kind in KINDS:
        response = viewer_client.get(address(kind, shop))
        assert not any(slug.endswith("-2") for slug in ids(response))
        assert f"{kind}-2".encode() not in response.content


def test_a_viewer_is_offered_no_change(shop, viewer_client, member_client):
    edit = reverse("registry:service_edit", args=[shop.slug, "cart"]).encode()

    assert edit not in viewer_client.get(address("service", shop)).content
    assert edit in member_client.get(address("service", shop)).content


@pytest.fixture
def judged():
    """Somebody who judges as a test needs it, in place of the analysis."""
    before = judgements_module._functions[:]
    yield judgements_module.bring_judgements
    judgements_module._functions[:] = before


def test_it_shows_and_filters_by_what_the_analysis_says(shop, viewer_client, judged):
    said = {
        "edge": {"cart-inventory": Judgement(grade="D", findings=3), "cart-mailer": Judgement(grade=None)},
        "flow": {"checkout": Judgement(grade="F", within=False, findings=2)},
    }
    judged(lambda workspace, kind: said.get(kind, {}))

    assert ids(viewer_client.get(address("edge", shop), {"grade": "D"})) == ["cart-inventory"]
    assert ids(viewer_client.get(address("edge", shop), {"grade": ["none"]})) == ["cart-mailer"]
    assert ids(viewer_client.get(address("edge", shop), {"grade": ["A", "B"]})) == []
    assert ids(viewer_client.get(address("flow", shop), {"within": "no"})) == ["checkout"]
    assert ids(viewer_client.get(address("flow", shop), {"within": "yes"})) == []


def test_without_an_analysis_the_lists_are_whole_all_the_same(shop, viewer_client, judged):
    judgements_module._functions.clear()

    for kind in KINDS:
        assert ids(viewer_client.get(address(kind, shop), {"grade": "D"}))


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("channel", {"channel": "all"}),
        ("system", {"system": "all"}),
        ("team", {"team": "all"}),
        ("edge_new", {}),
        ("edge_edit", {"edge": "edge-0"}),
        ("service_edit", {"service": "hub"}),
        ("flow_new", {}),
        ("team_delete", {"team": "all"}),
        ("service_delete", {"service": "hub"}),
    ],
)
def test_the_queries_of_a_page_do_not_grow_with_what_it_shows(workspace, owner, member_client, name, arguments):
    """One hub that calls so many services of one system and one team over one channel."""
    url = reverse(f"registry:{name}", kwargs={"workspace": workspace.slug, **arguments})
    counts = []
    for number in (5, 45):
        lines = ["archreview: 1", "systems: [{id: all}]", "teams: [{id: all}]", "channels: [{id: all}]", "services:"]
        lines += ["  - {id: hub}", *(f"  - {{id: s-{n}, team: all, system: all}}" for n in range(number))]
        lines += ["edges:", *(f"  - {{id: edge-{n}, from: hub, to: s-{n}, channel: all}}" for n in range(number))]
        architecture = architecture_of("\n".join(lines) + "\n")
        import_architecture(workspace=workspace, architecture=architecture, by=owner, source="architecture.yaml")
        member_client.get(url)
        with CaptureQueriesContext(connection) as queries:
            assert member_client.get(url).status_code == 200
        counts.append(len(queries))

    assert counts[0] == counts[1]


def test_a_style_and_a_technology_have_one_name_on_every_page(shop, member_client):
    """The list, its filter, the form and the page of an edge say the same words for the same thing."""
    pages = [
        member_client.get(address("edge", shop)).content.decode(),
        member_client.get(reverse("registry:edge_new", args=[shop.slug])).content.decode(),
        member_client.get(reverse("registry:flow_steps", args=[shop.slug, "checkout"])).content.decode(),
        member_client.get(reverse("reviews:edge", args=[shop.slug, "cart-inventory"])).content.decode(),
    ]

    for shown in pages:
        assert "request/response" in shown
        assert "request response" not in shown
    assert ">HTTP</td>" in pages[0]
