"""Home, flow, service, map, findings and questions of the shop."""

import re

import pytest
from django.conf import settings

from archreview.registry.actions import import_architecture
from archreview.reviews.analyses import current_analysis
from archreview.reviews.navigation import count_open
from archreview.workspaces.models import Workspace
from tests.registry.conftest import architecture_of


def chain(length):
    """A workspace's worth of services that call one another in a row."""
    services = "\n".join(f"  - {{id: s{n}, name: Service {n}}}" for n in range(length + 1))
    edges = "\n".join(
        f"  - {{id: e{n}, from: s{n}, to: s{n + 1}, style: request_response, timeout_ms: none}}" for n in range(length)
    )
    return f"archreview: 1\nsystem: {{id: chain, name: Chain}}\nservices:\n{services}\nedges:\n{edges}\n"


def test_the_home_page_links_every_number_to_the_list_behind_it(viewer_client, shop):
    page = viewer_client.get("/w/acme/").content.decode()
    summary = current_analysis(shop).review.summary

    assert "Flows within the two-hop rule" in page
    assert f"of {summary.flows_user_facing}" in page
    for link in ("/w/acme/findings/?severity=high", "/w/acme/flows/", "/w/acme/questions/", "/w/acme/edges/?grade=A"):
        assert f'href="{link}"' in page


def test_an_empty_workspace_offers_three_ways_to_start(member_client, workspace):
    page = member_client.get("/w/acme/").content.decode()

    for way in ("Import what you have", "Look at an example", "Begin by hand"):
        assert way in page


def test_an_empty_workspace_offers_a_viewer_nothing_that_is_refused(viewer_client, workspace):
    assert "/services/new/" not in viewer_client.get("/w/acme/").content.decode()


def test_the_flow_shows_waterfall_arithmetic_and_what_is_unknown(viewer_client, shop):
    page = viewer_client.get("/w/acme/flows/checkout/").content.decode()

    assert "The calls, in order" in page
    assert "budget 500 ms" in page
    assert "99.9" in page
    assert "assumed" in page
    assert "What is unknown" in page
    assert "for ever" in page


def test_the_flow_marks_the_first_call_over_the_limit(viewer_client, workspace, owner):
    steps = "  - {edge: e0, then: [{edge: e1, then: [{edge: e2}]}]}"
    text = f"{chain(3)}flows:\n- id: walk\n  entry: s0\n  steps:\n{steps}\n"
    import_architecture(workspace=workspace, architecture=architecture_of(text), by=owner, source="a.yaml")

    page = viewer_client.get("/w/acme/flows/walk/").content.decode()

    assert "The first one over it is" in page
    assert "Service 2 → Service 3" in page
    assert "3 sequential calls, limit 2" in page


def test_the_service_says_who_fails_with_it(viewer_client, shop):
    page = viewer_client.get("/w/acme/services/inventory/").content.decode()

    assert "When it fails" in page
    assert "Cart" in page
    assert "Check out" in page


@pytest.mark.parametrize(
    "query",
    [
        "",
        "?system=retailflow",
        "?service=cart&hops=2",
        "?flow=checkout",
        "?colour=grade",
        "?group=team",
        "?colour=tier&group=none",
    ],
)
def test_the_map_draws_what_the_url_asks_for(viewer_client, shop, query):
    response = viewer_client.get(f"/w/acme/map/{query}")

    page = response.content.decode()
    assert response.status_code == 200
    assert "Cart" in page
    assert "The map as a table" in page


def test_the_map_takes_no_notice_of_what_does_not_exist(viewer_client, shop):
    assert viewer_client.get("/w/acme/map/?system=nope&service=nope&flow=nope&colour=red&hops=9").status_code == 200


def test_the_map_answers_htmx_with_the_map_alone(viewer_client, shop):
    part = viewer_client.get("/w/acme/map/?service=cart", headers={"HX-Request": "true"}).content.decode()

    assert "<html" not in part
    assert 'id="map-area"' in part


def test_the_focus_leaves_out_what_is_further_away(viewer_client, workspace, owner):
    import_architecture(workspace=workspace, architecture=architecture_of(chain(5)), by=owner, source="a.yaml")

    near = viewer_client.get("/w/acme/map/?service=s0&hops=1", headers={"HX-Request": "true"}).content.decode()
    further = viewer_client.get("/w/acme/map/?service=s0&hops=2", headers={"HX-Request": "true"}).content.decode()

    assert "/services/s1/card/" in near
    assert "/services/s2/card/" not in near
    assert "/services/s2/card/" in further
    assert "/services/s3/card/" not in further


