import pytest

from archreview.decisions.actions import Text, decide, write_decision
from archreview.decisions.draft import Confirmation, Draft, FactOfDecision, People
from archreview.decisions.models import Status
from archreview.decisions.record_templates import BUILT_IN
from archreview.drawing import Edge, Family, Map, Node

BODY = "## Context and Problem Statement\n\nCart waits for Inventory.\n\n## Considered Options\n\n* one\n* two\n"


@pytest.fixture
def text():
    return Text(title="Publish OrderPlaced on Kafka", body=BODY, decision_makers="Ana, Ben")


@pytest.fixture
def proposed(workspace, member, text):
    """A draft by the member, number 1."""
    return write_decision(workspace=workspace, text=text, by=member)


@pytest.fixture
def draft():
    """What the generator would hand over."""
    picture = Map(
        title="Cart and Inventory",
        nodes=(Node(id="cart", name="Cart"), Node(id="inventory", name="Inventory")),
        edges=(Edge(id="cart-inventory", source="cart", target="inventory", family=Family.SYNCHRONOUS),),
    )
    return Draft(
        title="Queue Reserve stock",
        sections=BUILT_IN["madr"].read(BODY),
        facts=(FactOfDecision("edge", "cart-inventory", "timeout_ms", float("inf"), "registered", by="ana"),),
        confirmation=Confirmation(edge="cart-inventory", styles=("queue",), rules=("MSG-005",)),
        people=People(consulted=("Ana",)),
        before=picture,
        catalog_version="1.0",
    )


@pytest.fixture
def a_log(workspace, owner, member):
    """Three decisions: one accepted and superseded, its successor, and a draft that links to both."""
    first = write_decision(
        workspace=workspace, text=Text("Call Pricing", "## Context\n\nOld.", tags="calls"), by=member
    )
    decide(first, to=Status.ACCEPTED, version=1, by=owner)
    second = write_decision(workspace=workspace, text=Text("Queue for Pricing", "## Context\n\nNew."), by=member)
    decide(second, to=Status.ACCEPTED, version=1, by=owner)
    decide(first, to=Status.SUPERSEDED, version=2, by=owner, successor=second)
    body = f"See [the first]({first.file_name}) and [the second](./{second.file_name}#context)."
    write_decision(workspace=workspace, text=Text("A draft", body, decision_makers="Ana, Ben"), by=member)
    return workspace
