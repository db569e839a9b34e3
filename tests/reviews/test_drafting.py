"""From the pages of the analysis to drafts of decisions, and drafts generated anew."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from archreview.decisions.actions import Terms, Text, decide, edit_draft
from archreview.decisions.draft import People
from archreview.decisions.matter import About, Matter
from archreview.decisions.models import Decision, Status
from archreview.decisions.redrafting import beside, take_anew
from archreview.engine.results import DRIFTED, HOLDS
from archreview.registry.actions import import_architecture
from archreview.registry.models import Edge
from archreview.rendering.markup import to_html
from archreview.reviews.analyses import current_analysis
from archreview.reviews.drafts import draft_about
from archreview.workspaces.models import Workspace
from tests.examples.reviewed import architecture

TODAY = datetime.now(tz=UTC).date()


@pytest.fixture(autouse=True)
def lay_out_here(monkeypatch):
    """Lay texts out in this process, which is quick."""
    for module in ("actions.records", "forms", "views.editor"):
        monkeypatch.setattr(f"archreview.decisions.{module}.markdown_to_html", to_html)


@pytest.fixture
def retail(workspace, owner):
    """The workspace with a check-out that makes three calls in a row."""
    import_architecture(
        workspace=workspace, architecture=architecture("retailflow-before"), by=owner, source="retailflow.yaml"
    )
    workspace.refresh_from_db()
    return workspace


def findings(workspace, about):
    """The fingerprints of the findings of a rule, or about a subject."""
    found = current_analysis(workspace).review.findings
    return [finding.fingerprint for finding in found if about in (finding.rule, finding.subject.id)]


def url(name, *more):
    return reverse(f"reviews:{name}", args=["acme", *more])


def posted(client, address, data=None):
    """Where a form leads to once it is sent."""
    return client.get(client.post(address, data or {})["Location"])


def test_a_flow_over_its_limit_leads_to_a_draft_with_waterfalls(retail, member_client):
    assert url("flow_decide", "checkout") in member_client.get(url("flow", "checkout")).content.decode()

    response = member_client.post(url("flow_decide", "checkout"))

    decision = Decision.objects.get()
    assert response["Location"] == reverse("decisions:decision_edit", args=["acme", 1])
    assert decision.title == "Take “Fix the price” off the synchronous path of “Check out”"
    assert (decision.subject_kind, decision.subject_id) == ("flow", "checkout")
    assert decision.matter["about"] == "flow"
    assert len(decision.pictures["waterfalls"]) == 2
    page = member_client.get(decision.get_absolute_url()).content.decode()
    assert "The calls in order, with this decision" in page
    assert f'href="{url("flow", "checkout")}">Check out</a>' in page
    assert str(decision) in member_client.get(url("flow", "checkout")).content.decode()


@pytest.fixture
def flow_decision(retail, member_client):
    """A draft that takes one call off the check-out."""
    member_client.post(url("flow_decide", "checkout"))
    return Decision.objects.get()


def standing(workspace, number):
    workspace.refresh_from_db()
    return current_analysis(workspace).decision_reviews[f"{number:04d}"]


def test_a_decision_about_a_flow_binds_the_flow_and_each_edge_that_it_changes(retail, flow_decision, owner):
    decide(flow_decision, to=Status.ACCEPTED, version=1, by=owner)

    found = standing(retail, 1)
    assert found.state == DRIFTED
    assert {(check.kind, check.id, check.fact) for check in found.checks if check.holds is False} == {
        ("flow", "checkout", "HOP-001"),
        ("edge", "inventory-pricing", "style"),
    }
    assert [
        finding.subject.id for finding in current_analysis(retail).review.findings if finding.rule == "DEC-002"
    ] == ["inventory-pricing"]

    Edge.objects.filter(slug="inventory-pricing").update(style="queue")
    Workspace.objects.filter(pk=retail.pk).update(revision=retail.revision + 1)
    assert standing(retail, 1).state == HOLDS


def test_the_edges_that_a_decision_changes_lead_to_it_and_others_do_not(retail, flow_decision, member_client):
    assert str(flow_decision) in member_client.get(url("edge", "inventory-pricing")).content.decode()
    assert str(flow_decision) not in member_client.get(url("edge", "cart-inventory")).content.decode()


def test_saving_in_the_editor_keeps_what_is_bound_of_the_flow_and_its_edges(flow_decision, member_client):
    address = reverse("decisions:decision_edit", args=["acme", 1])
    before = flow_decision.confirmation
    form = {"title": "Mine", "body": "Mine.", "version": "1", "terms": "1", "rules": before["rules"]}
    page = member_client.get(address).content.decode()
    assert re.search(r'name="also" value="inventory-pricing"[^>]* checked', page)

    assert member_client.post(address, {**form, "also": ["inventory-pricing"]}).status_code == 302
    flow_decision.refresh_from_db()
    assert flow_decision.confirmation == before

    member_client.post(address, {**form, "version": "2"})
    flow_decision.refresh_from_db()
    assert "also" not in flow_decision.confirmation
    assert flow_decision.confirmation["flow"] == "checkout"


def test_a_decision_that_keeps_an_edge_as_it_is_does_not_drift_when_it_is_accepted(retail, owner, member_client):
    member_client.post(url("edge_decide", "pricing-payment-gateway"))
    decision = Decision.objects.get()
    assert decision.title.startswith("Keep ")
    decide(decision, to=Status.ACCEPTED, version=1, by=owner)

    assert standing(retail, 1).state == HOLDS


def test_a_flow_within_its_limit_offers_none_and_says_why(retail, member_client):
    Edge.objects.filter(slug="inventory-pricing").update(style="queue")
    Workspace.objects.filter(pk=retail.pk).update(revision=retail.revision + 1)

    assert url("flow_decide", "checkout") not in member_client.get(url("flow", "checkout")).content.decode()
    response = posted(member_client, url("flow_decide", "checkout"))

    assert "not known to be over its limit" in response.content.decode()
    assert not Decision.objects.exists()


def test_several_findings_of_one_rule_are_one_decision(retail, member_client):
    chosen = findings(retail, "RES-001")
    page = member_client.get(f"{url('findings')}?rule=RES-001").content.decode()
    assert all(f'name="finding" value="{one}"' in page for one in chosen)

    member_client.post(url("findings_decide"), {"finding": chosen})

    decision = Decision.objects.get()
    assert decision.title == "Give three calls a circuit breaker"
    assert (decision.subject_kind, decision.subject_id) == ("rule", "RES-001")
    page = member_client.get(decision.get_absolute_url()).content.decode()
    assert "findings of rule <code>RES-001</code>" in page


def test_findings_without_anything_in_common_are_refused_with_a_reason(retail, member_client):
    chosen = [*findings(retail, "RES-001"), *findings(retail, "AVL-001")]

    response = posted(member_client, url("findings_decide"), {"finding": chosen})

    assert "one decision, one matter" in response.content.decode()
    assert not Decision.objects.exists()


@pytest.mark.parametrize("chosen", [[], ["0123456789abcdef"], ["<script>", "x" * 9000]])
def test_findings_that_are_not_there_are_said_to_be_gone(retail, member_client, chosen):
    response = posted(member_client, url("findings_decide"), {"finding": chosen})

    assert "These findings are gone" in response.content.decode()


def test_a_viewer_sees_no_way_to_choose(retail, viewer_client):
    assert 'name="finding"' not in viewer_client.get(url("findings")).content.decode()
    assert "Accept the risk" not in viewer_client.get(url("edge", "cart-inventory")).content.decode()


WAIVER = {
    "reason": "The provider is replaced in spring.",
    "approver": "Ana Lima",
    "expires": (TODAY + timedelta(days=90)).isoformat(),
    "reconsider": "a second outage",
}


def test_a_risk_is_accepted_with_reason_approver_and_date(retail, member_client):
    chosen = findings(retail, "pricing-payment-gateway")
    asked = posted(member_client, url("findings_decide"), {"finding": chosen, "waive": "1"})
    assert "What is accepted" in asked.content.decode()

    member_client.post(url("waive"), {"finding": chosen, **WAIVER})

    decision = Decision.objects.get()
    assert decision.title.startswith("Accept the risk of")
    assert "“The provider is replaced in spring”" in decision.body
    assert decision.decision_makers == "Ana Lima"
    assert decision.matter["waiver"]["expires"] == WAIVER["expires"]
    assert (decision.subject_kind, decision.subject_id) == ("edge", "pricing-payment-gateway")


@pytest.mark.parametrize(
    ("field", "value", "problem"),
    [
        ("reason", "", "This field is required."),
        ("approver", "", "This field is required."),
        ("expires", TODAY.isoformat(), "This day has passed"),
        ("expires", (TODAY + timedelta(days=367)).isoformat(), "Within a year"),
        ("expires", "soon", "Enter a valid date."),
        ("reason", "x" * 1001, "at most 1000 characters"),
    ],
)
def test_a_waiver_that_is_not_whole_is_asked_again(retail, member_client, field, value, problem):
    chosen = findings(retail, "pricing-payment-gateway")

    response = member_client.post(url("waive"), {"finding": chosen, **WAIVER, field: value})

    assert response.status_code == 422
    assert problem in response.content.decode()
    assert not Decision.objects.exists()


def test_a_waiver_without_findings_leads_back(retail, member_client):
    assert member_client.get(url("waive")).url == url("findings")


# -- anew -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def drafted(retail, member_client):
    """The draft about the edge from the cart to the inventory."""
    member_client.post(url("edge_decide", "cart-inventory"))
    return Decision.objects.get()


def learn(workspace, **facts):
    """Change what is known of the edge, as somebody's answer would."""
    Edge.objects.filter(slug="cart-inventory").update(**facts)
    Workspace.objects.filter(pk=workspace.pk).update(revision=Workspace.objects.get(pk=workspace.pk).revision + 1)


