"""What a review says never depends on the order in which rules and obligations stand in the catalog."""

from dataclasses import replace
from datetime import date

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archreview.engine.catalog import Campaign
from archreview.engine.review import Settings, review
from tests.examples.reviewed import NAMES, catalog
from tests.examples.reviewed import architecture as example_of
from tests.interchange.models import architectures


@settings(max_examples=25, suppress_health_check=list(HealthCheck))
@given(
    architecture=st.one_of(architectures(), st.sampled_from(NAMES)),
    order=st.permutations(range(len(catalog().rules))),
    campaigns=st.sets(st.integers(0, len(catalog().rules) - 1), max_size=5),
    as_of=st.sampled_from([None, date(2026, 11, 2)]),
)
def test_shuffled_rules_give_the_same_review(architecture, order, campaigns, as_of):
    later = Campaign(date(2027, 1, 1))
    rules = [
        replace(rule, campaign=later) if place in campaigns else rule for place, rule in enumerate(catalog().rules)
    ]
    ordered = replace(catalog(), rules=tuple(rules))
    shuffled = replace(catalog(), rules=tuple(rules[place] for place in order))
    architecture = example_of(architecture) if isinstance(architecture, str) else architecture
    told = Settings(as_of=as_of)
    assert review(architecture, shuffled, told) == review(architecture, ordered, told)


@settings(max_examples=10, suppress_health_check=list(HealthCheck))
@given(order=st.permutations(range(len(catalog().obligations))))
def test_shuffled_obligations_give_the_same_duties(order):
    duties = [catalog().obligations[place] for place in order]
    architecture = example_of("retailflow-before")
    one = review(architecture, catalog())
    other = review(architecture, replace(catalog(), obligations=tuple(duties)))
    assert [set(edge.obligations) for edge in other.edges] == [set(edge.obligations) for edge in one.edges]
    assert other.findings == one.findings
