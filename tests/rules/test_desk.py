"""The desk: who may write, what is said of it at once, what it would change, and the steps to being in force."""

import re
import uuid
from dataclasses import replace
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from archreview.registry.actions import import_architecture
from archreview.reviews.analyses import current_analysis
from archreview.rules.actions import load_catalog, override_rule, publish_draft, retire, save_draft
from archreview.rules.built_in import built_in_catalog
from archreview.rules.live import look_at
from archreview.rules.models import CatalogChange, CatalogSettings, Draft, Obligation, Rule
from archreview.rules.packs import export_catalog
from archreview.rules.queries import current_catalog, draft_of
from archreview.rules.written import FIELDS, content_from, example_to_begin_with, new_content
from archreview.workspaces.actions import add_member, create_workspace
from archreview.workspaces.models import Role
from tests.registry.conftest import SHOP, architecture_of
from tests.rules.changes import change_rule
from tests.rules.conftest import EXAMPLES, webhook_rule

DESK = "/admin/catalog/"
RES = f"{DESK}rules/RES-001/"
NEW = f"{DESK}rules/new/"
HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def shop(workspace, owner, ada):
    """The workspace with the shop in it, and the administrator among its members."""
    import_architecture(workspace=workspace, architecture=architecture_of(SHOP), by=owner, source="architecture.yaml")
    return workspace


def body_of(content):
    """What the editor's form would post."""
    body: dict[str, Any] = {}
    for field in FIELDS["rule"]:
        value = content[field.name]
        if field.look == "campaign":
            body |= {"until": value.get("until", ""), "note": value.get("note", "")}
        elif field.look == "lines":
            body[field.name] = "\r\n".join(value)
        elif field.look == "params":
            body[field.name] = "\n".join(f"{name}: {one}" for name, one in value.items())
        else:
            body[field.name] = value
    return body


def posted(client, url, do, *, content=None, htmx=False, **more):
    rule = content if content is not None else Rule.objects.get(code="RES-001").written()
    return client.post(url, {**body_of(rule), "do": do, **more}, **(HTMX if htmx else {}))


def staff_client(*permissions):
    user = User.objects.create_user("stan", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions, content_type__app_label="rules"))
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def the_draft(code):
    """The draft of a rule, which there is."""
    return Draft.objects.get(kind="rule", key=code)


# --- Who ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["owner_client", "viewer_client", "outsider_client"])
def test_whoever_is_no_staff_finds_no_desk(request, name, breaker):
    client = request.getfixturevalue(name)
    assert client.get(DESK).status_code == 404
    assert client.get(RES).status_code == 404
    assert posted(client, RES, "save").status_code == 404
    assert posted(client, RES, "check", htmx=True).status_code == 404
    assert not Draft.objects.exists()


def test_staff_without_the_right_does_not_get_in(breaker):
    client = staff_client()
    assert client.get(DESK).status_code == 403
    assert posted(client, RES, "check", htmx=True).status_code == 403


def test_whoever_may_only_look_writes_nothing(breaker):
    client = staff_client("view_rule")
    page = client.get(RES)
    assert page.status_code == 200
    assert 'value="publish"' not in page.content.decode()
    for do in ("save", "publish", "discard", "retire", "dry-run"):
        assert posted(client, RES, do).status_code == 403
    assert posted(client, RES, "check", htmx=True).status_code == 200
    assert not Draft.objects.exists()


def test_whoever_may_write_and_not_publish_keeps_drafts(breaker):
    client = staff_client("change_rule", "view_rule")
    assert posted(client, RES, "save", severity="low").status_code == 302
    for do in ("publish", "retire", "take-back"):
        assert posted(client, RES, do, seen="1").status_code == 403
    assert current_catalog().version == "1"
    assert the_draft("RES-001").by_name == "stan"


def test_the_right_to_rules_is_no_right_to_obligations_and_settings(breaker):
    client = staff_client("change_rule", "view_rule", "publish_rule")
    for url in (f"{DESK}settings/", f"{DESK}obligations/timeout/"):
        assert client.get(url).status_code == 200
        assert client.post(url, {"do": "save"}).status_code == 403


# --- What is said at once ----------------------------------------------------------------------