def written(decision, body, by):
    text = Text(title=decision.title, body=body)
    return edit_draft(decision, text=text, version=decision.version, by=by)


def test_a_draft_says_when_the_model_has_changed(retail, drafted, member_client):
    assert "See what it would say today" not in member_client.get(drafted.get_absolute_url()).content.decode()

    learn(retail, throughput_per_s=1200)

    assert "See what it would say today" in member_client.get(drafted.get_absolute_url()).content.decode()


def test_generating_anew_takes_what_is_new_and_keeps_what_people_wrote(retail, drafted, member, member_client):
    written(drafted, drafted.body.replace("## Decision Drivers", "Ana saw it fail.\n\n## Decision Drivers"), member)
    learn(retail, throughput_per_s=1200)
    page = member_client.get(url("decision_anew", drafted.number)).content.decode()
    assert "At peak 1,200 a second must pass." in page
    assert "Nothing that people wrote stands in the way." in page

    member_client.post(url("decision_anew", drafted.number), {"version": drafted.version})

    drafted.refresh_from_db()
    assert "Ana saw it fail." in drafted.body
    assert "At peak 1,200 a second must pass." in drafted.body
    assert "Ana saw it fail." not in drafted.generated_body
    assert "At peak 1,200 a second must pass." in drafted.generated_body
    assert any(fact["fact"] == "throughput_per_s" for fact in drafted.facts)
    assert drafted.versions.first().note == "Generated anew"
    page = member_client.get(drafted.get_absolute_url()).content.decode()
    assert "See what it would say today" not in page


