"""The dry run of one rule says what comparing two whole reviews says, and the comparison says what differs."""

import random
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archreview.engine.catalog import SCOPES, Campaign, Catalog, Rule
from archreview.engine.dry_run import Baseline, Changes, differences
from archreview.engine.language import check
from archreview.engine.results import SEVERITIES
from archreview.engine.review import Settings, review
from archreview.interchange.catalogs import read_catalog
from archreview.interchange.documents import Problems
from tests.engine.language.random_conditions import PARAMS, a_condition
from tests.engine.random_architectures import random_architecture
from tests.engine.small import architecture, call, engine_architecture

CATALOG_FILE = Path(__file__).resolve().parents[2] / "fixtures" / "catalog.yaml"


@pytest.fixture(scope="module")
def shipped():
    catalog = read_catalog(CATALOG_FILE.read_bytes(), file=CATALOG_FILE.name, problems=Problems(), with_examples=False)
    assert catalog is not None
    return catalog


def with_rule(catalog, rule):
    """Give the catalog with a rule in the place of the one with its code, or behind all others."""
    others = tuple(each for each in catalog.rules if each.code != rule.code)
    return replace(catalog, rules=(*others, rule))


def a_rule(code, draw):
    """Give a rule whose condition, severity and scope are drawn."""
    scope = draw.choice(SCOPES)
    condition = next(text for text in iter(lambda: a_condition(scope, draw), None) if not check(text, scope, PARAMS))
    return Rule(
        code=code,
        title="Drawn",
        category="coupling",
        scope=scope,
        condition=condition,
        severity=draw.choice(SEVERITIES),
        message=f"{{{scope}.name}} is so.",
        why="It is drawn.",
        remedy="Draw again.",
        params=PARAMS,
    )


def changed(rule, draw):
    """Give the rule with one thing changed, as administrators do."""
    return draw.choice(
        [
            lambda: replace(rule, severity=draw.choice(SEVERITIES)),
            lambda: replace(rule, message="Said otherwise."),
            lambda: replace(rule, enabled=False),
            lambda: replace(rule, needs=("decisions",)),
            lambda: replace(rule, campaign=Campaign(date(2027, 3, 1), "Soon.")),
            lambda: replace(a_rule(rule.code, draw)),
        ]
    )()


DAYS = (None, date(2026, 1, 1), date(2027, 3, 1))


@given(st.integers(0, 2**32), st.booleans(), st.sampled_from(DAYS))
def test_the_dry_run_of_a_rule_is_the_difference_of_two_whole_reviews(shipped, seed, is_new, day):
    draw = random.Random(seed)
    model, settings = engine_architecture(random_architecture(seed)), Settings(as_of=day)
    rule = a_rule("NEW-001", draw) if is_new else changed(draw.choice(shipped.rules), draw)
    before = replace(
        shipped, rules=tuple(changed(each, draw) if draw.random() < 0.1 else each for each in shipped.rules)
    )

    fast = Baseline(model, before, settings).with_rule(rule)

    assert fast == differences(review(model, before, settings), review(model, with_rule(before, rule), settings))


def test_drawn_changes_change_something(shipped):
    """Without this the law above could hold of nothing but empty comparisons."""
    found = dict.fromkeys(Changes.__dataclass_fields__, 0)
    for seed in range(150):
        draw = random.Random(seed)
        model = engine_architecture(random_architecture(seed))
        rule = a_rule("NEW-001", draw) if seed % 3 == 0 else changed(draw.choice(shipped.rules), draw)
        changes = Baseline(model, shipped).with_rule(rule)
        for name in found:
            found[name] += bool(getattr(changes, name))
    # No rule that is silent here can be heard, no campaign runs beforehand, and obligations are no rules.
    for name in ("recovered", "upcoming_before", "duties"):
        del found[name]
    assert all(found.values()), found


def test_what_was_there_already_is_no_change(shipped):
    model = engine_architecture(random_architecture(5))
    base = Baseline(model, shipped)
    assert not any(base.with_rule(rule) for rule in shipped.rules)


