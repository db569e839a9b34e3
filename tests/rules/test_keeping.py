"""The pages that keep the catalog: versions, newer releases, files of rules; who may, and what they change."""

from dataclasses import replace

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse

from archreview.rules.actions import go_back_to, load_catalog, save_draft
from archreview.rules.built_in import built_in_catalog
from archreview.rules.models import CatalogVersion, Draft, Rule
from archreview.rules.packs import export_catalog
from archreview.rules.queries import current_version
from tests.rules.changes import change_rule
from tests.rules.conftest import webhook_rule

pytestmark = pytest.mark.django_db


def url(name, *arguments):
    return reverse(f"versions:{name}", args=arguments)


def page(client, name, *arguments, status=200):
    response = client.get(url(name, *arguments))
    assert response.status_code == status
    return response.content.decode()


@pytest.fixture
def mild(ada, breaker):
    """RES-001 is of low severity since version 2."""
    breaker.severity = "low"
    return change_rule(breaker, by=ada, why="We have a <mesh>")


def staff(*rights):
    user = User.objects.create_user("stan", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=rights, content_type__app_label="rules"))
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


# --- Versions ----------------------------------------------------------------------------------


def test_versions_are_listed_with_who_and_why(ada_client, mild):
    html = page(ada_client, "version_list")
    assert html.index(url("version", 2)) < html.index(url("version", 1))
    assert "We have a &lt;mesh&gt;" in html
    assert "Ada Admin" in html


def test_a_version_shows_what_it_changed_and_what_going_back_would(ada_client, mild):
    assert '<del class="rule-before">high</del><ins class="rule-after">low</ins>' in page(ada_client, "version", 2)
    html = page(ada_client, "version", 1)
    assert "Going back would change 1 entry" in html
    assert '<del class="rule-before">low</del><ins class="rule-after">high</ins>' in html
    assert reverse("reviews:findings", args=["acme"]) + "?catalog=1" in html
    page(ada_client, "version", 3, status=404)


def test_going_back_takes_one_step_and_a_word_of_why(ada_client, mild):
    response = ada_client.post(url("go_back", 1), {"now": "2"})
    assert response.status_code == 422
    assert current_version() == 2
    response = ada_client.post(url("go_back", 1), {"now": "2", "why": "It was needed"}, follow=True)
    assert "The catalog says again what it said in version 1." in response.content.decode()
    version = CatalogVersion.objects.get(number=3)
    assert (version.by_name, version.why, version.goes_back_to) == ("Ada Admin", "It was needed", 1)
    assert Rule.objects.get(code="RES-001").severity == "high"


def test_nobody_goes_back_over_what_was_not_seen(ada_client, ada, mild):
    change_rule(webhook_rule(), by=ada)
    response = ada_client.post(url("go_back", 1), {"now": "2", "why": "It was needed"})
    html = response.content.decode()
    assert response.status_code == 409
    assert "The catalog has changed since you looked" in html
    assert "It was needed" in html
    assert "OWN-001" in html
    assert current_version() == 3


# --- Newer releases ----------------------------------------------------------------------------


@pytest.fixture
def undecided(mild):
    """A newer release renames RES-001, which is mild here, and gives it a third severity."""
    shipped = built_in_catalog()
    rules = tuple(
        replace(rule, title="Call that never gives up", severity="medium") if rule.code == "RES-001" else rule
        for rule in shipped.rules
    )
    load_catalog(replace(shipped, rules=rules))
    return Rule.objects.get(code="RES-001")


def decide(client, rule, choice, **changes):
    body = {"choice": choice, "revision": rule.revision, **changes}
    return client.post(url("decide", "rule", rule.code), body, follow=True)


def test_the_three_stand_side_by_side(ada_client, undecided):
    html = page(ada_client, "releases")
    for words in ("Call without a circuit breaker", "Call that never gives up", "high", "medium", "low"):
        assert f'<div class="release-text">{words}</div>' in html
    assert "1 field changed by both, each otherwise." in html
    assert "the release" in html


@pytest.mark.parametrize(
    ("choice", "title", "severity"),
    [
        ("theirs", "Call that never gives up", "medium"),
        ("ours", "Call without a circuit breaker", "low"),
        ("both", "Call without a circuit breaker", "low"),
    ],
)
def test_each_choice_does_what_it_says(ada_client, undecided, choice, title, severity):
    decide(ada_client, undecided, choice)
    undecided.refresh_from_db()
    assert (undecided.title, undecided.severity) == (title, severity)
    assert (undecided.newer is not None) is (choice == "both")
    if choice == "both":
        content = Draft.objects.get(key="RES-001").content
        assert (content["title"], content["severity"]) == ("Call that never gives up", "low")


def test_a_draft_that_is_there_is_not_overwritten(ada_client, ada, undecided):
    save_draft("rule", "RES-001", {"title": "Mine"}, by=ada)
    assert "there is a draft of it already" in decide(ada_client, undecided, "both").content.decode()
    assert Draft.objects.get().content == {"title": "Mine"}


def test_what_was_not_seen_is_not_decided(ada_client, undecided):
    assert "Nothing was decided about RES-001" in decide(ada_client, undecided, "theirs", revision=1).content.decode()
    assert decide(ada_client, undecided, "neither").status_code == 400
    for revision in ("x", "", "0", "9" * 5000):
        assert decide(ada_client, undecided, "ours", revision=revision).status_code == 400
    assert ada_client.post(url("decide", "rule", "RES-002"), {"choice": "ours", "revision": 1}).status_code == 404
    undecided.refresh_from_db()
    assert undecided.newer


def test_where_nothing_is_undecided_the_page_says_so(ada_client, mild):
    assert "Nothing is undecided" in page(ada_client, "releases")


