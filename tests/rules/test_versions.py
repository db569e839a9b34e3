"""Every published change makes a version that can be read, put together again, and gone back to."""

import random

import pytest

from archreview.rules.actions import InvalidEntry, go_back_to, retire, take_back
from archreview.rules.models import CatalogChange, CatalogVersion, Obligation, Rule
from archreview.rules.queries import (
    catalog_of_version,
    contents_of_version,
    current_catalog,
    current_version,
    differences_between,
)
from tests.rules.changes import change_obligation, change_rule, change_settings
from tests.rules.conftest import webhook_rule

pytestmark = pytest.mark.django_db


def mild(code, by):
    rule = Rule.objects.get(code=code)
    rule.severity = "low"
    change_rule(rule, by=by, why="Rather mild")


def test_a_version_says_who_when_and_why(ada):
    mild("RES-001", ada)
    version = CatalogVersion.objects.get(number=2)
    assert (version.by_name, version.why, version.goes_back_to) == ("Ada Admin", "Rather mild", None)
    assert CatalogVersion.objects.get(number=1).by_name == ""


def test_any_version_can_be_put_together_again(ada):
    dice = random.Random(7)
    steps = [
        lambda: mild(dice.choice(["RES-001", "RES-002", "MSG-001"]), ada),
        lambda: retire("rule", [dice.choice(["RES-003", "RES-004"])], by=ada),
        lambda: take_back("rule", ["RES-003", "RES-004"], by=ada),
        lambda: change_settings(hop_limit=dice.randrange(9), default_availability=99.9, by=ada),
        lambda: retire("obligation", ["timeout"], by=ada),
        lambda: take_back("obligation", ["timeout"], by=ada),
        lambda: Rule.objects.filter(code="OWN-001").exists() or change_rule(webhook_rule(), by=ada),
    ]
    seen = {1: current_catalog()}
    for _ in range(40):
        dice.choice(steps)()
        seen[current_version()] = current_catalog()
    assert len(seen) > 10
    for number, catalog in seen.items():
        assert catalog_of_version(number) == catalog, number


def test_putting_a_version_together_takes_few_queries_however_long_the_history(ada, django_assert_max_num_queries):
    for number in range(5):
        change_settings(hop_limit=number + 3, default_availability=99.9, by=ada)
    with django_assert_max_num_queries(2):
        catalog_of_version(3)
    with django_assert_max_num_queries(1):
        again = catalog_of_version(3)
    assert again is not None
    assert again.hop_limit == 4


@pytest.mark.parametrize("number", [0, -1, 2, 10**9])
def test_there_is_no_version_that_never_was(ada, number):
    assert catalog_of_version(number) is None
    with pytest.raises(InvalidEntry, match="There is no version"):
        go_back_to(number, by=ada)


def test_going_back_is_a_version_of_its_own_and_loses_nothing(ada):
    first = current_catalog()
    mild("RES-001", ada)
    change_rule(webhook_rule(), by=ada)
    change_obligation(Obligation(duty="named", text="x", condition="edge.tracing", styles=["queue"]), by=ada)
    change_settings(hop_limit=3, default_availability=99.5, by=ada)
    changed = go_back_to(1, by=ada, why="Too much at once")
    assert set(changed) == {
        ("rule", "RES-001"),
        ("rule", "OWN-001"),
        ("obligation", "named"),
        ("settings", "settings"),
    }
    now = current_catalog()
    assert now.version == "6"
    assert [rule for rule in now.rules if rule.enabled] == list(first.rules)
    assert now.obligations == first.obligations
    assert now.hop_limit == first.hop_limit
    version = CatalogVersion.objects.get(number=6)
    assert (version.goes_back_to, version.why) == (1, "Too much at once")
    assert Rule.objects.get(code="OWN-001").state == "retired"
    go_back_to(5, by=ada)
    assert contents_of_version(7) == contents_of_version(5)


def test_going_back_to_what_is_in_force_changes_nothing(ada):
    assert go_back_to(1, by=ada) == []
    assert current_version() == 1


def test_going_back_to_what_the_language_no_longer_reads_is_refused_whole(ada):
    mild("RES-001", ada)
    first = CatalogChange.objects.get(version=1, key="RES-001")
    first.after = {**(first.after or {}), "condition": "edge.no_longer_there"}
    first.save()
    with pytest.raises(InvalidEntry, match="RES-001, condition"):
        go_back_to(1, by=ada)
    assert current_version() == 2


def test_two_versions_are_compared_entry_by_entry(ada):
    mild("RES-001", ada)
    retire("rule", ["RES-002"], by=ada)
    found = differences_between(contents_of_version(1), contents_of_version(3))
    said = [(d.key, d.before or {}, d.after or {}) for d in found]
    assert [(key, was["severity"], now["severity"], now["state"]) for key, was, now in said] == [
        ("RES-001", "high", "low", "published"),
        ("RES-002", "high", "high", "retired"),
    ]