def test_cards_are_whole_pages_without_javascript(viewer_client, shop):
    for url in ("/w/acme/services/cart/card/", "/w/acme/edges/cart-inventory/card/"):
        assert "<html" in viewer_client.get(url).content.decode()
        assert "<html" not in viewer_client.get(url, headers={"HX-Request": "true"}).content.decode()


def test_findings_are_filtered_by_what_stands_in_the_url(viewer_client, shop):
    whole = viewer_client.get("/w/acme/findings/").content.decode()
    critical = viewer_client.get("/w/acme/findings/?severity=critical").content.decode()
    one_rule = viewer_client.get("/w/acme/findings/?rule=RES-002").content.decode()

    assert "RES-001" in whole
    assert "Nothing matches these filters" in critical
    assert ">RES-002</a></td>" in one_rule
    assert ">RES-001</a></td>" not in one_rule


def test_findings_are_searched_in_their_words(viewer_client, shop):
    found = viewer_client.get("/w/acme/findings/?q=inventory").content.decode()

    assert "Inventory" in found
    assert "Nothing matches" in viewer_client.get("/w/acme/findings/?q=zebra").content.decode()


@pytest.mark.parametrize("sort", ["severity", "rule", "subject", "system", "nonsense"])
def test_findings_are_sorted_as_the_url_asks(viewer_client, shop, sort):
    assert viewer_client.get(f"/w/acme/findings/?sort={sort}").status_code == 200


def test_questions_ask_first_what_settles_most(viewer_client, shop):
    page = viewer_client.get("/w/acme/questions/").content.decode()

    assert "Does the caller need the result to go on" in page
    assert "/w/acme/edges/cart-inventory/#question-answers-needs-result" in page
    only_tree = viewer_client.get("/w/acme/questions/?waiting=tree").content.decode()
    assert "tree" in only_tree
    assert "Timeout?" not in only_tree


@pytest.mark.parametrize("page", ["", "findings/", "questions/", "map/", "services/s1/", "edges/e1/"])
def test_pages_ask_the_database_as_often_for_many_things_as_for_few(viewer_client, workspace, owner, page):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    counts = []
    for length in (3, 30):
        import_architecture(workspace=workspace, architecture=architecture_of(chain(length)), by=owner, source="a.yaml")
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert viewer_client.get(f"/w/acme/{page}").status_code == 200
        counts.append(len(queries))

    assert counts[0] == counts[1]


def test_hostile_names_are_shown_as_names(viewer_client, workspace, owner):
    text = chain(2).replace("Service 1", '"<img src=x onerror=alert(1)> & co"')
    import_architecture(workspace=workspace, architecture=architecture_of(text), by=owner, source="a.yaml")

    for page in ("", "map/", "findings/", "questions/", "services/s1/", "edges/e0/", "services/s1/card/"):
        shown = viewer_client.get(f"/w/acme/{page}").content.decode()
        assert "<img src=x" not in shown, page


def answer_in_list(client, *, htmx=True, **data):
    headers = {"HX-Request": "true"} if htmx else {}
    return client.post("/w/acme/questions/answer/", data, headers=headers)


def test_a_question_of_the_list_is_answered_in_its_row(member_client, shop):
    response = answer_in_list(
        member_client, kind="edge", id="cart-inventory", fact="fallback", answer="false", note="there is none"
    )

    row = response.content.decode()
    shop.refresh_from_db()
    assert response.status_code == 200
    assert "<html" not in row
    assert "milo, " in row
    assert "there is none" in row
    assert "Score is now" in row
    assert current_analysis(shop).edges["cart-inventory"].fallback is False


