"""Administrators look the registry up; they change it as everybody does, so that it is known who said what."""

import pytest
from django.contrib.auth.models import User
from django.urls import reverse

from archreview.registry.models import Edge, Service

MODELS = ("system", "service", "channel", "edge", "flow", "statement")


@pytest.fixture
def admin(client, db):
    client.force_login(User.objects.create_superuser("ada"), backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.mark.ignore_template_errors
@pytest.mark.parametrize("model", MODELS)
def test_an_administrator_sees_the_list_and_adds_nothing(shop, admin, model):
    assert admin.get(reverse(f"admin:registry_{model}_changelist")).status_code == 200
    assert admin.get(reverse(f"admin:registry_{model}_add")).status_code == 403


@pytest.mark.ignore_template_errors
def test_an_administrator_sees_an_edge_and_cannot_change_it(shop, admin):
    edge = Edge.objects.get(workspace=shop, slug="cart-inventory")
    address = reverse("admin:registry_edge_change", args=[edge.pk])

    assert admin.get(address).status_code == 200
    assert admin.post(address, {"name": "Changed"}).status_code == 403
    assert admin.post(reverse("admin:registry_edge_delete", args=[edge.pk]), {"post": "yes"}).status_code == 403


@pytest.mark.ignore_template_errors
def test_an_administrator_finds_a_service_by_its_name(shop, admin):
    found = admin.get(reverse("admin:registry_service_changelist"), {"q": "Mailer"})

    assert [row.slug for row in found.context["cl"].queryset] == ["mailer"]
    assert Service.objects.filter(workspace=shop).count() == 4
