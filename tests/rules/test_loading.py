"""How the shipped rules get into a database, and what happens to those that somebody has changed."""

import io
from dataclasses import replace

import pytest
from django.core.management import CommandError, call_command

from archreview.rules.actions import InvalidEntry, keep_ours, load_catalog, take_theirs
from archreview.rules.built_in import built_in_catalog
from archreview.rules.models import CatalogChange, CatalogSettings, Obligation, Rule
from archreview.rules.queries import contents_of_version, current_catalog, undecided_rules
from archreview.web.versions import ChangedMeanwhile
from tests.rules.changes import change_rule, change_settings
from tests.rules.conftest import webhook_rule

pytestmark = pytest.mark.django_db


def with_rule(code, **changes):
    """The shipped catalog, in which one rule says something else."""
    catalog = built_in_catalog()
    rules = tuple(replace(rule, **changes) if rule.code == code else rule for rule in catalog.rules)
    return replace(catalog, rules=rules)


def stored():
    models = (Rule, Obligation, CatalogSettings, CatalogChange)
    return {model.__name__: list(model.objects.order_by("pk").values()) for model in models}


def load_rules(*arguments):
    said = io.StringIO()
    call_command("load_rules", *arguments, stdout=said)
    return said.getvalue()


def test_a_new_database_has_the_shipped_rules():
    catalog, shipped = current_catalog(), built_in_catalog()
    assert catalog.version == "1"
    assert catalog.hop_limit == shipped.hop_limit
    by_code = {rule.code: rule for rule in shipped.rules}
    assert {rule.code for rule in catalog.rules} == set(by_code)
    assert all(rule == replace(by_code[rule.code], examples=()) for rule in catalog.rules)
    assert catalog.obligations == shipped.obligations


@pytest.mark.django_db(transaction=True)
def test_an_emptied_database_has_them_again():
    call_command("flush", interactive=False, verbosity=0)
    assert len(current_catalog().rules) == len(built_in_catalog().rules)


def test_loading_twice_changes_nothing():
    before = stored()
    assert "stays in force: nothing has changed" in load_rules()
    assert stored() == before


def test_a_newer_catalog_updates_what_nobody_has_changed():
    loaded = load_catalog(with_rule("RES-001", title="Call that never gives up"))
    assert (loaded.updated, loaded.added, loaded.kept) == (["RES-001"], [], [])
    assert Rule.objects.get(code="RES-001").title == "Call that never gives up"
    assert current_catalog().version == "2"
    change = CatalogChange.objects.get(version=2)
    assert (change.key, change.what, change.by_name) == ("RES-001", "loaded", "")
    assert change.differences == [("title", "Call without a circuit breaker", "Call that never gives up")]


def test_a_newer_catalog_never_overwrites_an_administrators_change(ada, breaker):
    breaker.severity = "low"
    change_rule(breaker, by=ada)
    loaded = load_catalog(with_rule("RES-001", title="Call that never gives up"))
    assert loaded.kept == ["RES-001"]
    assert not loaded.changed
    breaker.refresh_from_db()
    assert (breaker.severity, breaker.title) == ("low", "Call without a circuit breaker")
    assert breaker.is_changed


def test_an_administrators_change_is_not_listed_while_the_catalog_says_nothing_new(ada, breaker):
    breaker.severity = "low"
    change_rule(breaker, by=ada)
    assert load_catalog(built_in_catalog()).kept == []


def test_the_two_are_one_again_when_the_newer_catalog_says_what_the_administrator_said(ada, breaker):
    breaker.severity = "low"
    change_rule(breaker, by=ada)
    assert load_catalog(with_rule("RES-001", severity="low")).updated == ["RES-001"]
    breaker.refresh_from_db()
    assert not breaker.is_changed


def test_settings_that_somebody_changed_stay(ada):
    change_settings(hop_limit=3, default_availability=99.5, by=ada)
    loaded = load_catalog(replace(built_in_catalog(), hop_limit=4))
    assert loaded.kept == ["settings"]
    assert current_catalog().hop_limit == 3


def test_what_a_newer_catalog_lacks_stays_and_is_listed():
    shipped = built_in_catalog()
    loaded = load_catalog(replace(shipped, rules=shipped.rules[1:]))
    assert loaded.gone == [shipped.rules[0].code]
    assert Rule.objects.filter(code=shipped.rules[0].code, state="published").exists()


def test_a_rule_that_somebody_wrote_is_not_missed(ada):
    change_rule(webhook_rule(), by=ada)
    assert load_catalog(built_in_catalog()).gone == []


def test_one_bad_rule_refuses_the_whole_catalog():
    shipped = built_in_catalog()
    before = stored()
    bad = replace(shipped.rules[0], code="NEW-001", condition="flow.within_rul == false")
    with pytest.raises(InvalidEntry, match=r"NEW-001, condition: at 1: there is no flow.within_rul"):
        load_catalog(replace(with_rule("RES-001", title="Another"), rules=(*shipped.rules, bad)))
    assert stored() == before


def test_a_rule_that_fails_its_own_example_refuses_the_whole_catalog():
    with pytest.raises(InvalidEntry, match="“Registered as absent” must match, and it does not match"):
        load_catalog(with_rule("RES-001", condition="edge.is_synchronous && edge.circuit_breaker"))


