"""The catalog and single rules as files, out of one database and into another."""

import io
from dataclasses import replace
from datetime import date

import pytest
from django.core.management import CommandError, call_command
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archreview.engine.catalog import Campaign
from archreview.interchange.catalogs import read_catalog
from archreview.interchange.documents import Problems
from archreview.interchange.writers.catalogs import write_catalog
from archreview.rules.actions import go_back_to, load_catalog, load_pack, retire
from archreview.rules.built_in import built_in_catalog
from archreview.rules.models import CatalogChange, Obligation, Rule
from archreview.rules.packs import RefusedPack, export_catalog, read_rules_file
from archreview.rules.queries import contents_of_version, current_catalog
from tests.rules.changes import change_obligation, change_rule, change_settings
from tests.rules.conftest import webhook_rule

NASTY = st.text(
    st.characters(exclude_categories=["Cc", "Cf", "Cs", "Cn", "Co", "Zl", "Zp"]), min_size=1, max_size=60
).filter(str.strip)


def run(name, *arguments, **options):
    said = io.StringIO()
    call_command(name, *arguments, stdout=said, **options)
    return said.getvalue()


def read(text):
    problems = Problems()
    catalog = read_catalog(text, file="own.yaml", problems=problems)
    assert catalog is not None, list(map(str, problems))
    return catalog


def test_the_shipped_catalog_is_the_same_when_it_was_written_and_read():
    shipped = built_in_catalog()
    again = read(write_catalog(shipped))
    assert replace(again, rules=()) == replace(shipped, rules=())
    assert [replace(rule, examples=()) for rule in again.rules] == [
        replace(rule, examples=()) for rule in shipped.rules
    ]
    assert write_catalog(again) == write_catalog(shipped)


@settings(max_examples=60, suppress_health_check=list(HealthCheck))
@given(title=NASTY, why=st.lists(NASTY, min_size=1, max_size=4), note=NASTY, word=NASTY, references=st.lists(NASTY))
def test_any_text_of_a_rule_survives_the_file(title, why, note, word, references):
    (rule,) = [rule for rule in built_in_catalog().rules if rule.code == "RES-001"]
    rule = replace(
        rule,
        title=title.strip(),
        why="\n".join(why).strip(),
        remedy="\n\n".join(why).strip(),
        references=tuple(reference.strip() for reference in references),
        params={"word": word, "number": 1.5, "flag": False},
        campaign=Campaign(date(2027, 3, 1), note.strip()),
        examples=(),
    )
    (again,) = read(write_catalog(replace(built_in_catalog(), rules=(rule,)))).rules
    assert again == rule


@pytest.mark.django_db
def test_the_whole_catalog_goes_into_another_database_as_it_is(ada, breaker):
    breaker.severity = "low"
    breaker.campaign = {"until": "2027-03-01", "note": "Soon"}
    change_rule(breaker, by=ada)
    change_rule(webhook_rule(), by=ada)
    retire("rule", ["RES-002"], by=ada)
    change_settings(hop_limit=3, default_availability=99.5, by=ada)
    text, here = export_catalog(), contents_of_version(5)
    # As another database: everything says what is shipped again.
    go_back_to(1, by=ada)
    assert contents_of_version(6) != here
    pack = read_rules_file(text.encode(), file="catalog.yaml")
    load_pack(pack.contents, by=ada, why="From the other one")
    assert current_catalog().rules == tuple(replace(rule, examples=()) for rule in read(text).rules)
    assert contents_of_version(7) == here
    assert export_catalog().replace('version: "7"', 'version: "5"') == text


@pytest.mark.django_db
def test_loading_what_was_written_changes_nothing(ada):
    pack = read_rules_file(export_catalog().encode(), file="catalog.yaml")
    assert pack.differences == ()
    assert load_pack(pack.contents, by=ada) == []


