import io
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.test import override_settings

from archreview.decisions.models import Decision
from archreview.jobs.models import Job, State
from archreview.registry.models import Edge, Service, Statement, System
from archreview.reviews.actions.snapshots import numbers_of
from archreview.reviews.analyses import current_analysis
from archreview.reviews.management.commands.demo import EXAMPLES, REAL_SYSTEMS
from archreview.reviews.models import AgendaItem, ReviewSession, Snapshot
from archreview.rules.models import CatalogChange, Draft, OverrideChange
from archreview.rules.queries import current_catalog
from archreview.workspaces.models import Membership, Workspace


def demo(*options: str) -> str:
    said = io.StringIO()
    call_command("demo", *options, stdout=said)
    return said.getvalue()


def stored() -> dict[str, Any]:
    kept: dict[str, Any] = {
        model.__name__: list(model._default_manager.order_by("pk").values())
        for model in (
            Service,
            Edge,
            System,
            Statement,
            CatalogChange,
            Draft,
            OverrideChange,
            ReviewSession,
            AgendaItem,
            Snapshot,
            Decision,
        )
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
    session = ReviewSession.objects.get(workspace__slug="examples")
    assert session.state == "planned"
    assert session.items.count() >= 3
    assert Snapshot.objects.filter(workspace__slug="real-systems").count() == 2
    drafts = Decision.objects.filter(workspace__slug="examples")
    assert {draft.matter["about"] for draft in drafts if draft.is_draft} == {"edge", "flow", "findings", "waiver"}
    assert {draft.template for draft in drafts} == {"madr", "own"}
    assert sum(draft.changed_by_people for draft in drafts) == 1
    before = stored()
    demo()
    assert stored() == before


def test_the_last_snapshot_tells_the_numbers_that_the_home_page_tells(db):
    demo()

    workspace = Workspace.objects.get(slug="real-systems")
    newest = Snapshot.objects.filter(workspace=workspace).latest("pk")
    assert newest.numbers == numbers_of(current_analysis(workspace))


def test_it_says_what_it_is_doing_file_by_file(db):
    said = demo().splitlines()

    assert [line.split()[0] for line in said if ", edges: " in line] == [
        *sorted({file.stem for file in EXAMPLES.glob("*.yaml")} - set(REAL_SYSTEMS)),
        *REAL_SYSTEMS,
    ]
    assert said.index("Making four accounts ...") < said.index("Accounts, for this demo only:")


def test_a_file_that_cannot_be_loaded_leaves_nothing_of_the_demo(db, tmp_path, monkeypatch):
    (tmp_path / "a.yaml").write_bytes((EXAMPLES / "retailflow-before.yaml").read_bytes())
    (tmp_path / "b.yaml").write_text("archreview: 1\nservices: 7\n")
    monkeypatch.setattr("archreview.reviews.management.commands.demo.EXAMPLES", tmp_path)

    with pytest.raises(CommandError, match="b.yaml"):
        demo()

    assert not Workspace.objects.exists()
    assert not User.objects.exists()


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


def test_it_shows_a_campaign_a_draft_and_a_workspace_that_judges_otherwise(db):
    demo()
    review = current_analysis(Workspace.objects.get(slug="examples")).review
    assert review.upcoming is not None
    assert {finding.rule for finding in review.upcoming.findings} == {"OWN-001"}
    assert Draft.objects.get().key == "RES-009"
    systems = current_catalog(Workspace.objects.get(slug="real-systems"))
    assert [rule.code for rule in systems.rules if not rule.enabled] == ["OBS-003"]


def test_it_asks_for_one_report_where_a_worker_comes_with_the_pages(db, django_capture_on_commit_callbacks):
    database = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    demo()
    assert not Job.objects.exists()
    with override_settings(BACKGROUND="beside", TASKS=database):
        with django_capture_on_commit_callbacks(execute=True):
            demo()
        demo()
    job = Job.objects.get()

    assert (job.workspace.slug, job.kind, job.state) == ("real-systems", "report", State.QUEUED)
