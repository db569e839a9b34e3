"""Every name of the language exists on the facts, has a meaning, and no fact lacks a name."""

import dataclasses

import pytest

from archreview.engine import fact_tables, facts, model, questions
from archreview.engine.analysis import Analysis, Settings
from archreview.engine.catalog import Catalog
from archreview.engine.language.schema import (
    COMPUTED_CHANNEL,
    COMPUTED_EDGE,
    COMPUTED_FLOW,
    COMPUTED_SERVICE,
    COMPUTED_SYSTEM,
    NAMES_OF_SCOPE,
    Kind,
    Place,
    names_of,
)

ENTRIES = [(scope, entry) for scope in NAMES_OF_SCOPE for entry in names_of(scope).values()]
OWNERS = {
    "edge": (facts.EdgeFacts, model.Edge),
    "flow": (facts.FlowFacts, model.Flow),
    "service": (facts.ServiceFacts, model.Service),
    "channel": (facts.ChannelFacts, model.Channel),
    "system": (facts.SystemFacts, model.System),
}
COMPUTED = {
    "edge": COMPUTED_EDGE,
    "flow": COMPUTED_FLOW,
    "service": COMPUTED_SERVICE,
    "channel": COMPUTED_CHANNEL,
    "system": COMPUTED_SYSTEM,
}
# What the facts hold for the engine itself, or under other names.
NOT_NAMES = {"model", "asks", "source", "target", "channel", "answers"}


def fields_of(owner):
    named: tuple[str, ...] = getattr(owner, "_fields", ())
    return set(named) or {field.name for field in dataclasses.fields(owner)}


@pytest.mark.parametrize(("scope", "entry"), ENTRIES, ids=lambda value: getattr(value, "path", value))
def test_a_name_can_be_read_and_says_what_it_means(scope, entry):
    owners = {
        Place.FACTS: OWNERS[scope][0],
        Place.MODEL: OWNERS[scope][1],
        Place.ANSWERS: model.Answers,
        Place.SOURCE: model.Service,
        Place.TARGET: model.Service,
        Place.CHANNEL_FACTS: facts.ChannelFacts,
        Place.CHANNEL_MODEL: model.Channel,
    }

    assert entry.attribute in fields_of(owners[entry.place])
    assert entry.meaning.strip()
    assert not entry.meaning.endswith(".")
    assert entry.type.kind is not Kind.CHOICE or entry.type.choices
    assert entry.type.kind is not Kind.LIST or entry.type.element


@pytest.mark.parametrize("scope", NAMES_OF_SCOPE)
def test_every_computed_fact_has_a_name(scope):
    assert fields_of(OWNERS[scope][0]) - NOT_NAMES == {line.attribute for line in COMPUTED[scope]}


def test_every_registered_fact_has_a_name_in_every_scope_that_it_belongs_to():
    edge, service, channel = names_of("edge"), names_of("service"), names_of("channel")

    assert {f"edge.{fact.name}" for fact in fact_tables.EDGE_FACTS} <= set(edge)
    assert {f"edge.answers.{key}" for key in questions.ANSWERS} <= set(edge)
    for root in ("source", "target"):
        assert {f"{root}.{fact.name}" for fact in fact_tables.SERVICE_FACTS} <= set(edge)
    assert {f"channel.{fact.name}" for fact in fact_tables.CHANNEL_FACTS} <= set(edge) & set(channel)
    assert {f"service.{fact.name}" for fact in fact_tables.SERVICE_FACTS} <= set(service)


def test_every_fact_that_can_be_none_can_be_asked_whether_it_is_there():
    for root, table in (("edge", fact_tables.EDGE_FACTS), ("channel", fact_tables.CHANNEL_FACTS)):
        with_none = {f"{root}.has_{fact.name}" for fact in table if fact.none}

        assert with_none <= set(names_of(root))


def test_the_facts_of_an_edge_without_a_channel_can_be_unknown():
    assert all(entry.optional for path, entry in names_of("edge").items() if path.startswith("channel."))
    assert not names_of("channel")["channel.id"].optional


def test_a_tier_is_compared_as_a_number():
    tier = names_of("edge")["source.tier"].type

    assert (tier.kind, tier.least, tier.most) == (Kind.NUMBER, 1, 4)


def test_the_engine_asks_for_what_the_schema_says_a_name_rests_on():
    """Where the table names the fact, compiled conditions ask for it without asking the engine."""
    silent = model.Edge("e", source="a", target="b")
    analysis = Analysis(
        model.Architecture(services=(model.Service("a"), model.Service("b")), edges=(silent,)),
        Catalog("1", ()),
        Settings(),
    )
    facts_of_edge = analysis.judged["e"].facts
    resting = [entry for entry in names_of("edge").values() if entry.rests_on]

    assert {entry.attribute: facts_of_edge.asks(entry.attribute) for entry in resting} == {
        entry.attribute: (("edge", "e", entry.rests_on),) for entry in resting
    }
    assert all(getattr(facts_of_edge, entry.attribute) is None for entry in resting)


def test_every_fact_has_the_question_that_asks_for_it():
    tables = {
        "service": fact_tables.SERVICE_FACTS,
        "channel": fact_tables.CHANNEL_FACTS,
        "edge": fact_tables.EDGE_FACTS,
    }

    for kind, table in tables.items():
        asked = questions.FACT_QUESTIONS[kind]
        assert list(asked) == [fact.name for fact in table]
        assert all(text.endswith("?") and text[0].isupper() for text in asked.values())