def test_the_command_says_what_became_of_the_shipped_rules(ada, breaker, monkeypatch):
    breaker.severity = "low"
    change_rule(breaker, by=ada)
    newer = with_rule("RES-001", title="Call that never gives up")
    newer = replace(
        newer,
        rules=tuple(replace(rule, title="No end") if rule.code == "RES-002" else rule for rule in newer.rules),
    )
    monkeypatch.setattr("archreview.rules.management.commands.load_rules.built_in_catalog", lambda: newer)
    said = load_rules()
    assert "1 updated: RES-002" in said
    assert "1 changed here, and newer in the file; kept until somebody decides: RES-001" in said
    assert "Version 3 of the catalog is in force now." in said


def test_the_command_tells_every_problem_of_a_bad_file_at_its_line(tmp_path):
    bad = tmp_path / "bad.yaml"
    bad.write_text("catalog: 1\nversion: x\nrules:\n  - {code: nope}\n")
    with pytest.raises(CommandError, match=r"Nothing was loaded\.\nbad\.yaml:4: "):
        load_rules(str(bad))
    with pytest.raises(CommandError, match="No such file"):
        load_rules(str(tmp_path / "none.yaml"))


# --- Between a newer release and a change made here ---------------------------------------------


@pytest.fixture
def undecided(ada, breaker):
    """RES-001, made mild here, and renamed by a newer release."""
    breaker.severity = "low"
    change_rule(breaker, by=ada)
    load_catalog(with_rule("RES-001", title="Call that never gives up"))
    breaker.refresh_from_db()
    return breaker


def test_what_was_shipped_what_is_shipped_and_ours_stand_beside_each_other(undecided):
    said = [(content["severity"], content["title"]) for content in (undecided.built_in, undecided.newer)]
    assert said == [("high", "Call without a circuit breaker"), ("high", "Call that never gives up")]
    assert (undecided.severity, undecided.title) == ("low", "Call without a circuit breaker")
    assert list(undecided_rules()) == [undecided]
    assert current_catalog().version == "2"


def test_theirs_can_be_taken(ada, undecided):
    take_theirs("rule", "RES-001", by=ada, why="They are right", revision=undecided.revision)
    undecided.refresh_from_db()
    assert (undecided.severity, undecided.title) == ("high", "Call that never gives up")
    assert not undecided.is_changed
    assert not undecided_rules()
    change = CatalogChange.objects.get(version=3)
    assert (change.what, change.by_name, change.why) == ("loaded", "Ada Admin", "They are right")


def test_ours_can_be_kept_and_is_not_asked_about_again(ada, undecided):
    keep_ours("rule", "RES-001", by=ada, why="A mesh retries for us", revision=undecided.revision)
    undecided.refresh_from_db()
    assert (undecided.severity, undecided.title) == ("low", "Call without a circuit breaker")
    assert undecided.is_changed
    assert load_catalog(with_rule("RES-001", title="Call that never gives up")).kept == []
    assert not undecided_rules()
    assert load_catalog(with_rule("RES-001", title="Yet another")).kept == ["RES-001"]


def test_who_kept_ours_stands_in_the_history_and_nothing_is_judged_otherwise(ada, undecided):
    before = contents_of_version(2)
    keep_ours("rule", "RES-001", by=ada, why="A mesh retries for us", revision=undecided.revision)
    change = CatalogChange.objects.get(version=3)
    assert (change.what, change.by_name, change.why) == ("kept", "Ada Admin", "A mesh retries for us")
    assert change.differences == []
    assert contents_of_version(3) == before


def test_settings_of_ours_can_be_kept(ada):
    change_settings(hop_limit=3, default_availability=99.5, by=ada)
    load_catalog(replace(built_in_catalog(), hop_limit=4))
    keep_ours("settings", "settings", by=ada, revision=CatalogSettings.objects.get().revision)
    row = CatalogSettings.objects.get()
    assert (row.version, row.hop_limit, row.newer) == (3, 3, None)


def test_a_release_that_says_the_old_thing_again_leaves_nothing_to_decide(undecided):
    load_catalog(built_in_catalog())
    assert not undecided_rules()


def test_a_decision_is_taken_once_and_about_what_was_seen(ada, undecided):
    with pytest.raises(ChangedMeanwhile):
        keep_ours("rule", "RES-001", by=ada, revision=undecided.revision - 1)
    keep_ours("rule", "RES-001", by=ada, revision=undecided.revision)
    with pytest.raises(ChangedMeanwhile):
        take_theirs("rule", "RES-001", by=ada, revision=undecided.revision + 1)


def test_settings_are_decided_about_too(ada):
    change_settings(hop_limit=3, default_availability=99.5, by=ada)
    load_catalog(replace(built_in_catalog(), hop_limit=4))
    row = CatalogSettings.objects.get()
    assert row.newer == {"hop_limit": 4, "default_availability": 99.9}
    take_theirs("settings", "settings", by=ada, revision=row.revision)
    assert current_catalog().hop_limit == 4
    assert CatalogSettings.objects.get().newer is None