@pytest.mark.parametrize(
    ("subject", "fact", "value", "stored"),
    [
        (("service", "mailer"), "availability", "99.5", 99.5),
        (("service", "mailer"), "tier", "2", 2),
        (("channel", "order-placed"), "schema_format", "avro", "avro"),
        (("edge", "cart-inventory"), "latency_p99_ms", "1460", 1460.0),
        (("edge", "inventory-db"), "purpose", "write", "write"),
        (("edge", "cart-inventory"), "channel", "order-placed", "order-placed"),
    ],
)
def test_numbers_choices_and_references_are_stated_in_the_list(member_client, shop, subject, fact, value, stored):
    kind, id_ = subject

    response = answer_in_list(member_client, kind=kind, id=id_, fact=fact, value=value)

    shop.refresh_from_db()
    analysis = current_analysis(shop)
    things = {"service": analysis.services, "channel": analysis.channels, "edge": analysis.edges}
    assert response.status_code == 200
    assert getattr(things[kind][id_], fact) == stored


def test_a_number_may_be_known_to_be_none_or_not_known(member_client, shop):
    answer_in_list(member_client, kind="edge", id="cart-mailer", fact="max_deliveries", value_none="on")
    answer_in_list(member_client, kind="edge", id="cart-mailer", fact="publish_p99_ms", value="abc", unknown="1")

    shop.refresh_from_db()
    edge = current_analysis(shop).edges["cart-mailer"]
    assert edge.max_deliveries == float("inf")
    assert edge.publish_p99_ms is None
    assert "don’t know: milo" in member_client.get("/w/acme/questions/?q=cart-mailer").content.decode() or (
        "publish_p99_ms" not in {question.fact for question in current_analysis(shop).review.questions}
    )


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"kind": "edge", "id": "cart-inventory", "fact": "latency_p99_ms", "value": "-1"}, "over 0"),
        ({"kind": "edge", "id": "cart-inventory", "fact": "latency_p99_ms", "value": ""}, "Give a value"),
        ({"kind": "edge", "id": "cart-inventory", "fact": "style", "value": "telepathy"}, "telepathy"),
        ({"kind": "edge", "id": "cart-inventory", "fact": "channel", "value": "of-nobody"}, "of-nobody"),
        ({"kind": "service", "id": "cart", "fact": "availability", "value": "101"}, "at most"),
        ({"kind": "service", "id": "cart", "fact": "entry_point", "answer": ""}, "Choose yes, no"),
        ({"kind": "service", "id": "cart", "fact": "entry_point", "answer": "true", "note": "a\x07"}, "U+0007"),
    ],
)
def test_what_cannot_be_stated_is_refused_in_its_row_and_stored_nowhere(member_client, shop, data, said):
    response = answer_in_list(member_client, **data)

    revision = shop.revision
    shop.refresh_from_db()
    assert response.status_code == 422
    assert said in response.content.decode()
    assert shop.revision == revision


@pytest.mark.parametrize(
    ("data", "status"),
    [
        ({"kind": "edge", "id": "cart-inventory", "fact": "name", "answer": "true"}, 400),
        ({"kind": "service", "id": "cart", "fact": "kind", "value": "worker"}, 400),
        ({"kind": "edge", "id": "nope", "fact": "fallback", "answer": "true"}, 404),
        ({"kind": "workspace", "id": "acme", "fact": "name", "answer": "true"}, 404),
        ({}, 404),
    ],
)
def test_the_list_takes_statements_about_facts_of_things_that_exist_and_nothing_else(member_client, shop, data, status):
    assert answer_in_list(member_client, **data).status_code == status


def test_without_javascript_the_answer_leads_back_to_the_same_list(member_client, shop):
    response = answer_in_list(
        member_client,
        htmx=False,
        kind="edge",
        id="cart-inventory",
        fact="fallback",
        answer="true",
        back="waiting=rules&q=cart%0d%0aX",
    )

    assert response.status_code == 302
    assert response.headers["Location"] == "/w/acme/questions/?waiting=rules&q=cart%0D%0AX"
    page = answer_in_list(member_client, htmx=False, kind="edge", id="cart-inventory", fact="retries", value="-1")
    assert page.status_code == 422
    assert "<html" in page.content.decode()


def test_a_viewer_reads_the_questions_and_is_offered_no_answer(viewer_client, shop):
    page = viewer_client.get("/w/acme/questions/").content.decode()

    assert "Don’t know</button>" not in page
    assert answer_in_list(viewer_client, kind="edge", id="cart-inventory", fact="fallback").status_code == 403


