"""What an administrator may change, what is kept of it, and what it does to the next analysis."""

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.db import IntegrityError, connection, transaction

from archreview.reviews.analyses import current_analysis
from archreview.rules import queries
from archreview.rules.actions import InvalidEntry, lay_out_texts, retire, take_back
from archreview.rules.models import CatalogChange, CatalogSettings, Obligation, Rule
from archreview.rules.queries import NoCatalog, current_catalog
from tests.rules.changes import change_obligation, change_rule, change_settings
from tests.rules.conftest import webhook_rule

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parent.parent.parent


def severities(workspace, code):
    return [finding.severity for finding in current_analysis(workspace).review.findings if finding.rule == code]


def test_a_change_is_in_the_next_analysis(ada, shop, breaker):
    assert severities(shop, "RES-001") == ["high"]
    breaker.severity = "low"
    change_rule(breaker, by=ada, why="We have a mesh")
    assert severities(shop, "RES-001") == ["low"]
    retire("rule", ["RES-001"], by=ada)
    assert severities(shop, "RES-001") == []


def test_a_new_limit_is_in_the_next_analysis(ada, shop):
    assert current_analysis(shop).review.flows[0].limit == 2
    change_settings(hop_limit=0, default_availability=99.0, by=ada)
    assert current_analysis(shop).review.flows[0].limit == 0


def test_a_new_obligation_is_in_the_next_analysis(ada, shop):
    change_obligation(
        Obligation(duty="named", text="A name.", condition="known(edge.technology)", styles=["request_response"]),
        by=ada,
    )
    duties = current_analysis(shop).edge_reviews["cart-inventory"].obligations
    assert ("named", "met") in [tuple(duty) for duty in duties]


def test_every_change_makes_one_version_and_is_kept_with_who_and_why(ada, breaker):
    breaker.severity = "low"
    change_rule(breaker, by=ada, why="We have a mesh")
    change_rule(webhook_rule(), by=ada)
    change_settings(hop_limit=3, default_availability=99.9, by=ada)
    retire("rule", ["OWN-001"], by=ada)
    told = CatalogChange.objects.filter(version__gt=1).order_by("version")
    assert [(c.version, c.key, c.what, c.by_name, c.why) for c in told] == [
        (2, "RES-001", "changed", "Ada Admin", "We have a mesh"),
        (3, "OWN-001", "created", "Ada Admin", ""),
        (4, "settings", "changed", "Ada Admin", ""),
        (5, "OWN-001", "retired", "Ada Admin", ""),
    ]
    assert told[0].differences == [("severity", "high", "low")]
    assert current_catalog().version == "5"


def test_saving_without_a_change_makes_no_version(ada, breaker):
    change_rule(breaker, by=ada)
    change_settings(hop_limit=2, default_availability=99.9, by=ada)
    assert current_catalog().version == "1"


def test_the_name_in_the_history_outlives_the_account(ada, breaker):
    breaker.severity = "low"
    change_rule(breaker, by=ada)
    ada.delete()
    change = CatalogChange.objects.get(version=2)
    assert (change.by, change.by_name) == (None, "Ada Admin")


def test_many_are_retired_in_one_version(ada):
    resilience = list(Rule.objects.filter(category="resilience").values_list("code", flat=True))
    assert retire("rule", resilience, by=ada) == resilience
    assert set(CatalogChange.objects.filter(version=2).values_list("key", flat=True)) == set(resilience)
    assert retire("rule", resilience, by=ada) == []
    assert current_catalog().version == "2"


def test_a_published_rule_is_kept_only_with_examples_that_pass(ada):
    with pytest.raises(InvalidEntry, match="“A signed webhook” must not match, and it matches"):
        change_rule(webhook_rule(condition='edge.style == "webhook"'), by=ada)
    assert not Rule.objects.filter(code="OWN-001").exists()
    change_rule(webhook_rule(), by=ada)
    retire("rule", ["OWN-001"], by=ada)
    Rule.objects.filter(code="OWN-001").update(condition='edge.style == "webhook"')
    with pytest.raises(InvalidEntry, match="OWN-001, examples"):
        take_back("rule", ["OWN-001"], by=ada)


