"""The columns are the facts of the engine, and the database keeps what the fact tables promise."""

import math

import pytest
from django.db import IntegrityError, models, transaction

from archreview.engine.fact_tables import CHANNEL_FACTS, EDGE_FACTS, SERVICE_FACTS, Kind
from archreview.engine.questions import ANSWERS
from archreview.registry.fields import FIELDS, FLOW_FACTS, Sort
from archreview.registry.models import Channel, Edge, Flow, FlowStep, Service, Statement
from archreview.registry.models.statement import State

TABLES = ((Service, SERVICE_FACTS), (Channel, CHANNEL_FACTS), (Edge, EDGE_FACTS), (Flow, FLOW_FACTS))
COLUMN_OF_KIND = {
    Kind.BOOLEAN: models.BooleanField,
    Kind.NUMBER: models.FloatField,
    Kind.COUNT: models.PositiveBigIntegerField,
    Kind.TEXT: models.TextField,
}


@pytest.mark.parametrize(("model", "facts"), TABLES, ids=lambda value: getattr(value, "__name__", ""))
def test_there_is_a_column_of_its_kind_for_each_fact(model, facts):
    for fact in facts:
        column = model._meta.get_field(fact.name)
        if fact.kind == Kind.CHOICE:
            assert isinstance(column, (models.CharField, models.TextField, models.PositiveSmallIntegerField)), fact.name
        else:
            assert type(column) is COLUMN_OF_KIND[fact.kind], fact.name
        assert column.null or fact.name in {"kind", "user_facing", "origin"}, fact.name


def test_there_is_a_column_for_each_answer():
    for key in ANSWERS:
        assert type(Edge._meta.get_field(f"answer_{key}")) is models.BooleanField


@pytest.mark.parametrize("kind", ["service", "channel", "edge", "flow"])
def test_no_column_is_left_without_a_field(kind):
    """A column that no field names would be stored by nobody and shown by nobody."""
    model = {"service": Service, "channel": Channel, "edge": Edge, "flow": Flow}[kind]
    own = {"id", "workspace", "slug", "version"}
    columns = {column.name for column in model._meta.concrete_fields} - own

    assert columns == {field.attribute for field in FIELDS[kind] if field.sort != Sort.STEPS}


IMPOSSIBLE = [
    (Edge, {"latency_p50_ms": 5, "latency_p99_ms": 4}),
    (Edge, {"style": "carrier_pigeon"}),
    (Edge, {"timeout_ms": 0}),
    (Edge, {"throughput_per_s": -1}),
    (Edge, {"max_deliveries": 0.5}),
    (Edge, {"duplicate_impact": "funny"}),
    (Service, {"availability": 100.1}),
    (Service, {"availability": 0}),
    (Service, {"tier": 5}),
    (Service, {"kind": "thing"}),
    (Channel, {"retention_hours": 0}),
    (Channel, {"ordering": "sometimes"}),
    (Flow, {"latency_budget_ms": 0}),
    (Flow, {"availability_target": 101}),
    (Flow, {"origin": "guessed"}),
]


@pytest.mark.parametrize(("model", "values"), IMPOSSIBLE, ids=lambda value: getattr(value, "__name__", str(value)))
def test_the_database_refuses_what_cannot_be(shop, model, values):
    row = model.objects.filter(workspace=shop).first()
    with pytest.raises(IntegrityError), transaction.atomic():
        model.objects.filter(pk=row.pk).update(**values)


def test_the_database_refuses_an_edge_to_its_own_service(shop):
    edge = Edge.objects.get(workspace=shop, slug="cart-inventory")
    with pytest.raises(IntegrityError), transaction.atomic():
        Edge.objects.filter(pk=edge.pk).update(target=edge.source)


def test_the_database_refuses_a_second_thing_of_one_id(shop):
    with pytest.raises(IntegrityError), transaction.atomic():
        Service.objects.create(workspace=shop, slug="cart", name="Again")


def test_the_database_refuses_a_second_current_statement(shop):
    statement = Statement.objects.filter(workspace=shop, state=State.CURRENT)[0]
    statement.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        statement.save(force_insert=True)


def test_the_database_refuses_a_step_below_itself(shop):
    step = FlowStep.objects.filter(workspace=shop)[0]
    with pytest.raises(IntegrityError), transaction.atomic():
        FlowStep.objects.filter(pk=step.pk).update(parent=step)


def test_none_of_a_number_comes_back_as_infinity(shop):
    edge = Edge.objects.get(workspace=shop, slug="cart-inventory")

    assert edge.timeout_ms == math.inf
