"""The model of today by the catalog of another day, and what campaigns find before their day."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from archreview.reviews.analyses import analysis_with, current_analysis, kept_analysis
from archreview.rules.models import Rule
from archreview.rules.queries import catalog_of_version
from archreview.workspaces.models import Workspace
from tests.registry.conftest import shop
from tests.rules.changes import change_rule

__all__ = ["shop"]


@pytest.fixture
def mild(db):
    """RES-001 is of low severity since version 2."""
    rule = Rule.objects.get(code="RES-001")
    rule.severity, rule.title = "low", "Call that never gives up"
    change_rule(rule, by=None, why="We have a mesh")


def campaign(days):
    """Make RES-001 a campaign whose day comes after so many."""
    rule = Rule.objects.get(code="RES-001")
    until = timezone.localdate() + timedelta(days=days)
    rule.campaign = {"until": until.isoformat(), "note": "Until the mesh is there"}
    change_rule(rule, by=None)


def page(client, name, *arguments, **query):
    response = client.get(reverse(name, args=["acme", *arguments]), query)
    assert response.status_code == 200
    return response.content.decode()


# --- Another catalog ---------------------------------------------------------------------------


def test_the_same_model_is_judged_by_each_catalog_and_both_are_kept(shop, mild):
    first = catalog_of_version(1, shop)
    assert first is not None
    before = analysis_with(shop, first)
    now = current_analysis(shop)
    severities = [
        [finding.severity for finding in analysis.review.findings if finding.rule == "RES-001"]
        for analysis in (before, now)
    ]
    assert severities == [["high"], ["low"]]
    assert before.architecture == now.architecture
    assert catalog_of_version(1, shop) is first
    assert analysis_with(shop, first) is before
    assert current_analysis(shop) is now


def test_findings_are_shown_by_an_earlier_catalog_and_say_so(viewer_client, shop, mild):
    html = page(viewer_client, "reviews:findings", catalog=1, rule="RES-001")
    assert "judged by <strong>version 1</strong>" in html
    assert "Version 2 is in force now" in html
    assert f'<a href="{reverse("reviews:findings", args=["acme"])}">Back to the catalog in force</a>' in html
    assert '<input type="hidden" name="catalog" value="1">' in html
    assert "Call without a circuit breaker" in html
    now = page(viewer_client, "reviews:findings", catalog=2, rule="RES-001")
    assert "earlier-catalog" not in now
    assert "Call that never gives up" in now


def test_rules_are_shown_as_an_earlier_catalog_had_them(viewer_client, shop, mild):
    for name, arguments in (("rules:rule_list", []), ("rules:rule", ["RES-001"])):
        html = page(viewer_client, name, *arguments, catalog=1)
        assert "earlier-catalog" in html
        assert "Call without a circuit breaker" in html
        assert ">Call that never gives up</h1>" not in html
        assert ">Call that never gives up</a>" not in html
        assert "earlier-catalog" not in page(viewer_client, name, *arguments)


@pytest.mark.parametrize("number", ["0", "3", "-1", "1.0", "one", "9" * 30, "²"])
def test_a_catalog_that_never_was_is_not_found(viewer_client, shop, mild, number):
    for name, arguments in (("reviews:findings", []), ("rules:rule_list", []), ("rules:rule", ["RES-001"])):
        url = reverse(name, args=["acme", *arguments])
        assert viewer_client.get(url, {"catalog": number}).status_code == 404


def test_a_rule_that_an_earlier_catalog_lacks_is_not_found_there(viewer_client, shop):
    url = reverse("rules:rule", args=["acme", "NEW-001"])
    assert viewer_client.get(url, {"catalog": "1"}).status_code == 404


# --- Campaigns ---------------------------------------------------------------------------------


def test_a_campaign_is_shown_and_counts_nowhere_until_its_day(viewer_client, shop):
    before = current_analysis(shop)
    counted = [finding for finding in before.review.findings if finding.rule == "RES-001"]
    campaign(days=1)
    analysis = current_analysis(shop)
    assert not [finding for finding in analysis.review.findings if finding.rule == "RES-001"]
    assert analysis.review.upcoming is not None
    assert list(analysis.review.upcoming.findings) == counted
    before_, after = (each.edge_reviews["cart-inventory"] for each in (before, analysis))
    assert after.score == before_.score + 20
    for name, arguments in (("reviews:findings", []), ("reviews:edge", ["cart-inventory"])):
        html = page(viewer_client, name, *arguments)
        assert "Upcoming" in html
        assert "Until the mesh is there" in html
        assert counted[0].message in html
    rule = page(viewer_client, "rules:rule", "RES-001")
    assert "Until then its findings are shown, and count nowhere." in rule
    assert 'status">upcoming<' in page(viewer_client, "rules:rule_list")


def test_from_its_day_on_it_counts_without_anybody_doing_anything(shop, monkeypatch):
    campaign(days=1)
    waiting = current_analysis(shop)
    assert waiting.review.upcoming
    tomorrow = timezone.localdate() + timedelta(days=1)
    monkeypatch.setattr(timezone, "localdate", lambda: tomorrow)
    assert kept_analysis(Workspace.objects.get(pk=shop.pk)) is None
    then = current_analysis(shop)
    assert then.review.upcoming is None
    assert [finding.rule for finding in then.review.findings if finding.rule == "RES-001"] == ["RES-001"]


def test_without_campaigns_nothing_is_said_of_them(viewer_client, shop):
    assert "Upcoming" not in page(viewer_client, "reviews:findings")
    assert "Upcoming" not in page(viewer_client, "reviews:edge", "cart-inventory")


def test_ages_are_counted_to_today(shop, monkeypatch):
    assert current_analysis(shop).as_of == timezone.localdate()
    assert "EVD-004" not in {rule.rule for rule in current_analysis(shop).review.not_evaluated}
