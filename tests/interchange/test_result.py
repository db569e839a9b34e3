"""The JSON result has the keys and values that docs/result.md and docs/result.schema.json describe."""

import json
import math
from pathlib import Path

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings

from archreview.engine.model import Architecture, Location
from archreview.engine.results import Finding, Subject
from archreview.engine.review import review
from archreview.interchange.writers.results import number, plain_value, to_dict, to_json
from tests.examples.reviewed import NAMES, catalog, example
from tests.interchange.models import architectures

DOCS = Path(__file__).resolve().parents[2] / "docs"
SCHEMA = json.loads((DOCS / "result.schema.json").read_text())
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)


def errors(result):
    return [f"{error.json_path}: {error.message}"[:300] for error in VALIDATOR.iter_errors(result)]


def test_the_schema_is_one():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("name", NAMES)
def test_the_result_of_an_example_is_as_described(name):
    assert errors(json.loads(to_json(to_dict(example(name))))) == []


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(architectures())
def test_the_result_of_any_architecture_is_as_described(architecture):
    assert errors(json.loads(to_json(to_dict(review(architecture, catalog()))))) == []


def test_the_schema_refuses_what_is_no_result():
    result = to_dict(example("retailflow-before"))
    for path, value in (
        (("edges", 0, "matrix", "verdict"), "maybe"),
        (("flows", 0, "within_rule"), "no"),
        (("findings", 0, "fingerprint"), "x"),
        (("summary", "findings", "high"), -1),
        (("surprise",), 1),
    ):
        broken = json.loads(to_json(result))
        place = broken
        for key in path[:-1]:
            place = place[key]
        place[path[-1]] = value
        assert errors(broken), path
    missing = json.loads(to_json(result))
    del missing["gone"]
    assert errors(missing)


def test_keys_stand_in_the_order_of_the_schema():
    """The schema is written in the order that a result has, so one order is kept in one place."""

    def check(value, schema):
        schema = SCHEMA["$defs"][schema["$ref"].rsplit("/", 1)[-1]] if "$ref" in schema else schema
        schema = schema["anyOf"][0] if "anyOf" in schema else schema
        if isinstance(value, dict) and "properties" in schema:
            optional = set(schema["properties"]) - set(schema["required"])
            assert list(value) == [key for key in schema["properties"] if key in value or key not in optional]
            for key, inner in value.items():
                check(inner, schema["properties"][key])
        elif isinstance(value, list) and "items" in schema:
            for inner in value:
                check(inner, schema["items"])

    for name in NAMES:
        check(to_dict(example(name)), SCHEMA)


def test_every_key_is_told_of_in_words():
    text = (DOCS / "result.md").read_text()

    def keys(schema):
        for key, inner in schema.get("properties", {}).items():
            yield key
            yield from keys(inner)
        yield from (key for inner in schema.get("anyOf", ()) for key in keys(inner))
        if "items" in schema:
            yield from keys(schema["items"])

    told = {key for part in (SCHEMA, *SCHEMA["$defs"].values()) for key in keys(part)}
    assert [key for key in sorted(told) if f"`{key}`" not in text and key not in ENDS] == []


# Ends of edges, counts and names whose meaning their surroundings say.
ENDS = {
    "id", "from", "to", "kind", "name", "version", "rules", "file", "format", "line", "why", "count", "ids", "service",
    "services", "entries", "channels", "edges", "flows", "edges_in", "edges_out", "entry", "user_facing",
    "critical", "high", "medium", "low", "info", "flows_user_facing", "certain", "position", "over", "basis",
    "question", "answer", "duty", "state",
}  # fmt: skip


def test_findings_are_sorted_by_severity_rule_and_subject():
    order = ["critical", "high", "medium", "low", "info"]
    for name in NAMES:
        found = to_dict(example(name))["findings"]
        assert found == sorted(
            found, key=lambda finding: (order.index(finding["severity"]), finding["rule"], finding["subject"]["id"])
        )


def test_an_empty_architecture_has_a_result():
    result = to_dict(review(Architecture(), catalog()))
    assert errors(result) == []
    assert result["findings"] == []


def test_what_is_known_to_be_absent_is_the_word_none():
    assert plain_value({"timeout_ms": math.inf, "calls": ("a", "b"), "x": {"y": 4000.0}}) == {
        "timeout_ms": "none",
        "calls": ["a", "b"],
        "x": {"y": 4000},
    }


def test_whole_numbers_have_no_point_and_nothing_is_rounded():
    assert json.dumps(number(4000.0)) == "4000"
    assert json.dumps(number(98.90548353295398)) == "98.90548353295398"
    assert number(math.inf) is None
    assert number(None) is None


def test_a_finding_says_where_its_subject_stands():
    found = example("retailflow-before").findings[0]
    location = to_dict(example("retailflow-before"))["findings"][0]["location"]
    assert found.location == Location(location["file"], location["line"])


def test_a_finding_of_the_database_has_no_location():
    finding = Finding("X", "low", Subject("edge", "e"), "text", {})
    assert finding.location is None