def test_filters_from_another_page_are_seen_and_can_be_taken_away(viewer_client, shop):
    page = viewer_client.get("/w/acme/findings/?system=retailflow&severity=high").content.decode()

    assert "RetailFlow checkout <span" in page
    assert 'href="?severity=high"' in page
    assert 'name="severity" value="high"' in page


def test_an_example_comes_with_one_post_and_meets_nothing_that_is_there(member_client, shop):
    before = set(current_analysis(shop).edges)

    response = member_client.post("/w/acme/example/", {"example": "retailflow-before"})

    shop.refresh_from_db()
    after = set(current_analysis(shop).edges)
    assert response.status_code == 302
    assert response.headers["Location"] == "/w/acme/"
    assert before < after
    assert all(id_.startswith("retailflow-before.") for id_ in after - before)
    assert member_client.post("/w/acme/example/", {"example": "../../etc/passwd"}).status_code == 422


def test_a_flow_of_which_no_latency_is_known_says_so(viewer_client, workspace, owner):
    text = f"{chain(1)}flows:\n- id: walk\n  entry: s0\n  steps: [{{edge: e0}}]\n"
    import_architecture(workspace=workspace, architecture=architecture_of(text), by=owner, source="a.yaml")

    page = viewer_client.get("/w/acme/flows/walk/").content.decode()

    assert "No latency of its calls is known" in page
    assert "at least 0" not in page
    assert "0 ms is an" not in page


def test_the_navigation_counts_what_calls_for_action_only_where_the_analysis_is_at_hand(viewer_client, shop):
    summary = current_analysis(shop).review.summary

    assert count_open(shop) == {
        "Findings": summary.findings["critical"] + summary.findings["high"],
        "Questions": summary.questions,
    }
    shop.revision += 1
    assert count_open(shop) == {}


@pytest.mark.parametrize(
    ("path", "unknown"),
    [
        ("findings/?severity=high&severity=critcal", "severity “critcal”"),
        ("findings/?system=gone&sort=size", "system “gone”, sort “size”"),
        ("questions/?waiting=nobody", "waiting “nobody”"),
        ("services/?kind=server", "kind “server”"),
        ("edges/?style=pigeon&sort=size", "style “pigeon”, sort “size”"),
        ("map/?flow=gone&system=retailflow", "flow “gone”"),
        ("rules/?state=gone", "state “gone”"),
        ("findings/?kind=%3Cscript%3E", "kind “&lt;script&gt;”"),
    ],
)
def test_what_the_url_asks_for_and_nothing_has_is_left_out_and_told(viewer_client, shop, path, unknown):
    page = viewer_client.get(f"/w/acme/{path}").content.decode()
    told = f"The address asks for what is not here: {unknown}."

    assert told in page
    rest = page.split(told)[1].split('href="')[1].split('"')[0].replace("&amp;", "&")
    without = viewer_client.get(f"/w/acme/{path.partition('?')[0]}{rest}").content.decode()
    assert "what is not here" not in without


def test_findings_of_a_rule_that_finds_nothing_are_none(viewer_client, shop):
    page = viewer_client.get("/w/acme/findings/?rule=HOP-003")

    assert "what is not here" not in page.content.decode()
    assert page.context["shown"] == 0
    assert page.context["total"] > 0


def test_each_number_of_the_home_leads_to_the_list_of_so_many(viewer_client, workspace, owner):
    text = (settings.BASE_DIR / "fixtures" / "examples" / "retailflow-before.yaml").read_text(encoding="utf-8")
    import_architecture(workspace=workspace, architecture=architecture_of(text), by=owner, source="a.yaml")
    home = viewer_client.get("/w/acme/").content.decode()

    def behind(number, address):
        assert re.search(rf'href="{re.escape(address.replace("&", "&amp;"))}"[^>]*>[^/]*\b{number}\b', home), address
        return viewer_client.get(address).context

    summary = current_analysis(Workspace.objects.get(pk=workspace.pk)).review.summary
    serious = summary.findings["critical"] + summary.findings["high"]
    assert serious
    assert (
        behind(f"{serious} critical or high", "/w/acme/findings/?severity=critical&severity=high")["shown"] == serious
    )
    assert behind("1 over", "/w/acme/flows/?for=users&within=no")["page"].paginator.count == 1
    assert behind("4 services", "/w/acme/services/")["page"].paginator.count == 4
    assert viewer_client.get("/w/acme/flows/?within=yes").context["page"].paginator.count == 0
