import io
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command

from archreview.decisions.models import Decision
from archreview.registry.models import Edge, Service, Statement, System
from archreview.reviews.management.commands.demo import EXAMPLES, REAL_SYSTEMS
from archreview.workspaces.models import Membership, Workspace


def demo(*options: str) -> str:
    said = io.StringIO()
    call_command("demo", *options, stdout=said)
    return said.getvalue()


def stored() -> dict[str, Any]:
    kept: dict[str, Any] = {
        model.__name__: list(model.objects.order_by("pk").values())
        for model in (Service, Edge, System, Statement, Decision)
    }
    return {**kept, "workspaces": list(Workspace.objects.order_by("pk").values())}


def test_it_loads_every_example_as_its_own_system_and_changes_nothing_the_second_time(db):
    said = demo()
    assert "lia    demo-lia-2026" in said
    stems = {file.stem for file in EXAMPLES.glob("*.yaml")} - set(REAL_SYSTEMS)
    systems = System.objects.filter(workspace__slug="examples").values_list("slug", flat=True)
    assert len(stems) >= 20
    assert {system.partition(".")[0] for system in systems} == stems
    real = System.objects.filter(workspace__slug="real-systems").values_list("slug", flat=True)
    assert sorted(real) == ["bookinfo", "online-boutique"]
    came_in = Decision.objects.filter(workspace__slug="examples").exclude(imported_from="")
    assert set(came_in.values_list("status", flat=True)) == {"accepted", "superseded", "rejected"}
    roles = dict(Membership.objects.filter(workspace__slug="examples").values_list("user__username", "role"))
    assert roles == {"lia": "lead", "remy": "reviewer", "vera": "viewer", "ada": "lead"}
    before = stored()
    demo()
    assert stored() == before


def test_it_refuses_a_database_in_which_somebody_else_has_an_account(db):
    User.objects.create_user("ana")
    with pytest.raises(CommandError, match="--force"):
        demo()
    assert not User.objects.filter(username="lia").exists()


def test_it_never_takes_over_an_account_of_the_same_name(db):
    ana = User.objects.create_user("lia", email="lia@example.org", password="her own password")
    with pytest.raises(CommandError, match="no demo made"):
        demo("--force")
    ana.refresh_from_db()
    assert ana.check_password("her own password")
