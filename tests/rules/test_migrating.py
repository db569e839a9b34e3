"""A database of an earlier release keeps its rules, its changes and its history on the way to this one."""

import hashlib
import json

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from archreview.rules.models import CatalogSettings, CatalogVersion, Obligation, Rule
from archreview.rules.queries import catalog_of_version, contents_of_version, current_catalog, forget_catalogs

FIRST = [("rules", "0001_rules")]

RULE = {
    "title": "Shipped",
    "category": "resilience",
    "scope": "edge",
    "condition": "edge.is_synchronous && edge.tracing == false",
    "severity": "high",
    "message": "{source.name} is not traced.",
    "why": "Because.",
    "remedy": "Trace it.",
    "references": [],
    "source": "",
    "params": {},
    "examples": "",
    "needs": [],
    "enabled": True,
}
DUTY = {"text": "x", "condition": "edge.tracing", "when": "", "styles": ["queue"], "outcomes": [], "position": 1}
SETTINGS = {"hop_limit": 2, "default_availability": 99.9}


def digest(content):
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


@pytest.fixture
def at_the_first(transactional_db):
    """The tables of the first release, empty; afterwards those of this one."""
    executor = MigrationExecutor(connection)
    executor.migrate(FIRST)
    yield executor.loader.project_state(FIRST).apps
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())
    forget_catalogs()


@pytest.mark.django_db(transaction=True)
def test_what_was_on_is_published_what_was_off_is_retired_and_nothing_is_lost(at_the_first):
    model = at_the_first.get_model
    for name in ("Rule", "Obligation", "CatalogSettings", "CatalogChange"):
        model("rules", name).objects.all().delete()
    rule, change = model("rules", "Rule"), model("rules", "CatalogChange")
    shipped = digest(RULE)
    rule.objects.create(code="SAM-001", built_in_hash=shipped, **RULE)
    rule.objects.create(code="SAM-002", built_in_hash=shipped, **{**RULE, "severity": "low"})
    rule.objects.create(code="SAM-003", built_in_hash=shipped, **{**RULE, "enabled": False})
    rule.objects.create(code="OWN-001", **RULE)
    model("rules", "Obligation").objects.create(duty="named", built_in_hash=digest(DUTY), **DUTY)
    model("rules", "CatalogSettings").objects.create(version=3, built_in_hash=digest(SETTINGS), **SETTINGS)
    for code in ("SAM-001", "SAM-002", "SAM-003"):
        change.objects.create(version=1, kind="rule", key=code, what="loaded", after=RULE)
    change.objects.create(version=1, kind="obligation", key="named", what="loaded", after=DUTY)
    change.objects.create(version=1, kind="settings", key="settings", what="loaded", after=SETTINGS)
    mild = {**RULE, "severity": "low"}
    change.objects.create(version=2, kind="rule", key="SAM-002", what="changed", before=RULE, after=mild, why="Mild")
    off = {**RULE, "enabled": False}
    change.objects.create(version=3, kind="rule", key="SAM-003", what="changed", before=RULE, after=off, by_name="Ada")
    change.objects.create(version=3, kind="rule", key="OWN-001", what="created", after=RULE, by_name="Ada")

    executor = MigrationExecutor(connection)
    executor.migrate([node for node in executor.loader.graph.leaf_nodes() if node[0] == "rules"])
    forget_catalogs()

    rows = {row.code: row for row in Rule.objects.all()}
    assert {code: row.state for code, row in rows.items()} == {
        "SAM-001": "published",
        "SAM-002": "published",
        "SAM-003": "retired",
        "OWN-001": "published",
    }
    assert {code for code, row in rows.items() if row.is_changed} == {"SAM-002", "SAM-003"}
    assert {code for code, row in rows.items() if row.is_own} == {"OWN-001"}
    assert not Obligation.objects.get().is_changed
    assert not CatalogSettings.objects.get().is_changed
    told = CatalogVersion.objects.order_by("number").values_list("number", "why", "by_name")
    assert list(told) == [(1, "", ""), (2, "Mild", ""), (3, "", "Ada")]
    assert catalog_of_version(3) == current_catalog()
    first = contents_of_version(1)
    assert first["rule", "SAM-002"]["severity"] == "high"
    assert first["rule", "SAM-003"]["state"] == "published"