def test_a_review_that_is_there_already_serves_as_the_baseline(shipped):
    model = engine_architecture(random_architecture(7))
    kept = review(model, shipped)
    rule = replace(shipped.rules[0], enabled=False)
    assert Baseline(model, shipped, review=kept).with_rule(rule) == Baseline(model, shipped).with_rule(rule)


WAITING = architecture(call("a", "b", style="request_response", circuit_breaker=False))


def test_another_severity_weighs_and_another_message_words(shipped):
    base = Baseline(engine_architecture(WAITING), shipped)
    rule = next(rule for rule in shipped.rules if rule.code == "RES-001")
    ((before, after),) = base.with_rule(replace(rule, severity="low")).weighed
    assert (before.severity, after.severity) == ("high", "low")
    ((before, after),) = base.with_rule(replace(rule, message="No breaker.")).reworded
    assert after.message == "No breaker."


def test_a_question_that_others_wait_for_is_neither_new_nor_settled(shipped):
    """`RES-001` asks for the breaker; a second rule that asks the same brings no question, and takes none away."""
    model = engine_architecture(architecture(call("a", "b", style="request_response")))
    rule = next(rule for rule in shipped.rules if rule.code == "RES-001")
    second = replace(rule, code="NEW-001")
    assert not Baseline(model, shipped).with_rule(second).asked
    alone = Catalog(version="", rules=(rule,))
    assert Baseline(model, alone).with_rule(replace(rule, enabled=False)).settled == (
        ("edge", "a-b", "circuit_breaker"),
    )
    assert not Baseline(model, with_rule(alone, second)).with_rule(replace(rule, enabled=False)).settled


def test_a_rule_that_fails_is_told_of_and_its_other_findings_stand(shipped):
    """No file and no form lets a text through where a number stands: such a model is made by hand."""
    edges = (call("a", to, style="request_response", retries=number) for to, number in EDGES)
    rule = replace(
        shipped.rules[0], code="NEW-001", scope="edge", condition="edge.retries > 1", severity="low", message="So."
    )
    changes = Baseline(engine_architecture(architecture(*edges)), Catalog(version="", rules=())).with_rule(rule)
    assert [finding.subject.id for finding in changes.appearing] == ["a-b"]
    assert [(each.rule, "a-c" in each.why) for each in changes.failing] == [("NEW-001", True)]


EDGES = (("b", 2), ("c", "three"), ("d", 0))


def test_findings_that_begin_or_cease_to_count_weigh_otherwise(shipped):
    rule = next(rule for rule in shipped.rules if rule.code == "RES-001")
    campaign = replace(rule, campaign=Campaign(date(2027, 3, 1)))
    model = engine_architecture(WAITING)
    becomes = Baseline(model, shipped).with_rule(campaign)
    assert [(before.rule, after.severity) for before, after in becomes.weighed] == [("RES-001", "high")]
    assert (set(becomes.upcoming_before), set(becomes.upcoming_after)) == (set(), {"RES-001"})
    counts = Baseline(model, with_rule(shipped, campaign)).with_rule(rule)
    assert (len(counts.weighed), set(counts.upcoming_before), set(counts.upcoming_after)) == (1, {"RES-001"}, set())
    # From its day on it counts, and nothing changes any more.
    assert not Baseline(model, shipped, Settings(as_of=date(2027, 3, 1))).with_rule(campaign)


def test_obligations_are_compared_by_two_reviews(shipped):
    model = engine_architecture(WAITING)
    fewer = replace(shipped, obligations=tuple(duty for duty in shipped.obligations if duty.duty != "breaker"))
    before, after = review(model, shipped), review(model, fewer)
    assert differences(before, after).duties == (("a-b", "breaker", "missing", None),)
    assert not differences(before, before)


def test_settings_are_compared_by_two_reviews(shipped):
    """A limit moves verdicts of the graph, so that nothing less than a whole review will do."""
    chain = architecture(
        *(call(one, other, style="request_response") for one, other in ("ab", "bc", "cd")),
        services=[{"id": "a", "entry_point": True}],
    )
    model = engine_architecture(chain)
    changes = differences(review(model, shipped), review(model, replace(shipped, hop_limit=3)))
    assert {finding.rule for finding in changes.disappearing} >= {"HOP-004"}
    assert not changes.appearing