@pytest.mark.django_db
def test_single_rules_go_alone_and_leave_the_rest_as_it_is(ada, breaker):
    text = export_catalog(["RES-001", "MSG-001"])
    assert [rule.code for rule in read(text).rules] == ["RES-001", "MSG-001"]
    change_settings(hop_limit=3, default_availability=99.5, by=ada)
    breaker.severity = "low"
    change_rule(breaker, by=ada)
    pack = read_rules_file(text.encode(), file="two.yaml")
    (difference,) = pack.differences
    assert (difference.before or {})["severity"] == "low"
    assert (difference.after or {})["severity"] == "high"
    assert load_pack(pack.contents, by=ada) == [("rule", "RES-001")]
    assert current_catalog().hop_limit == 3
    assert not Rule.objects.get(code="RES-001").is_changed


@pytest.mark.django_db
def test_what_a_file_says_is_an_administrators_word_and_no_release_takes_it_back(ada):
    text = export_catalog(["RES-001"]).replace("severity: high", "severity: low")
    load_pack(read_rules_file(text.encode(), file="one.yaml").contents, by=ada)
    assert Rule.objects.get(code="RES-001").is_changed
    load_catalog(built_in_catalog())
    assert Rule.objects.get(code="RES-001").severity == "low"


@pytest.mark.django_db
def test_obligations_keep_their_places_and_new_ones_go_to_the_end(ada):
    text = "catalog: 1\nversion: x\nrules: []\nobligations:\n"
    for duty in ("tracing", "named"):
        text += f"  - {{duty: {duty}, text: A name., condition: known(edge.technology), styles: [queue]}}\n"
    places = {duty.duty: duty.position for duty in Obligation.objects.all()}
    load_pack(read_rules_file(text.encode(), file="duties.yaml").contents, by=ada)
    assert Obligation.objects.get(duty="tracing").position == places["tracing"]
    assert Obligation.objects.get(duty="named").position > max(places.values())


@pytest.mark.django_db
def test_one_bad_rule_refuses_the_file_with_every_error_at_its_line(ada):
    text = export_catalog(["RES-001", "RES-002"])
    bad = text.replace("edge.circuit_breaker == false", "edge.circut_breaker == false").replace(
        "category: resilience", "category: resilence"
    )
    with pytest.raises(RefusedPack) as refused:
        read_rules_file(bad.encode(), file="two.yaml")
    lines = [line for line, text in enumerate(bad.split("\n"), start=1) if "resilence" in text or "circut" in text]
    assert sorted({int(line.split(":")[1]) for line in refused.value.lines}) == lines
    assert any("did you mean edge.circuit_breaker" in line for line in refused.value.lines)


@pytest.mark.django_db
def test_an_example_that_fails_is_told_at_the_line_of_its_rule():
    text = export_catalog(["RES-001", "RES-002"]).replace(
        "edge.circuit_breaker == false", "edge.circuit_breaker == true", 1
    )
    with pytest.raises(RefusedPack, match=r"two\.yaml:6: RES-001: examples: “Registered as absent” must match"):
        read_rules_file(text.encode(), file="two.yaml")


@pytest.mark.django_db
def test_the_commands_carry_rules_and_say_what_they_did(tmp_path, ada):
    file = tmp_path / "own.yaml"
    change_obligation(Obligation(duty="named", text="x", condition="edge.tracing", styles=["queue"]), by=ada)
    run("export_rules", "RES-001", output=file)
    assert file.read_text() == run("export_rules", "RES-001")
    file.write_text(file.read_text().replace("severity: high", "severity: low"))
    said = run("load_rules", file, dry_run=True)
    assert "1 changed: RES-001" in said
    assert "nothing was changed" in said
    assert Rule.objects.get(code="RES-001").severity == "high"
    assert "Version 3 of the catalog is in force now." in run("load_rules", file)
    assert CatalogChange.objects.get(version=3).why == "Loaded from own.yaml"
    assert "nothing has changed" in run("load_rules", file)
    with pytest.raises(CommandError, match=r"There is no rule RES-999\."):
        run("export_rules", "RES-999")


@pytest.mark.django_db
def test_what_a_dry_run_says_of_the_shipped_catalog_does_not_stay():
    Rule.objects.filter(code="RES-001").delete()
    assert "1 added: RES-001" in run("load_rules", dry_run=True)
    assert not Rule.objects.filter(code="RES-001").exists()