# --- Files -------------------------------------------------------------------------------------


def test_the_catalog_and_single_rules_are_downloaded(ada_client):
    whole = ada_client.get(url("download"))
    assert whole.content.decode() == export_catalog()
    assert whole["Content-Disposition"] == 'attachment; filename="catalog-1.yaml"'
    one = ada_client.get(url("download"), {"code": "RES-001"})
    assert one.content.decode() == export_catalog(["RES-001"])
    assert one["Content-Disposition"] == 'attachment; filename="RES-001.yaml"'
    for code in ("RES-999", 'x"; filename="evil'):
        assert ada_client.get(url("download"), {"code": code}).status_code == 404


def test_chosen_rules_are_downloaded_from_the_list(ada_client):
    chosen = list(Rule.objects.filter(code__in=["RES-001", "RES-002"]).values_list("pk", flat=True))
    changelist = reverse("admin:rules_rule_changelist")
    response = ada_client.post(changelist, {"action": "download", "_selected_action": chosen}, follow=True)
    assert response.content.decode() == export_catalog(["RES-001", "RES-002"])


def test_a_file_is_shown_before_it_is_put_in_force(ada_client):
    text = export_catalog(["RES-001"]).replace("severity: high", "severity: low")
    response = ada_client.post(url("load"), {"text": text})
    html = response.content.decode()
    assert '<del class="rule-before">high</del><ins class="rule-after">low</ins>' in html
    assert current_version() == 1
    body = {"text": text, "name": "own.yaml", "now": "1", "do": "publish"}
    response = ada_client.post(url("load"), body, follow=True)
    assert "Loaded from own.yaml: RES-001." in response.content.decode()
    assert Rule.objects.get(code="RES-001").severity == "low"
    version = CatalogVersion.objects.get(number=2)
    assert (version.by_name, version.why) == ("Ada Admin", "Loaded from own.yaml")
    assert "The file says what is in force already." in ada_client.post(url("load"), {"text": text}).content.decode()


def test_a_file_is_not_put_in_force_over_what_was_not_seen(ada_client, ada):
    text = export_catalog(["RES-001"]).replace("severity: high", "severity: low")
    change_rule(webhook_rule(), by=ada)
    response = ada_client.post(url("load"), {"text": text, "now": "1", "do": "publish"})
    html = response.content.decode()
    assert response.status_code == 409
    assert "The catalog has changed since you looked, so nothing was stored." in html
    assert current_version() == 2


@pytest.mark.parametrize(
    "text", ["", "catalog: 1", "- 1", "\x00", "rules: [" * 100, "catalog: 1\nversion: x\nrules:\n  - {code: nope}\n"]
)
def test_a_bad_file_is_refused_with_its_problems(ada_client, text):
    response = ada_client.post(url("load"), {"text": text, "now": "1", "do": "publish"})
    assert response.status_code == 422
    assert "is refused whole" in response.content.decode()
    assert current_version() == 1


def test_a_hostile_file_is_text(ada_client):
    evil = "<script>alert(1)</script>"
    text = export_catalog(["RES-001"]).replace("Call without a circuit breaker", evil)
    for body in ({"text": text}, {"text": f"catalog: {evil}"}):
        assert "<script>alert" not in ada_client.post(url("load"), body).content.decode()


# --- Who ---------------------------------------------------------------------------------------


def test_whoever_may_only_look_sees_and_changes_nothing(undecided):
    client = staff("view_rule")
    for name, *arguments in (("version_list",), ("version", 1), ("releases",), ("load",), ("download",)):
        assert client.get(url(name, *arguments)).status_code == 200
    for address, body in (
        (url("go_back", 1), {"now": "2", "why": "x"}),
        (url("decide", "rule", "RES-001"), {"choice": "theirs", "revision": undecided.revision}),
        (url("load"), {"text": export_catalog(), "now": "2", "do": "publish"}),
    ):
        assert client.post(address, body).status_code == 403
    assert "Take theirs" not in page(client, "releases")
    assert "Go back to version" not in page(client, "version", 1)


def test_whoever_may_change_rules_but_not_publish_puts_nothing_in_force(mild):
    client = staff("change_rule", "view_rule")
    change = reverse("admin:rules_rule_change", args=[mild.pk])
    assert client.post(change, {"severity": "high"}).status_code == 403
    chosen = {"action": "retire", "_selected_action": [mild.pk]}
    client.post(reverse("admin:rules_rule_changelist"), chosen)
    assert client.post(url("go_back", 1), {"now": "2", "why": "x"}).status_code == 403
    assert current_version() == 2


def test_staff_without_any_right_to_rules_does_not_get_in():
    client = staff()
    for name, *arguments in (("version_list",), ("version", 1), ("releases",), ("load",), ("download",)):
        assert client.get(url(name, *arguments)).status_code == 403


def test_the_administration_lists_versions_drafts_and_overrides(ada_client, ada, mild, workspace):
    save_draft("rule", "RES-002", {"title": "<b>Draft</b>"}, by=ada)
    go_back_to(1, by=ada)
    for name in ("catalogversion", "draft", "ruleoverride", "overridechange", "catalogchange"):
        assert ada_client.get(reverse(f"admin:rules_{name}_changelist")).status_code == 200
        assert ada_client.get(reverse(f"admin:rules_{name}_add")).status_code == 403
    shown = ada_client.get(reverse("admin:rules_catalogversion_change", args=[2])).content.decode()
    assert url("version", 2) in shown
    draft = reverse("admin:rules_draft_change", args=[Draft.objects.get().pk])
    assert "<b>Draft" not in ada_client.get(draft).content.decode()