def test_the_texts_are_laid_out_after_the_change_and_hostile_ones_are_harmless(ada, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        change_rule(
            webhook_rule(why="**Look** <script>alert(1)</script>", remedy="[here](javascript:alert(1))"), by=ada
        )
    rule = Rule.objects.get(code="OWN-001")
    assert rule.why_html == "<p><strong>Look</strong> &lt;script&gt;alert(1)&lt;/script&gt;</p>"
    assert "javascript" not in rule.remedy_html


def test_texts_of_a_rule_that_has_changed_meanwhile_are_not_mixed_up(ada):
    rule = change_rule(webhook_rule(), by=ada)
    Rule.objects.filter(pk=rule.pk).update(revision=7)
    lay_out_texts([rule.pk])
    assert Rule.objects.get(pk=rule.pk).why_html.startswith("<p>Anybody")


@pytest.mark.parametrize(
    ("model", "values", "name"),
    [
        (Rule, {"code": "RES-001"}, "code"),
        (Rule, {"scope": "team"}, "a_rule_has_a_known_scope"),
        (Rule, {"category": "luck"}, "a_rule_has_a_known_category"),
        (Rule, {"condition": ""}, "a_rule_has_a_condition"),
        (Rule, {"severity": ""}, "a_rule_has_a_severity"),
        (Rule, {"state": "draft"}, "a_rule_has_a_known_state"),
        (Obligation, {"duty": "x", "condition": ""}, "an_obligation_has_a_condition"),
        (CatalogSettings, {"id": 2}, "there_is_one_row_of_catalog_settings"),
        (CatalogSettings, {"default_availability": 101.0}, "the_default_availability_is_a_percentage"),
        (CatalogChange, {"version": 9, "kind": "rule", "key": "x"}, "a_change_has_a_before_or_an_after"),
        (CatalogChange, {"version": 1, "kind": "rule", "key": "RES-001", "after": {}}, "version"),
    ],
)
def test_the_database_itself_keeps_the_promises(model, values, name):
    if model is Rule:
        thing = webhook_rule(**values)
    elif model is CatalogSettings:
        CatalogSettings.objects.all().delete()
        thing = CatalogSettings(**values)
    else:
        thing = model(**values)
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        thing.save(force_insert=True)


# --- The catalog in force ----------------------------------------------------------------------


def test_the_catalog_in_force_takes_one_query_while_it_stays(django_assert_num_queries):
    catalog = current_catalog()
    with django_assert_num_queries(1):
        assert current_catalog() is catalog


def test_another_process_sees_a_change_at_once(ada, breaker):
    before = current_catalog()
    kept = dict(queries._kept)
    breaker.severity = "low"
    change_rule(breaker, by=ada)
    after = current_catalog()
    # A process that knows the old catalog alone, as every other one does now.
    queries._kept.clear()
    queries._kept.update(kept)
    assert current_catalog() == after
    assert current_catalog() != before


def test_an_old_number_with_other_rules_is_not_taken_for_the_old_catalog(ada, breaker):
    first = current_catalog()
    sid = transaction.savepoint()
    breaker.severity = "low"
    change_rule(breaker, by=ada)
    assert current_catalog().version == "2"
    transaction.savepoint_rollback(sid)
    assert current_catalog() == first
    other = Rule.objects.get(code="RES-002")
    other.severity = "low"
    change_rule(other, by=ada)
    catalog = current_catalog()
    assert catalog.version == "2"
    assert {rule.code for rule in catalog.rules if rule.severity == "low"} >= {"RES-002"}
    assert "RES-001" not in {rule.code for rule in catalog.rules if rule.severity == "low"}


def test_a_rule_that_the_language_can_no_longer_read_takes_no_other_down(shop, breaker):
    Rule.objects.filter(pk=breaker.pk).update(condition="edge.circuit_braker == false")
    CatalogSettings.objects.update(edition="00000000-0000-0000-0000-000000000001")
    review = current_analysis(shop).review
    silent = {rule.rule: rule.why for rule in review.not_evaluated}
    assert silent["RES-001"].startswith("it needs repair (at 1: there is no edge.circuit_braker")
    assert any(finding.rule == "RES-002" for finding in review.findings)


def test_a_database_without_a_catalog_says_so():
    CatalogSettings.objects.all().delete()
    queries.forget_catalogs()
    with pytest.raises(NoCatalog, match="load_rules"):
        current_catalog()


# --- Many at once ------------------------------------------------------------------------------

WORKER = """
import sys
import django
django.setup()
from archreview.rules.models import Rule
from tests.rules.changes import change_rule
for turn in range(6):
    rule = Rule.objects.get(code=sys.argv[1])
    rule.source = f"{sys.argv[1]} {turn}"
    change_rule(rule, by=None)
"""


@pytest.mark.django_db(transaction=True)
def test_threads_never_skip_a_version_nor_give_it_twice():
    if connection.vendor == "sqlite":
        pytest.skip("a test's database in memory knows no second writer; the next test uses a file")

    def change(code):
        try:
            for turn in range(6):
                rule = Rule.objects.get(code=code)
                rule.source = f"{code} {turn}"
                change_rule(rule, by=None)
        finally:
            connection.close()

    codes = ["RES-001", "RES-002", "MSG-001"]
    with ThreadPoolExecutor(len(codes)) as pool:
        list(pool.map(change, codes))
    versions = CatalogChange.objects.filter(version__gt=1).order_by("version").values_list("version", flat=True)
    assert list(versions) == list(range(2, 2 + 6 * len(codes)))
    assert CatalogSettings.objects.get().version == max(versions)


def test_processes_never_skip_a_version_nor_give_it_twice(tmp_path):
    if connection.vendor != "sqlite":
        pytest.skip("the workers share a file of their own")
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "DATABASE_URL": f"sqlite:///{tmp_path / 'rules.sqlite3'}",
        "PYTHONPATH": str(ROOT),
    }
    subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], cwd=ROOT, env=environment, check=True)
    codes = ["RES-001", "RES-002", "MSG-001"]
    workers = [subprocess.Popen([sys.executable, "-c", WORKER, code], cwd=ROOT, env=environment) for code in codes]
    assert [worker.wait(timeout=120) for worker in workers] == [0, 0, 0]
    ask = (
        "import django, json; django.setup()\n"
        "from archreview.rules.models import CatalogChange, CatalogSettings\n"
        "print(json.dumps([CatalogSettings.objects.get().version,"
        " list(CatalogChange.objects.filter(version__gt=1).order_by('version').values_list('version', flat=True))]))"
    )
    said = subprocess.run(
        [sys.executable, "-c", ask], cwd=ROOT, env=environment, check=True, capture_output=True, text=True
    )
    version, versions = json.loads(said.stdout)
    assert versions == list(range(2, 2 + 6 * len(codes)))
    assert version == versions[-1]
