"""The story that most tests of the registry begin with: a shop whose cart reserves stock and announces orders."""

import pytest

from archreview.engine.model import Architecture
from archreview.interchange.documents import Problems
from archreview.interchange.native import read_architecture
from archreview.registry.actions import import_architecture

SHOP = """\
archreview: 1
system: {id: retailflow, name: RetailFlow checkout}
teams:
  - {id: checkout, name: Checkout}
services:
  - id: cart
    name: Cart
    team: checkout
    tier: 1
    entry_point: true
    availability: 99.9
    latency_p99_ms: 100
    links: [{name: Runbook, url: "https://wiki.example.org/cart"}]
  - {id: inventory, name: Inventory, availability: 99.9, latency_p99_ms: 100}
  - {id: mailer, name: Mailer, kind: worker}
  - {id: stock-db, name: Stock, kind: datastore}
channels:
  - {id: order-placed, name: OrderPlaced, intent: event, technology: kafka, ordering: per_entity,
     partition_key: order_id, retention_hours: none}
edges:
  - id: cart-inventory
    from: cart
    to: inventory
    name: Reserve stock
    style: request_response
    technology: http
    answers:
      immediate_feedback: true
      long_running: {value: false, by: ana, at: 2026-11-02, why: measured in the spring sale}
    timeout_ms: none
    circuit_breaker: false
    evidence: [{source: compose.yaml, line: 14, confidence: configured}]
  - {id: cart-mailer, from: cart, to: mailer, name: OrderPlaced, style: stream, channel: order-placed,
     idempotency_key: none}
  - {id: inventory-db, from: inventory, to: stock-db, style: request_response, technology: other}
flows:
  - id: checkout
    name: Check out
    entry: cart
    latency_budget_ms: 500
    steps:
      - edge: cart-inventory
        then: [{edge: inventory-db}]
      - parallel: [{edge: cart-mailer}]
"""


def architecture_of(text: str) -> Architecture:
    """Read a text that is right."""
    problems = Problems()
    architecture = read_architecture([("architecture.yaml", text)], problems=problems)
    assert architecture is not None, [str(problem) for problem in problems]
    return architecture


@pytest.fixture
def shop(workspace, owner):
    """The workspace with the shop in it."""
    import_architecture(workspace=workspace, architecture=architecture_of(SHOP), by=owner, source="architecture.yaml")
    return workspace
