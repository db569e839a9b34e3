"""The example files are as good as what they are examples of."""

import pytest

from archreview.interchange.writers.architecture import write_architecture
from tests.examples.reviewed import EXAMPLES, NAMES, architecture, example


@pytest.mark.parametrize("name", NAMES)
def test_an_example_is_written_as_the_product_writes_it(name):
    assert write_architecture(architecture(name)) == (EXAMPLES / f"{name}.yaml").read_text()


@pytest.mark.parametrize("name", NAMES)
def test_an_example_says_in_its_description_where_it_is_from(name):
    (system,) = architecture(name).systems
    words = ("Stated:", "Chosen:") if name not in ("online-boutique", "bookinfo") else ("at commit",)
    assert all(word in system.description for word in words)
    assert system.name


def test_no_two_examples_have_one_name():
    names = [architecture(name).systems[0].name for name in NAMES]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("name", [name for name in NAMES if name.endswith("-after")])
def test_an_after_has_no_critical_finding_and_no_more_of_any_than_its_before(name):
    weights = {"critical": 40, "high": 20, "medium": 8, "low": 3, "info": 0}

    def weight(which):
        return sum(weights[finding.severity] for finding in example(which).findings)

    assert not [finding for finding in example(name).findings if finding.severity == "critical"]
    assert weight(name) <= weight(name.replace("-after", "-before"))


def test_nothing_in_the_examples_names_what_does_not_exist():
    for name in NAMES:
        assert example(name).summary.edges == len(architecture(name).edges)