def test_an_error_stands_at_its_place_with_the_nearest_name(ada_client, breaker):
    response = posted(
        ada_client, RES, "check", htmx=True, condition="edge.is_synchronous && edge.circut_breaker == false"
    )
    html = response.content.decode()
    ((line, carets),) = re.findall(r"<pre aria-hidden=\"true\">(.*?)\n( *\^+)</pre>", html)
    assert line.replace("&amp;", "&")[carets.index("^") :].startswith("edge.circut_breaker")
    assert 'data-put="edge.circuit_breaker"' in html
    assert 'data-from="23"' in html
    assert 'id="problems-condition" class="desk-problems" hx-swap-oob="true"' in html
    assert "<html" not in html


def test_a_sound_rule_is_read_in_words_and_its_examples_are_drawn_as_they_came_out(ada_client, breaker):
    html = posted(ada_client, RES, "check", htmx=True).content.decode()
    assert "Nothing is wrong with it." in html
    assert "the edge is synchronous, and the edge has no circuit breaker" in html
    assert html.count("<svg") >= 4
    assert html.count("Passes: ") == 4


def test_an_example_that_fails_says_what_came_out_instead(ada_client, breaker):
    html = posted(ada_client, RES, "check", htmx=True, condition="edge.is_synchronous && edge.circuit_breaker")
    html = html.content.decode()
    assert "Fails: " in html
    assert "must match, and it does not match" in html


def test_a_rule_that_does_not_go_together_with_another_is_told_so_at_once(ada_client, breaker):
    content = webhook_rule(condition="edge.is_synchronous && edge.in_request && edge.tracing == false")
    html = posted(ada_client, NEW, "check", htmx=True, content=content.written(), key="OWN-001").content.decode()
    assert "contradict" not in html
    content.condition = "edge.is_synchronous && edge.in_request && edge.circuit_breaker"
    html = posted(ada_client, NEW, "check", htmx=True, content=content.written(), key="OWN-001").content.decode()
    assert "OWN-001 and RES-001 contradict each other over edge.circuit_breaker" in html
    content.condition = "edge.circuit_breaker == false && edge.is_synchronous"
    html = posted(ada_client, NEW, "check", htmx=True, content=content.written(), key="OWN-001").content.decode()
    assert "OWN-001 and RES-001 always match together" in html


def test_everything_works_without_scripts(ada_client, breaker):
    """The Check and Dry run buttons answer with the whole page, with what was written still in it."""
    html = posted(ada_client, RES, "check", severity="disastrous", title="Mine").content.decode()
    assert "<html" in html
    assert 'value="Mine"' in html
    assert "desk-problem" in html
    assert "disastrous</textarea>" in html
    html = posted(ada_client, RES, "dry-run", severity="low").content.decode()
    assert '<section id="dry-run" class="section">\n  <h2>Dry run' in html
    assert not Draft.objects.exists()


def test_looking_and_trying_store_nothing(ada_client, shop):
    for do in ("check", "dry-run"):
        posted(ada_client, RES, do, htmx=True, severity="low")
    assert not Draft.objects.exists()
    assert CatalogSettings.objects.get().version == 1


@pytest.mark.parametrize("scope", ["edge", "flow", "service", "channel", "system"])
@pytest.mark.parametrize("expect", ["match", "no_match", "ask"])
def test_an_example_to_begin_with_can_be_read(scope, expect):
    content = {
        **webhook_rule().written(),
        "scope": scope,
        "condition": f'{scope}.name == "x"',
        "message": "So.",
        "examples": example_to_begin_with(scope, expect),
    }
    told = look_at("rule", "OWN-001", content).problems.get("examples", [])
    assert not any("Line" in each.message for each in told)


def test_what_the_form_shows_comes_back_as_it_was(ada_client, db):
    for rule in Rule.objects.all():
        body = body_of(rule.written())

        form = QueryDict(mutable=True)
        for name, value in body.items():
            form.setlist(name, value if isinstance(value, list) else [value])
        assert content_from("rule", form) == rule.written()
    assert new_content("rule")["params"] == {}


def test_a_text_that_is_no_value_is_kept_as_it_was_written(ada_client, breaker):
    posted(ada_client, RES, "save", params="at least five", until="soon")
    draft = the_draft("RES-001")
    assert (draft.content["params"], draft.content["campaign"]["until"]) == ("at least five", "soon")
    html = ada_client.get(RES).content.decode()
    assert "at least five</textarea>" in html
    assert "This is a set of named values." in html


# --- What it would change ----------------------------------------------------------------------


