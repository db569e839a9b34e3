"""What is written can be read, and says the same."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings

from archreview.engine.model import Architecture, Edge, Flow, Service, Step, System, Team
from archreview.interchange.documents import Problems
from archreview.interchange.native import read_architecture
from archreview.interchange.prefixes import with_prefix
from archreview.interchange.writers.architecture import split_by_system, write_architecture
from tests.interchange.models import architectures, as_read

THOROUGH = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


def read(*texts):
    problems = Problems()
    sources = [(f"file-{number}.yaml", text) for number, text in enumerate(texts)]
    architecture = read_architecture(sources, problems=problems)
    assert architecture is not None, [str(problem) for problem in problems][:5]
    return replace(architecture, sources=())


@THOROUGH
@given(architectures())
def test_reading_what_was_written_gives_the_same_model(architecture):
    assert read(write_architecture(architecture)) == as_read(architecture)


@THOROUGH
@given(architectures())
def test_the_second_writing_is_byte_for_byte_the_first(architecture):
    first = write_architecture(architecture)
    assert write_architecture(read(first)) == first


@THOROUGH
@given(architectures())
def test_the_parts_by_system_read_together_are_the_whole(architecture):
    parts = split_by_system(architecture)
    texts = [write_architecture(part) for part in parts.values()]
    assert read(*texts) == as_read(architecture)


@THOROUGH
@given(architectures())
def test_a_prefix_makes_an_architecture_that_is_as_sound(architecture):
    prefixed = with_prefix(architecture, prefix="demo.")
    again = read(write_architecture(prefixed))
    assert [service.id for service in again.services] == sorted(f"demo.{s.id}" for s in architecture.services)
    assert [edge.id for edge in again.edges] == sorted(f"demo.{e.id}" for e in architecture.edges)


def test_the_order_of_the_parts_does_not_matter():
    services = (Service("b"), Service("a"))
    edges = (Edge("y", "a", "b"), Edge("x", "b", "a"))
    one = Architecture(services=services, edges=edges)
    other = Architecture(services=services[::-1], edges=edges[::-1])
    assert write_architecture(one) == write_architecture(other)


def test_an_empty_workspace_can_be_written_and_read():
    assert write_architecture(Architecture()) == "archreview: 1\n"
    assert read("archreview: 1\n") == Architecture()


def test_a_single_system_stands_as_that_of_the_file():
    text = write_architecture(Architecture(services=(Service("cart", system="shop"),), systems=(System("shop"),)))
    assert text == "archreview: 1\nsystem:\n  id: shop\nservices:\n  - id: cart\n"


def test_several_systems_stand_in_one_file():
    architecture = Architecture(
        services=(
            Service("cart", "cart", system="shop"),
            Service("ledger", "ledger", system="books"),
            Service("x", "x"),
        ),
        systems=(System("books", "books"), System("shop", "shop")),
    )
    assert read(write_architecture(architecture)) == architecture


def test_texts_from_a_form_keep_one_kind_of_line_break():
    architecture = Architecture(services=(Service("cart", description="one\r\ntwo\rthree"),))
    assert read(write_architecture(architecture)).services[0].description == "one\ntwo\nthree"


@pytest.mark.parametrize(
    "name",
    [
        "no", "Yes", "null", "~", "true", "12:30", "0o17", "1e5", ".inf", "2026-11-02", "017", "- a", "a: b", "a #b",
        "#a", "*a", "&a", "!a", "{a", "[a", "a,b", "'a'", '"a"', "a\\b", "|", ">", "%a", "@a", "`a", "a:", "=", "<<",
        "ünïcode", "日本語", "😀", "?", "? a", "-", "--- a", "...", "x" * 200, "unknown", "none", "a\u00a0b",
    ],
)  # fmt: skip
def test_a_name_stays_what_it_is_whatever_yaml_makes_of_it(name):
    architecture = Architecture(
        services=(Service("a", name, name), Service("b")),
        edges=(Edge("a-b", "a", "b", name),),
        flows=(Flow("f", "a", (Step("a-b"),), name),),
        teams=(Team("t", name),),
    )
    again = read(write_architecture(architecture))
    assert {again.services[0].name, again.services[0].description, again.edges[0].name, again.teams[0].name} == {name}


def test_a_prefix_reaches_every_mention():
    architecture = Architecture(
        services=(Service("a", "A", team="t", system="s"), Service("b", "B")),
        edges=(Edge("a-b", "a", "b", "call"),),
        flows=(Flow("f", "a", (Step("a-b", then=()), Step(parallel=(Step("a-b"),)))),),
        systems=(System("s", "S"),),
        teams=(Team("t", "T"),),
    )
    prefixed = with_prefix(architecture, prefix="p.")
    text = write_architecture(prefixed)
    for line in text.splitlines():
        key, _, value = line.strip().removeprefix("- ").partition(": ")
        if key in ("id", "from", "to", "team", "system", "entry", "edge") and value:
            assert value.startswith("p."), line
    assert prefixed.services[0].name == "A"
