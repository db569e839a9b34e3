"""What ails the catalog is found and shown, and a sound one is left in peace."""

import pytest
from django.urls import reverse

from archreview.rules.actions import retire
from archreview.rules.health import (
    ALWAYS,
    BROKEN,
    CONTRADICTION,
    DUPLICATE,
    EXAMPLE,
    NEVER,
    UNTRIED,
    forget_health,
    health_of_catalog,
)
from archreview.rules.models import CatalogSettings, Obligation, Rule
from tests.rules.changes import change_rule
from tests.rules.conftest import webhook_rule


@pytest.fixture
def own(ada):
    """A sound rule that was written here."""
    return change_rule(webhook_rule(), by=ada)


def ailments():
    """What ails, as (kind, keys), looked at anew: the tests change rows without making a version."""
    forget_health()
    return [(each.kind, each.keys) for each in health_of_catalog().ailments]


def spoil(rule, **changes):
    """Change a stored rule as a release, a restored row or an old version would: past all checks."""
    Rule.objects.filter(pk=rule.pk).update(**changes)
    return ailments()


def test_the_shipped_catalog_is_sound(db):
    health = health_of_catalog()
    assert health.is_good
    assert health.published == Rule.objects.count()
    # Most rules can be tried on cases, and it is said how many cannot.
    assert health.published / 2 < health.compared < health.published
    assert health.examples > 150


def test_a_sound_rule_of_ones_own_ails_nothing(own):
    assert ailments() == []


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({"condition": "edge.was_there_before"}, BROKEN),
        ({"message": "{edge.was_there_before}"}, BROKEN),
        ({"severity": "dreadful"}, BROKEN),
        ({"condition": "edge.fallback && !edge.fallback"}, NEVER),
        ({"condition": "edge.retries < 0"}, NEVER),
        ({"condition": "edge.fallback || !edge.fallback"}, ALWAYS),
        ({"condition": 'edge.style == "webhook" && edge.callback_auth'}, EXAMPLE),
        ({"examples": "- ["}, EXAMPLE),
        ({"examples": ""}, UNTRIED),
    ],
)
def test_what_no_longer_fits_is_found(own, changes, kind):
    found = spoil(own, **changes)
    assert found
    assert {each for each, _ in found} == {kind}
    assert {keys for _, keys in found} == {("OWN-001",)}


def test_a_rule_that_says_what_another_says_is_found(own, ada):
    second = webhook_rule(code="OWN-002", condition='!(edge.style != "webhook" || edge.callback_auth)')
    change_rule(second, by=ada)
    assert ailments() == [(DUPLICATE, ("OWN-001", "OWN-002"))]
    # A retired one takes no part.
    retire("rule", ["OWN-002"], by=ada)
    assert ailments() == []


def test_a_rule_that_demands_what_another_forbids_is_found_with_how_far_it_was_looked_into(own, ada):
    swapped = own.examples.replace("callback_auth: true", "X").replace("callback_auth: false", "callback_auth: true")
    second = webhook_rule(
        code="OWN-002",
        condition='edge.style == "webhook" && edge.callback_auth == true',
        examples=swapped.replace("X", "callback_auth: false"),
    )
    change_rule(second, by=ada)
    assert ailments() == [(CONTRADICTION, ("OWN-001", "OWN-002"))]
    (told,) = health_of_catalog().ailments
    assert "contradict each other over edge.callback_auth" in told.text
    assert "cases were tried" in told.text
    assert health_of_catalog().of("OWN-002") == (told,)
    assert health_of_catalog().of("RES-001") == ()


def test_where_there_is_very_much_some_is_left_out_and_it_says_so(ada_client, db, monkeypatch):
    forget_health()
    monkeypatch.setattr("archreview.rules.health.MOST_EXAMPLES", 100)
    monkeypatch.setattr("archreview.rules.health.MOST_PAIRS", 500)
    health = health_of_catalog()
    assert health.examples <= 100
    assert health.examples_left > 50
    assert health.pairs_left > 1_000
    assert "pairs were not compared" in ada_client.get(reverse("catalog:health")).content.decode()


def test_an_obligation_that_cannot_be_read_is_found(db):
    Obligation.objects.filter(duty="timeout").update(condition="edge.was_there_before")
    assert ailments() == [(BROKEN, ("timeout",))]


def test_it_is_looked_at_once_for_each_state_of_the_catalog(db, django_assert_num_queries):
    health_of_catalog()
    edition = CatalogSettings.objects.get().edition
    with django_assert_num_queries(0):
        health_of_catalog(edition)
    with django_assert_num_queries(1):
        health_of_catalog()


def test_its_page_says_what_was_found_and_what_was_not_looked_into(ada_client, own):
    url = reverse("catalog:health")
    html = ada_client.get(url).content.decode()
    assert "Nothing was found." in html
    assert "at most 2,000 for two rules" in html
    spoil(own, condition="edge.was_there_before")
    html = ada_client.get(url).content.decode()
    assert "Cannot be read" in html
    assert reverse("catalog:rule", args=["OWN-001"]) in html
    assert "was_there_before" in ada_client.get(reverse("catalog:desk")).content.decode()