def test_a_dry_run_tells_findings_with_links_by_workspace_and_system(ada_client, shop):
    html = posted(ada_client, RES, "dry-run", htmx=True, severity="low").content.decode()
    assert '<a href="/w/acme/edges/cart-inventory/">Cart → Inventory</a>' in html
    assert "RetailFlow checkout" in html
    assert "Findings that weigh otherwise" in html


def test_what_a_dry_run_says_is_what_comes(ada_client, ada, shop):
    def told():
        review = current_analysis(shop).review
        return {(f.rule, f.subject) for f in review.findings}, {q[:2] for q in review.questions}

    content = webhook_rule(condition='edge.style == "request_response" && !edge.tracing', severity="low", examples="")
    content.condition = 'edge.style == "request_response" && edge.timeout_ms < 100 || edge.bulkhead == false'
    html = posted(ada_client, NEW, "dry-run", htmx=True, content=content.written(), key="OWN-001").content.decode()
    findings, questions = told()
    change_rule_without_examples(ada, content)
    after_findings, after_questions = told()
    appear, asked = len(after_findings - findings), len(after_questions - questions)
    assert asked > 0
    row = html[html.index("#in-acme") :]
    numbers = [
        int(n.replace("−", "-"))
        for n in re.findall(r'class="number(?: desk-none)?">(?:<[a-z ="]*>)*([+−]?\d+)', row)[:5]
    ]
    assert numbers == [appear, 0, 0, asked, 0]


def change_rule_without_examples(ada, rule):
    """Put a rule in force whose examples are beside the point."""
    settings = CatalogSettings.objects.get()
    Rule.objects.bulk_create([rule])
    settings.edition = uuid.uuid4()
    settings.version += 1
    settings.save()


def test_a_dry_run_of_retiring_says_what_disappears(ada_client, shop):
    html = ada_client.post(RES, {**body_of(Rule.objects.get(code="RES-001").written()), "as": "retired"}, **HTMX)
    html = html.content.decode()
    assert "Dry run of retiring it" in html
    assert "Findings that disappear" in html


def test_a_dry_run_of_a_campaign_says_what_becomes_upcoming(ada_client, shop):
    html = posted(ada_client, RES, "dry-run", htmx=True, until="2999-01-01", note="Payments first")
    assert '<span class="status">upcoming</span>' in html.content.decode()


def test_a_dry_run_knows_what_a_workspace_sees_otherwise(ada_client, ada, shop, breaker):
    override_rule(shop, breaker, off=True, severity="", params={}, reason="We have a mesh", by=ada)
    html = posted(ada_client, RES, "dry-run", htmx=True, severity="low").content.decode()
    assert "Nothing would change" in html


def test_a_dry_run_of_the_settings_looks_at_whole_reviews(ada_client, shop):
    html = ada_client.post(
        f"{DESK}settings/", {"hop_limit": "0", "default_availability": "99.9", "do": "dry-run"}, **HTMX
    ).content.decode()
    assert "Findings that appear" in html


def test_a_dry_run_of_an_obligation_tells_which_edges_stand_otherwise(ada_client, shop):
    duty = Obligation.objects.get(duty="breaker")
    body = {**duty.written(), "condition": "edge.circuit_breaker == false", "do": "dry-run"}
    html = ada_client.post(f"{DESK}obligations/breaker/", body, **HTMX).content.decode()
    assert "Obligations that stand otherwise" in html
    assert "breaker: met" in html


def test_of_workspaces_of_others_only_numbers_are_told(ada_client, ada, shop, outsider):
    secret = create_workspace(name="Globex secret", slug="globex-secret", lead=outsider)
    text = SHOP.replace("Cart", "Skunkworks")
    import_architecture(workspace=secret, architecture=architecture_of(text), by=outsider, source="a.yaml")
    html = posted(ada_client, RES, "dry-run", htmx=True, severity="low").content.decode()
    assert "1 other workspace" in html
    assert "Skunkworks" not in html
    assert "lobex" not in html
    assert (
        posted(ada_client, RES, "dry-run", htmx=True, severity="low", only="globex-secret")
        .content.decode()
        .count("Skunkworks")
        == 0
    )
    # And with a seat there they are named: the test would see it.
    add_member(secret, user=ada, role=Role.VIEWER)
    assert "Skunkworks" in posted(ada_client, RES, "dry-run", htmx=True, severity="low").content.decode()


