"""The catalog in the administration."""

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse

from archreview.rules.actions import save_draft
from archreview.rules.models import CatalogChange, CatalogSettings, Obligation
from archreview.rules.queries import current_catalog
from tests.rules.changes import change_rule
from tests.rules.conftest import webhook_rule

LISTS = ["rule", "obligation", "catalogchange"]


def change_url(thing):
    return reverse(f"admin:rules_{thing._meta.model_name}_change", args=[thing.pk])


@pytest.mark.parametrize("name", LISTS)
def test_the_lists_open_with_search_and_filters(ada_client, name):
    url = reverse(f"admin:rules_{name}_changelist")
    assert ada_client.get(url).status_code == 200
    assert ada_client.get(url, {"q": "circuit"}).status_code == 200


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ({"severity": "critical"}, 4),
        ({"category__exact": "technology"}, 3),
        ({"state__exact": "retired"}, 0),
        ({"origin": "own"}, 1),
        ({"q": "RES-001"}, 1),
    ],
)
def test_rules_are_found_by_what_they_are(ada_client, ada, query, count):
    change_rule(webhook_rule(), by=ada)
    response = ada_client.get(reverse("admin:rules_rule_changelist"), query)
    assert response.context["cl"].result_count == count


def test_a_rule_links_to_its_page_in_the_catalog(ada_client, breaker):
    page = reverse("rules:rule", args=["acme", "RES-001"])
    assert page in ada_client.get(reverse("admin:rules_rule_changelist")).content.decode()
    assert page in ada_client.get(change_url(breaker)).content.decode()


def test_an_entry_is_read_here_and_written_at_the_desk_alone(ada_client, breaker):
    desks = {
        breaker: reverse("catalog:rule", args=["RES-001"]),
        Obligation.objects.get(duty="timeout"): reverse("catalog:obligation", args=["timeout"]),
        CatalogSettings.objects.get(): reverse("catalog:settings"),
    }
    for thing, desk in desks.items():
        response = ada_client.get(change_url(thing))
        html = response.content.decode()
        assert f'href="{desk}"' in html
        assert 'name="_save"' not in html
        body = {"severity": "low", "text": "Another.", "hop_limit": "9", "default_availability": "99"}
        assert ada_client.post(change_url(thing), body).status_code == 403
        assert ada_client.get(reverse(f"admin:rules_{thing._meta.model_name}_add")).status_code == 403
    assert current_catalog().version == "1"


def test_an_entry_is_read_with_its_condition_in_words_its_campaign_and_its_history(ada_client, ada, breaker):
    breaker.campaign = {"until": "2999-01-01", "note": "Payments first"}
    change_rule(breaker, by=ada, why="We have a mesh")
    html = ada_client.get(change_url(breaker)).content.decode()
    for said in ("the edge has no circuit breaker", "Payments first", "We have a mesh", "shipped, changed here"):
        assert said in html


def test_rules_are_retired_and_taken_back_from_the_list(ada_client, breaker):
    url = reverse("admin:rules_rule_changelist")
    chosen = {"_selected_action": [breaker.pk]}
    response = ada_client.post(url, {"action": "retire", **chosen}, follow=True)
    assert "Now retired: RES-001." in response.content.decode()
    response = ada_client.post(url, {"action": "retire", **chosen}, follow=True)
    assert "All of them were retired already." in response.content.decode()
    ada_client.post(url, {"action": "take_back", **chosen})
    assert current_catalog().version == "3"
    assert LogEntry.objects.count() == 2


def test_obligations_are_retired_and_taken_back_from_the_list(ada_client):
    url, duty = reverse("admin:rules_obligation_changelist"), Obligation.objects.get(duty="timeout")
    for action, state in (("retire", "retired"), ("take_back", "published")):
        body = {"action": action, "_selected_action": [duty.pk]}
        assert f"Now {state}: timeout." in ada_client.post(url, body, follow=True).content.decode()
        duty.refresh_from_db()
        assert duty.state == state