@pytest.mark.parametrize("chosen", [True, False])
def test_generating_anew_takes_over_what_is_bound_unless_somebody_has_chosen_it(retail, drafted, member, chosen):
    rules = drafted.confirmation["rules"][:1] if chosen else [*reversed(drafted.confirmation["rules"])]
    mine = {**drafted.confirmation, "rules": rules}
    premise = {"kind": "edge", "id": "cart-inventory", "fact": "tracing", "value": None, "basis": "unknown"}
    edit_draft(
        drafted,
        text=Text(title=drafted.title, body=drafted.body),
        version=drafted.version,
        by=member,
        terms=Terms(confirmation=mine, facts=[*drafted.facts, premise]),
    )
    learn(retail, throughput_per_s=1200, circuit_breaker=True)
    retail.refresh_from_db()
    drafting = draft_about(
        retail, current_analysis(retail), Matter(About.EDGE, "cart-inventory"), people=People(), today=TODAY
    )

    take_anew(drafted, beside(drafted, drafting), choices={}, workspace=retail, version=drafted.version, by=member)

    assert (drafted.confirmation == mine) is chosen
    assert (drafted.confirmation == drafting.confirmation.as_json()) is not chosen
    assert {fact["fact"]: fact["value"] for fact in drafted.facts}["throughput_per_s"] == 1200
    assert any(fact["fact"] == "tracing" for fact in drafted.facts) is chosen