def test_what_is_too_large_is_named_and_can_be_looked_at_by_itself(ada_client, ada, shop, monkeypatch):
    second = create_workspace(name="Beta", slug="beta", lead=ada)
    import_architecture(workspace=second, architecture=architecture_of(SHOP), by=ada, source="a.yaml")
    monkeypatch.setattr("archreview.reviews.dry_runs.MOST_EDGES", 3)
    html = posted(ada_client, RES, "dry-run", htmx=True, severity="low").content.decode()
    assert 'name="only" value="beta"' in html
    assert "/w/beta/" not in html
    html = posted(ada_client, RES, "dry-run", htmx=True, severity="low", only="beta").content.decode()
    assert "/w/beta/edges/cart-inventory/" in html


def test_what_cannot_be_evaluated_is_not_tried(ada_client, shop):
    html = posted(ada_client, RES, "dry-run", htmx=True, condition="edge.nope").content.decode()
    assert "Not tried" in html


def test_the_preview_of_a_file_says_what_it_would_change_in_the_workspaces(ada_client, shop):
    text = export_catalog(["RES-001"]).replace("severity: high", "severity: low")
    html = ada_client.post(reverse("versions:load"), {"text": text}).content.decode()
    assert "Findings that weigh otherwise" in html
    assert "/w/acme/edges/cart-inventory/" in html
    assert CatalogSettings.objects.get().version == 1


def test_the_way_back_to_a_version_can_be_tried(ada_client, ada, shop, breaker):
    breaker.severity = "low"
    change_rule(breaker, by=ada)
    url = reverse("versions:version", args=[1])
    assert "Findings that weigh otherwise" not in ada_client.get(url).content.decode()
    assert "Findings that weigh otherwise" in ada_client.get(url, {"try": "1"}).content.decode()


def test_what_is_still_empty_while_a_rule_is_begun_is_no_mistake_until_it_is_published(ada_client, db):
    for html in (
        ada_client.get(NEW).content.decode(),
        posted(ada_client, NEW, "check", content=new_content("rule"), htmx=True).content.decode(),
    ):
        assert "This is required" not in html
        assert '<a href="#field-why">Why it matters</a>' in html.partition("Still to be written")[2]
        assert "Nothing is wrong with it" not in html
    wrong = {**new_content("rule"), "condition": "edge.nope"}
    assert "there is no edge.nope" in posted(ada_client, NEW, "check", content=wrong, htmx=True).content.decode()
    refused = posted(ada_client, NEW, "publish", content=new_content("rule"), key="OWN-001")
    assert "This is required" in refused.content.decode()


def test_the_names_offered_are_the_rules_own_parameters_too(ada_client, breaker):
    content = {**breaker.written(), "params": {"p99_most": 5, "where": "eu"}}
    checked = posted(ada_client, RES, "check", content=content, htmx=True)
    html = checked.content.decode()
    assert 'data-insert="params.p99_most"' in html
    assert 'data-insert="params.where"' in html
    unread = posted(ada_client, RES, "check", content={**content, "params": {}}, htmx=True, params="p99_most 5")
    assert "params.p99_most" not in unread.content.decode()


@pytest.mark.parametrize(("until", "said"), [("2999-01-01", "upcoming until 2999-01-01"), ("2001-01-01", "has come")])
def test_what_a_campaign_does_today_is_read_out(ada_client, breaker, until, said):
    content = {**breaker.written(), "campaign": {"until": until, "note": ""}}
    assert said in posted(ada_client, RES, "check", content=content, htmx=True).content.decode()


def test_the_desk_says_that_a_newer_release_is_undecided(ada_client, ada, breaker):
    assert 'id="undecided"' not in ada_client.get(DESK).content.decode()
    breaker.severity = "low"
    change_rule(breaker, by=ada)
    shipped = built_in_catalog()
    rules = tuple(replace(rule, title="Newer") if rule.code == "RES-001" else rule for rule in shipped.rules)
    load_catalog(replace(shipped, rules=rules))
    html = ada_client.get(DESK).content.decode()
    assert reverse("versions:releases") in html.partition('id="undecided"')[2].partition("</p>")[0]


# --- Steps -------------------------------------------------------------------------------------


