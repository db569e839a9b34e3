"""An administrator, a workspace with something to find in it, and the catalog that every database begins with."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from archreview.reviews.analyses import forget_analyses
from archreview.rules.models import Rule
from archreview.workspaces.actions import add_member
from archreview.workspaces.models import Role
from tests.registry.conftest import shop

__all__ = ["shop"]


@pytest.fixture(autouse=True)
def _no_analyses_of_other_tests():
    forget_analyses()


@pytest.fixture
def ada(db):
    return User.objects.create_superuser("ada", first_name="Ada", last_name="Admin")


@pytest.fixture
def ada_client(ada, workspace):
    add_member(workspace, user=ada, role=Role.LEAD)
    client = Client()
    client.force_login(ada, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def breaker(db):
    """RES-001: a synchronous call without a circuit breaker."""
    return Rule.objects.get(code="RES-001")


EXAMPLES = """\
- title: A webhook that anybody may send
  expect: match
  subject: shop-bank
  architecture:
    services: [{id: shop}, {id: bank, kind: external}]
    edges: [{id: shop-bank, from: shop, to: bank, style: webhook, callback_auth: false}]
- title: A signed webhook
  expect: no_match
  subject: shop-bank
  architecture:
    services: [{id: shop}, {id: bank, kind: external}]
    edges: [{id: shop-bank, from: shop, to: bank, style: webhook, callback_auth: true}]
- title: Nobody has said
  expect: ask
  subject: shop-bank
  architecture:
    services: [{id: shop}, {id: bank, kind: external}]
    edges: [{id: shop-bank, from: shop, to: bank, style: webhook}]
"""


def webhook_rule(**changes):
    """A rule that the shipped catalog lacks, unsaved."""
    values = {
        "code": "OWN-001",
        "title": "Webhook that anybody may send",
        "category": "messaging",
        "scope": "edge",
        "condition": 'edge.style == "webhook" && edge.callback_auth == false',
        "severity": "high",
        "message": "{target.name} believes whoever calls back.",
        "why": "Anybody can say that it was paid.",
        "remedy": "Sign it.",
        "examples": EXAMPLES,
    }
    return Rule(**{**values, **changes})
