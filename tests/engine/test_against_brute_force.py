"""
The engine against a second implementation of the same text, on thousands of small random models.

A disagreement is shown with the smallest architecture that still has it. `BRUTE_FORCE_SEEDS` asks for more than
the usual number of seeds.
"""

import copy
import json
import os

import pytest
from hypothesis import given, settings

from archreview.engine.review import review
from archreview.interchange.documents import Problems
from archreview.interchange.native import read_architecture
from archreview.interchange.writers.results import to_dict
from tests.engine.brute_force import review as brute_review
from tests.engine.comparison import differences, shrunk, told
from tests.engine.random_architectures import larger_architecture, plain_architectures, random_architecture
from tests.engine.small import bare_catalog, reviewed

SEEDS = int(os.environ.get("BRUTE_FORCE_SEEDS", "2000"))
PARTS = 10
SETTINGS = ({"hop_limit": 2}, {"hop_limit": 1}, {"hop_limit": 3, "default_availability": 99.5})


def disagreements(architecture, **chosen):
    """Give where the two differ, as texts."""
    return list(differences(brute_review(architecture, **chosen), reviewed(architecture, **chosen)))


def field_of(difference):
    """Give the name of the field that a difference is about, whatever the ids of the elements."""
    return difference.split(":")[0].rsplit(".", 1)[-1]


def report(architecture, **chosen):
    """Give the first difference about the smallest architecture that still differs in the same field."""
    first = field_of(disagreements(architecture, **chosen)[0])

    def still_differs(smaller):
        return any(field_of(difference) == first for difference in disagreements(smaller, **chosen))

    smallest = shrunk(architecture, still_differs)
    return "\n".join([*disagreements(smallest, **chosen), f"with {chosen}", told(smallest)])


@pytest.mark.parametrize("part", range(PARTS))
def test_engine_and_brute_force_agree_on_every_field(part):
    for seed in range(part, SEEDS, PARTS):
        architecture = random_architecture(seed)
        chosen = SETTINGS[seed // PARTS % len(SETTINGS)]
        if disagreements(architecture, **chosen):
            pytest.fail(f"seed {seed}\n{report(architecture, **chosen)}")


def test_they_agree_on_larger_models():
    for seed in range(SEEDS // 20):
        architecture = larger_architecture(seed)
        if disagreements(architecture):
            pytest.fail(f"seed {seed}\n{report(architecture)}")


@settings(max_examples=50, deadline=None)
@given(plain_architectures())
def test_engine_and_brute_force_agree_on_what_hypothesis_draws(architecture):
    assert disagreements(architecture) == []


def test_the_models_are_valid_files_and_give_the_same_review_when_read_from_one():
    for seed in range(150):
        architecture = random_architecture(seed)
        problems = Problems()
        read = read_architecture([("architecture.json", json.dumps(architecture))], problems=problems)
        assert [str(problem) for problem in problems.all()] == []
        assert read is not None
        from_file = to_dict(review(read, bare_catalog()))
        assert list(differences(from_file | {"sources": []}, reviewed(architecture))) == []


def test_the_comparison_sees_a_changed_value_in_any_field():
    """The negative control: change one value of a result, and exactly that one is told."""
    seen = set()
    for seed in range(8):
        ours = brute_review(random_architecture(seed))
        changed = copy.deepcopy(ours)
        for keys in leaves(ours):
            inner = changed
            for key in keys[:-1]:
                inner = inner[key]
            value, inner[keys[-1]] = inner[keys[-1]], another(inner[keys[-1]])
            [difference] = differences(ours, changed)
            assert difference.startswith(f".{keys[0]}")
            seen.add(field_of(difference))
            inner[keys[-1]] = value
    assert {"verdict", "fit", "sync_calls", "availability", "effective_latency_ms", "deepest", "certain"} <= seen


def test_the_comparison_fails_where_the_engine_judges_another_model():
    """The negative control of the whole way: an engine that took every hand-off for a call is found out."""
    found = 0
    for seed in range(60):
        architecture = random_architecture(seed)
        other = copy.deepcopy(architecture)
        for edge in other["edges"]:
            if edge.get("style") == "webhook":
                edge["style"] = "request_response"
        found += bool(list(differences(brute_review(architecture)["flows"], reviewed(other)["flows"])))
    assert found > 0


def test_a_disagreement_is_shown_with_the_smallest_model_that_has_it():
    seed = next(n for n in range(100) if len(random_architecture(n)["flows"]) == 3)

    def has_a_step(smaller):
        return any(flow["steps"] for flow in smaller["flows"])

    smallest = shrunk(random_architecture(seed), has_a_step)

    lines = told(smallest).splitlines()
    assert [line.split(":")[0] for line in lines if line.endswith(":")] == ["services", "edges", "flows"]
    assert (len(smallest["services"]), len(smallest["edges"]), len(smallest["flows"])) == (2, 1, 1)
    [edge], [flow] = smallest["edges"], smallest["flows"]
    assert set(edge) == {"id", "from", "to"}
    assert flow == {"id": flow["id"], "entry": edge["from"], "steps": [{"edge": edge["id"]}]}
    assert lines[-1] == f"  - {{id: {flow['id']}, entry: {edge['from']}, steps: [{{edge: {edge['id']}}}]}}"


def leaves(value, keys=()):
    """Yield the way to every value that is neither a dict nor a list of dicts."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from leaves(inner, (*keys, key))
    elif isinstance(value, list) and value and isinstance(value[0], dict):
        for index, inner in enumerate(value):
            yield from leaves(inner, (*keys, index))
    else:
        yield keys


def another(value):
    """Give a value of the same kind that is not the same."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return value + max(1e-6, abs(value) * 1e-6)
    if isinstance(value, list):
        return [*value, "x"]
    return "x"