def test_a_rule_is_drafted_with_its_errors_mended_and_published(ada_client, ada):
    content = webhook_rule().written()
    response = posted(ada_client, NEW, "save", content={**content, "condition": "edge.nope"}, key="OWN-001")
    assert response["Location"] == f"{DESK}rules/OWN-001/"
    url = response["Location"]
    assert (
        posted(ada_client, url, "publish", content={**content, "condition": "edge.nope"}, seen="1").status_code == 422
    )
    assert "OWN-001" not in {rule.code for rule in current_catalog().rules}
    assert posted(ada_client, url, "publish", content=content, seen="1", reason="An incident").status_code == 302
    assert "OWN-001" in {rule.code for rule in current_catalog().rules}
    assert draft_of("rule", "OWN-001") is None
    change = CatalogChange.objects.filter(key="OWN-001").get()
    assert (change.by_name, change.why) == ("Ada Admin", "An incident")


def test_a_draft_with_errors_that_could_not_be_published_is_kept(ada_client):
    content = {**webhook_rule().written(), "examples": ""}
    response = posted(ada_client, NEW, "publish", content=content, key="OWN-001")
    assert response.status_code == 422
    assert "kept as a draft" in response.content.decode()
    assert the_draft("OWN-001").content["title"] == content["title"]


def test_a_new_rule_that_was_refused_is_mended_on_the_same_page(ada_client):
    content = webhook_rule().written()
    refused = posted(ada_client, NEW, "publish", content={**content, "examples": ""}, key="OWN-001")
    html = refused.content.decode()
    assert f'method="post" action="{DESK}rules/OWN-001/"' in html
    assert 'name="key"' not in html
    seen = refused.context["seen"]
    assert posted(ada_client, f"{DESK}rules/OWN-001/", "publish", content=content, seen=str(seen)).status_code == 302
    assert "OWN-001" in {rule.code for rule in current_catalog().rules}


@pytest.mark.parametrize("do", ["save", "publish"])
def test_what_says_nothing_new_makes_neither_a_draft_nor_a_version(ada_client, breaker, do):
    response = ada_client.get(posted(ada_client, RES, do)["Location"])
    assert "RES-001 says this already" in response.content.decode()
    assert not Draft.objects.exists()
    assert current_catalog().version == "1"


def test_a_retired_rule_is_published_again_with_what_is_written(ada_client, breaker):
    posted(ada_client, RES, "retire")
    assert posted(ada_client, RES, "publish").status_code == 302
    assert Rule.objects.get(code="RES-001").is_published


def test_a_code_that_will_not_do_is_refused_with_the_text_still_there(ada_client):
    response = posted(ada_client, NEW, "save", content=webhook_rule().written(), key="own 1")
    assert response.status_code == 422
    html = response.content.decode()
    assert "capital letters, a dash and three digits" in html
    assert "Webhook that anybody may send" in html
    assert not Draft.objects.exists()


def test_the_code_of_another_rule_is_not_taken_from_it(ada_client, breaker):
    response = posted(ada_client, NEW, "publish", content=webhook_rule().written(), key="RES-001")
    assert response.status_code == 422
    assert "RES-001 is there already" in response.content.decode()
    assert not Draft.objects.exists()
    breaker.refresh_from_db()
    assert breaker.title == "Call without a circuit breaker"


def test_whoever_was_slower_sees_both_texts_and_loses_neither(ada_client, ada, breaker):
    save_draft("rule", "RES-001", {**breaker.written(), "title": "Theirs"}, by=ada)
    response = posted(ada_client, RES, "save", title="Mine")
    html = response.content.decode()
    assert response.status_code == 409
    assert "Theirs" in html
    assert 'value="Mine"' in html
    assert the_draft("RES-001").content["title"] == "Theirs"
    # Having seen both, one may put one's own in its place.
    assert posted(ada_client, RES, "save", title="Mine", seen="1").status_code == 302
    assert the_draft("RES-001").content["title"] == "Mine"


def test_a_draft_begun_from_what_is_no_longer_in_force_is_not_published_over_it(ada_client, ada, breaker):
    posted(ada_client, RES, "save", title="Mine")
    retire("rule", ["RES-001"], by=ada)
    response = posted(ada_client, RES, "publish", title="Mine", seen="1")
    assert response.status_code == 409
    assert "has changed since this draft was begun" in response.content.decode()
    assert Rule.objects.get(code="RES-001").title != "Mine"
    assert posted(ada_client, RES, "rebase", title="Mine", seen=str(the_draft("RES-001").version)).status_code == 302
    draft = the_draft("RES-001")
    assert posted(ada_client, RES, "publish", title="Mine", seen=str(draft.version)).status_code == 302
    assert Rule.objects.get(code="RES-001").title == "Mine"


