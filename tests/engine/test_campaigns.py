"""A rule whose day has not come says what it would say, and nothing of it counts."""

import json
from dataclasses import replace
from datetime import date

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archreview.engine.catalog import Campaign
from archreview.engine.review import Settings, review
from archreview.interchange.writers.results import to_dict, to_json
from archreview.interchange.writers.text import to_text
from tests.examples.reviewed import architecture as example_of
from tests.examples.reviewed import catalog
from tests.interchange.models import architectures
from tests.interchange.test_result import SCHEMA

DAY = date(2027, 3, 1)
BEFORE, AFTER = date(2027, 2, 28), DAY
NAME = "retailflow-before"


def with_campaigns(*codes, until=DAY):
    """The shipped catalog, in which these rules are campaigns; without codes, all of them."""
    rules = [
        replace(rule, campaign=Campaign(until, "The teams have time")) if not codes or rule.code in codes else rule
        for rule in catalog().rules
    ]
    return replace(catalog(), rules=tuple(rules))


def without(*codes):
    return replace(catalog(), rules=tuple(rule for rule in catalog().rules if rule.code not in codes))


def counted(result):
    """A result without what is apart, and without what names the catalog."""
    return {name: value for name, value in to_dict(result).items() if name not in ("upcoming", "catalog")}


@pytest.mark.parametrize("as_of", [None, BEFORE])
@settings(max_examples=25, suppress_health_check=list(HealthCheck))
@given(architecture=architectures(), data=st.data())
def test_before_its_day_a_campaign_counts_as_if_it_were_not_there(as_of, architecture, data):
    codes = data.draw(st.lists(st.sampled_from([rule.code for rule in catalog().rules]), min_size=1, unique=True))
    told = review(architecture, with_campaigns(*codes), Settings(as_of=as_of))
    apart = review(architecture, without(*codes), Settings(as_of=as_of))
    silent = {rule.rule for rule in told.not_evaluated}
    assert {**counted(told), "not_evaluated": []} == {**counted(apart), "not_evaluated": []}
    assert {rule.rule for rule in apart.not_evaluated} <= silent


@settings(max_examples=25, suppress_health_check=list(HealthCheck))
@given(architecture=architectures())
def test_from_its_day_on_a_campaign_counts_like_any_rule(architecture):
    then = review(architecture, with_campaigns(), Settings(as_of=AFTER))
    assert then == review(architecture, catalog(), Settings(as_of=AFTER))


def test_what_it_will_find_is_told_apart():
    ordinary = review(example_of(NAME), catalog())
    told = review(example_of(NAME), with_campaigns("RES-001")).upcoming
    assert told is not None
    assert told.findings == tuple(finding for finding in ordinary.findings if finding.rule == "RES-001")
    assert told.findings
    assert [(rule.rule, rule.until, rule.note) for rule in told.rules] == [("RES-001", DAY, "The teams have time")]
    asked = {(q.subject, q.fact) for q in ordinary.questions if "RES-001" in q.waiting}
    assert {(q.subject, q.fact) for q in told.questions} == asked


def test_the_result_has_its_key_only_where_a_campaign_waits():
    waiting = to_dict(review(example_of(NAME), with_campaigns("RES-001")))
    assert list(waiting)[-1] == "upcoming"
    assert not list(jsonschema.Draft202012Validator(SCHEMA).iter_errors(json.loads(to_json(waiting))))
    over = to_dict(review(example_of(NAME), with_campaigns("RES-001"), Settings(as_of=AFTER)))
    assert "upcoming" not in over
    assert "upcoming" not in to_dict(review(example_of(NAME), catalog()))


def test_people_at_a_terminal_are_told():
    rules = with_campaigns("RES-001")
    text = to_text(review(example_of(NAME), rules), rules)
    assert "Upcoming, counted from their day on:" in text
    assert "from 2027-03-01 (The teams have time)" in text