@pytest.mark.parametrize(
    ("choice", "mine", "theirs"), [("mine", True, False), ("theirs", False, True), ("both", True, True)]
)
def test_where_both_changed_the_same_line_a_person_chooses(
    retail, drafted, member, member_client, choice, mine, theirs
):
    old = "* Cart can go on without what Inventory gives back."
    assert old in drafted.body
    written(drafted, drafted.body.replace(old, "* Nobody waits for the stock."), member)
    Edge.objects.filter(slug="cart-inventory").update(answer_needs_result=True)
    learn(retail)
    address = url("decision_anew", drafted.number)
    assert "Both have changed the same lines" in member_client.get(address).content.decode()
    sections = [
        name
        for name in ("context", "drivers", "outcome")
        if f'name="{name}"' in member_client.get(address).content.decode()
    ]

    member_client.post(address, {"version": drafted.version, **dict.fromkeys(sections, choice)})

    drafted.refresh_from_db()
    assert ("* Nobody waits for the stock." in drafted.body) is mine
    assert ("* Cart cannot go on without what Inventory gives back." in drafted.body) is theirs


def test_who_is_second_to_save_is_told(retail, drafted, member, member_client):
    learn(retail, throughput_per_s=1200)
    old = drafted.version
    written(drafted, drafted.body + "\nMore.\n", member)

    response = member_client.post(url("decision_anew", drafted.number), {"version": old})

    assert response.status_code == 409
    drafted.refresh_from_db()
    assert "1,200" not in drafted.body


def test_what_is_decided_is_not_generated_anew(retail, drafted, owner, member_client):
    decide(drafted, to=Status.ACCEPTED, version=drafted.version, by=owner)

    response = posted(member_client, url("decision_anew", drafted.number), {"version": drafted.version})

    assert "Only a draft that was generated" in response.content.decode()
    drafted.refresh_from_db()
    assert drafted.generated_body == ""


def test_a_draft_about_what_is_gone_says_so(retail, drafted, member_client):
    Edge.objects.filter(slug="cart-inventory").delete()
    learn(retail)

    assert member_client.get(url("decision_anew", drafted.number)).status_code == 404


def test_the_findings_take_as_many_queries_for_many_as_for_few(
    workspace, owner, member_client, django_assert_num_queries
):
    counts = []
    for name in ("retailflow-before", "fintech-before"):
        model = architecture(name)
        import_architecture(
            workspace=workspace, architecture=replace(model, sources=()), by=owner, source=f"{name}.yaml"
        )
        workspace.refresh_from_db()
        with CaptureQueriesContext(
            connection,
        ) as queries:
            member_client.post(url("findings_decide"), {"finding": findings(workspace, "RES-001")})
        counts.append(len(queries))

    assert counts[0] >= counts[1]