def test_a_draft_is_thrown_away(ada_client, breaker):
    posted(ada_client, RES, "save", title="Mine")
    assert posted(ada_client, RES, "discard", seen="1")["Location"] == RES
    assert not Draft.objects.exists()
    posted(ada_client, NEW, "save", content=webhook_rule().written(), key="OWN-001")
    response = posted(ada_client, f"{DESK}rules/OWN-001/", "discard", content=webhook_rule().written(), seen="1")
    assert response["Location"] == DESK


def test_a_rule_is_retired_and_taken_back(ada_client, breaker):
    posted(ada_client, RES, "retire", reason="A mesh does it")
    assert not {rule.code: rule.enabled for rule in current_catalog().rules}["RES-001"]
    assert "evaluated nowhere" in ada_client.get(RES).content.decode()
    posted(ada_client, RES, "take-back")
    assert {rule.code: rule.enabled for rule in current_catalog().rules}["RES-001"]
    assert [change.what for change in CatalogChange.objects.filter(key="RES-001")] == ["returned", "retired", "loaded"]


def test_settings_and_obligations_are_written_in_the_same_way(ada_client):
    url = f"{DESK}settings/"
    assert ada_client.post(url, {"hop_limit": "3", "default_availability": "99.5", "do": "save"}).status_code == 302
    assert current_catalog().hop_limit == 2
    published = {"hop_limit": "3", "default_availability": "99.5", "do": "publish", "seen": "1"}
    assert ada_client.post(url, published).status_code == 302
    assert (current_catalog().hop_limit, current_catalog().default_availability) == (3, 99.5)
    response = ada_client.post(url, {"hop_limit": "many", "default_availability": "101", "do": "publish"})
    assert response.status_code == 422
    url = f"{DESK}obligations/new/"
    body: dict[str, Any] = {
        "key": "runbook",
        "text": "A runbook.",
        "condition": "edge.tracng",
        "styles": ["queue"],
        "position": "9",
    }
    assert "edge.tracing" in ada_client.post(url, {**body, "do": "check"}, **HTMX).content.decode()
    assert ada_client.post(url, {**body, "condition": "edge.tracing", "do": "publish"}).status_code == 302
    assert Obligation.objects.get(duty="runbook").styles == ["queue"]


def test_a_step_that_does_not_exist_is_refused(ada_client, breaker):
    assert posted(ada_client, RES, "explode").status_code == 400
    assert ada_client.get(f"{DESK}rules/OWN-999/").status_code == 404


def test_hostile_texts_are_texts(ada_client, ada):
    evil = "<script>alert(1)</script>"
    content = {**webhook_rule().written(), **dict.fromkeys(("title", "why", "remedy", "message", "condition"), evil)}
    content["examples"] = EXAMPLES.replace("A signed webhook", evil)
    html = posted(ada_client, NEW, "save", content=content, key="OWN-001", reason=evil)
    html = ada_client.get(f"{DESK}rules/OWN-001/").content.decode()
    assert "<script>alert" not in html
    assert "<script>alert" not in ada_client.get(DESK).content.decode()
    content["condition"], content["message"] = webhook_rule().condition, webhook_rule().message
    checked = posted(ada_client, NEW, "check", content=content, htmx=True).content.decode()
    assert "<script>alert" not in checked


def test_the_desk_takes_as_many_queries_with_many_rules_and_drafts_as_with_few(ada_client, ada, shop):
    def queries(url):
        ada_client.get(url)
        with CaptureQueriesContext(connection) as captured:
            ada_client.get(url)
        return len(captured)

    few = queries(DESK), queries(RES)
    for number in range(10):
        draft = save_draft("rule", f"OWN-{number:03}", webhook_rule().written(), by=ada)
        if number % 2:
            publish_draft("rule", draft.key, by=ada, seen=draft.version)
    assert (queries(DESK), queries(RES)) == few
    assert max(few) <= 14


def test_the_administration_leads_to_the_desk(ada_client, breaker):
    listed = ada_client.get(reverse("admin:rules_rule_changelist")).content.decode()
    assert DESK in listed
    assert RES in ada_client.get(reverse("admin:rules_rule_change", args=[breaker.pk])).content.decode()