def test_whoever_opens_something_learns_of_its_draft(ada_client, ada, breaker):
    assert "Ada Admin" not in ada_client.get(change_url(breaker)).content.decode().partition("Draft")[2][:200]
    save_draft("rule", "RES-001", {"title": "x"}, by=ada, why="We have a mesh")
    html = ada_client.get(change_url(breaker)).content.decode()
    assert "We have a mesh" in html
    assert "Ada Admin" in html.partition("Draft")[2]


def test_what_has_been_published_is_never_deleted(ada_client, ada, breaker):
    own = change_rule(webhook_rule(), by=ada)
    for rule in (breaker, own):
        url = reverse("admin:rules_rule_delete", args=[rule.pk])
        assert ada_client.post(url, {"post": "yes"}).status_code == 403
    listed = ada_client.get(reverse("admin:rules_rule_changelist")).content.decode()
    assert "delete_selected" not in listed


def test_settings_are_one_page(ada_client):
    response = ada_client.get(reverse("admin:rules_catalogsettings_changelist"))
    assert response["Location"] == change_url(CatalogSettings.objects.get())


def test_the_history_cannot_be_written(ada_client, ada, breaker):
    breaker.severity = "low"
    change_rule(breaker, by=ada)
    change = CatalogChange.objects.get(version=2)
    assert "rule-after" in ada_client.get(change_url(change)).content.decode()
    assert ada_client.post(change_url(change), {"why": "other"}).status_code == 403
    assert ada_client.get(reverse("admin:rules_catalogchange_add")).status_code == 403
    delete = reverse("admin:rules_catalogchange_delete", args=[change.pk])
    assert ada_client.post(delete, {"post": "yes"}).status_code == 403


def staff_client(*permissions):
    user = User.objects.create_user("stan", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions, content_type__app_label="rules"))
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_whoever_may_only_look_cannot_change(db, breaker):
    client = staff_client("view_rule", "view_obligation", "view_catalogsettings", "view_catalogchange")
    for thing in (breaker, Obligation.objects.first(), CatalogSettings.objects.get(), CatalogChange.objects.first()):
        assert client.get(change_url(thing)).status_code == 200
        assert client.post(change_url(thing), {"severity": "low"}).status_code == 403
    listed = reverse("admin:rules_rule_changelist")
    client.post(listed, {"action": "retire", "_selected_action": [breaker.pk]})
    assert current_catalog().version == "1"


@pytest.mark.parametrize("client_name", ["owner_client", "viewer_client", "client"])
def test_whoever_is_no_staff_does_not_get_in(request, client_name, breaker):
    client = request.getfixturevalue(client_name)
    for name in LISTS:
        assert client.get(reverse(f"admin:rules_{name}_changelist")).status_code == 302
    assert client.post(change_url(breaker), {"severity": "low"}).status_code == 302
    assert current_catalog().version == "1"


def test_staff_without_the_right_does_not_get_in(db, breaker):
    client = staff_client()
    assert client.get(change_url(breaker)).status_code == 403
    assert client.get(reverse("admin:rules_catalogsettings_changelist")).status_code == 403


def test_hostile_texts_are_texts_in_the_administration_too(ada_client, ada):
    evil = "<script>alert(1)</script>"
    rule = change_rule(webhook_rule(title=evil, why=evil, references=[evil]), by=ada, why=evil)
    for url in (change_url(rule), reverse("admin:rules_rule_changelist"), change_url(CatalogChange.objects.first())):
        assert "<script>alert" not in ada_client.get(url).content.decode()


def test_its_pages_hold_nothing_that_the_content_security_policy_refuses(ada_client, breaker):
    for url in (change_url(breaker), change_url(CatalogSettings.objects.get())):
        response = ada_client.get(url)
        html = response.content.decode()
        assert "unsafe" not in response["Content-Security-Policy"]
        assert ' style="' not in html
        assert "<style" not in html
        assert "onclick" not in html
