"""Draft, published, retired: which steps there are, and that two who write at once lose nothing."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from archreview.reviews.analyses import current_analysis
from archreview.rules.actions import (
    InvalidEntry,
    discard_draft,
    publish_draft,
    put_draft_on_what_is_in_force,
    retire,
    save_draft,
    take_back,
)
from archreview.rules.checking import check_entry
from archreview.rules.models import CatalogChange, CatalogSettings, Draft, Obligation, Rule
from archreview.rules.queries import current_catalog, draft_of
from archreview.web.versions import ChangedMeanwhile
from tests.rules.conftest import webhook_rule

pytestmark = pytest.mark.django_db

RULE, OWN = "rule", "OWN-001"


def new_content(**changes):
    return webhook_rule(**changes).written()


def drafted(ada, **changes):
    return save_draft(RULE, OWN, new_content(**changes), by=ada, why="We had an incident")


def codes():
    return {rule.code for rule in current_catalog().rules if rule.enabled}


def test_a_new_rule_is_a_draft_that_no_analysis_sees(ada):
    draft = drafted(ada)
    assert draft.is_of_something_new
    assert (draft.by_name, draft.why, draft.version) == ("Ada Admin", "We had an incident", 1)
    assert OWN not in codes()
    assert current_catalog().version == "1"
    assert not Rule.objects.filter(code=OWN).exists()


def test_a_published_draft_is_in_force_and_in_the_history_with_who_and_why(ada):
    draft = drafted(ada)
    publish_draft(RULE, OWN, by=ada, seen=draft.version)
    assert OWN in codes()
    assert draft_of(RULE, OWN) is None
    change = CatalogChange.objects.get(version=2)
    assert (change.what, change.by_name, change.why) == ("created", "Ada Admin", "We had an incident")
    assert change.after == {**new_content(), "state": "published"}


def test_a_change_is_kept_beside_what_is_in_force(ada, shop, breaker):
    draft = save_draft(RULE, "RES-001", {**breaker.written(), "severity": "low"}, by=ada)
    assert not draft.is_of_something_new
    assert [f.severity for f in current_analysis(shop).review.findings if f.rule == "RES-001"] == ["high"]
    publish_draft(RULE, "RES-001", by=ada, why="We have a mesh", seen=draft.version)
    assert [f.severity for f in current_analysis(shop).review.findings if f.rule == "RES-001"] == ["low"]
    assert CatalogChange.objects.get(version=2).differences == [("severity", "high", "low")]


def test_a_draft_is_saved_with_its_errors_and_not_published_with_them(ada):
    draft = drafted(ada, condition="edge.nope ==")
    for params in ("x 5", None, ["x"], {"at": [1]}):
        draft = save_draft(RULE, OWN, {**draft.content, "params": params}, by=ada, seen=draft.version)
        assert check_entry(RULE, OWN, draft.content)["params"]
        with pytest.raises(InvalidEntry):
            publish_draft(RULE, OWN, by=ada, seen=draft.version)
    assert draft.version == 5
    assert draft_of(RULE, OWN) == draft
    assert current_catalog().version == "1"


@pytest.mark.parametrize(
    "content", [{}, {"condition": None}, {"examples": 5}, {"references": [1]}, {"campaign": {"until": "soon"}}]
)
def test_whatever_a_draft_holds_is_checked_and_never_fails(ada, content):
    assert check_entry(RULE, OWN, content)
    whole = {**new_content(), **content}
    if content:
        assert check_entry(RULE, OWN, whole).keys() == content.keys()


@pytest.mark.parametrize("kind", ["match", "no_match"])
def test_publishing_needs_an_example_that_must_match_and_one_that_must_not(ada, kind):
    kept = "\n- title".join(
        part for part in ("\n" + new_content()["examples"]).split("\n- title") if f"expect: {kind}\n" not in part
    )
    draft = drafted(ada, examples=kept.lstrip("\n"))
    with pytest.raises(InvalidEntry, match="Before it is published a rule needs an example"):
        publish_draft(RULE, OWN, by=ada, seen=draft.version)


def test_publishing_needs_examples_that_pass(ada):
    draft = drafted(ada, condition='edge.style == "webhook"')
    with pytest.raises(InvalidEntry, match="“A signed webhook” must not match, and it matches"):
        publish_draft(RULE, OWN, by=ada, seen=draft.version)


def test_a_draft_can_be_thrown_away(ada, breaker):
    draft = save_draft(RULE, "RES-001", {**breaker.written(), "severity": "low"}, by=ada)
    discard_draft(RULE, "RES-001", seen=draft.version)
    assert not Draft.objects.exists()
    assert current_catalog().version == "1"


def test_a_retired_rule_is_evaluated_nowhere_stays_with_its_history_and_comes_back(ada, shop):
    def said():
        review = current_analysis(shop).review
        asked = {code for question in review.questions for code in question.waiting}
        return {f.rule for f in review.findings} | asked | {rule.rule for rule in review.not_evaluated}

    assert "RES-001" in said()
    assert retire(RULE, ["RES-001"], by=ada, why="The mesh does it") == ["RES-001"]
    assert "RES-001" not in said()
    assert Rule.objects.get(code="RES-001").state == "retired"
    assert take_back(RULE, ["RES-001"], by=ada) == ["RES-001"]
    assert "RES-001" in said()
    told = CatalogChange.objects.filter(key="RES-001", version__gt=1).order_by("version")
    assert [(change.what, change.why) for change in told] == [("retired", "The mesh does it"), ("returned", "")]


def test_steps_that_lead_nowhere_change_nothing(ada):
    assert take_back(RULE, ["RES-001"], by=ada) == []
    assert retire(RULE, ["NOT-001"], by=ada) == []
    with pytest.raises(ChangedMeanwhile):
        publish_draft(RULE, "RES-001", by=ada, seen=1)
    with pytest.raises(ChangedMeanwhile):
        discard_draft(RULE, "RES-001", seen=1)
    assert current_catalog().version == "1"


def test_what_is_retired_is_published_again_by_a_draft(ada, breaker):
    retire(RULE, ["RES-001"], by=ada)
    breaker.refresh_from_db()
    draft = save_draft(RULE, "RES-001", {**breaker.written(), "severity": "low"}, by=ada)
    publish_draft(RULE, "RES-001", by=ada, seen=draft.version)
    assert CatalogChange.objects.get(version=3).what == "returned"


def test_obligations_and_settings_live_the_same_life(ada):
    duty = Obligation.objects.get(duty="timeout")
    draft = save_draft("obligation", "timeout", {**duty.written(), "text": "Another."}, by=ada)
    publish_draft("obligation", "timeout", by=ada, seen=draft.version)
    assert Obligation.objects.get(duty="timeout").text == "Another."
    retire("obligation", ["timeout"], by=ada)
    assert "timeout" not in {duty.duty for duty in current_catalog().obligations}
    take_back("obligation", ["timeout"], by=ada)
    assert "timeout" in {duty.duty for duty in current_catalog().obligations}
    limits = {**CatalogSettings.objects.get().written(), "hop_limit": 3}
    draft = save_draft("settings", "settings", limits, by=ada)
    assert current_catalog().hop_limit == 2
    publish_draft("settings", "settings", by=ada, seen=draft.version)
    assert current_catalog().hop_limit == 3


@pytest.mark.parametrize(
    ("kind", "key", "content", "field"),
    [
        ("rule", "own 1", {}, "code"),
        ("obligation", "Not this", {}, "duty"),
        ("settings", "others", {}, "settings"),
        ("rule", OWN, {"enabled": True}, "draft"),
        ("rule", OWN, {"why": "x" * 300_000}, "draft"),
    ],
)
def test_what_is_no_draft_of_anything_is_refused(ada, kind, key, content, field):
    with pytest.raises(InvalidEntry) as refused:
        save_draft(kind, key, content, by=ada)
    assert set(refused.value.problems[key]) == {field}
    assert not Draft.objects.exists()


# --- Two at once -------------------------------------------------------------------------------


def test_whoever_saves_over_somebody_elses_draft_is_told_and_that_draft_stays(ada):
    mine = drafted(ada)
    theirs = save_draft(RULE, OWN, new_content(title="Theirs"), by=ada, seen=mine.version)
    for write in (
        lambda: save_draft(RULE, OWN, new_content(title="Mine"), by=ada, seen=mine.version),
        lambda: save_draft(RULE, OWN, new_content(title="Mine"), by=ada, seen=0),
        lambda: publish_draft(RULE, OWN, by=ada, seen=mine.version),
        lambda: discard_draft(RULE, OWN, seen=mine.version),
    ):
        with pytest.raises(ChangedMeanwhile):
            write()
    assert draft_of(RULE, OWN) == theirs
    assert Draft.objects.get().content["title"] == "Theirs"


def test_a_draft_is_not_published_over_what_came_into_force_meanwhile(ada, breaker):
    draft = save_draft(RULE, "RES-001", {**breaker.written(), "severity": "low"}, by=ada)
    retire(RULE, ["RES-001"], by=ada)
    with pytest.raises(ChangedMeanwhile):
        publish_draft(RULE, "RES-001", by=ada, seen=draft.version)
    assert draft_of(RULE, "RES-001") == draft
    seen = put_draft_on_what_is_in_force(RULE, "RES-001", seen=draft.version).version
    publish_draft(RULE, "RES-001", by=ada, seen=seen)
    assert Rule.objects.get(code="RES-001").severity == "low"


@pytest.mark.django_db(transaction=True)
def test_of_many_who_save_the_same_draft_at_once_one_is_kept():
    if connection.vendor == "sqlite":
        pytest.skip("a test's database in memory knows no second writer")

    def save(number, seen):
        try:
            save_draft(RULE, OWN, new_content(title=f"By {number}"), by=None, seen=seen)
        except ChangedMeanwhile:
            return 0
        finally:
            connection.close()
        return 1

    for seen in (0, 1, 2):
        with ThreadPoolExecutor(6) as pool:
            assert sum(pool.map(save, range(6), [seen] * 6)) == 1
    assert Draft.objects.get().version == 3
