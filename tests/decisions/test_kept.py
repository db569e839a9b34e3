"""A decided decision stays as it is, whatever door somebody comes through."""

import sqlite3
from contextlib import closing

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from archreview.decisions.actions import Text, decide, edit_draft, write_decision
from archreview.decisions.export import as_markdown, as_pdf
from archreview.decisions.guards import put_guards, take_guards_off
from archreview.decisions.models import Decision, DecisionVersion, Status
from archreview.decisions.sealing import NotAsDecided, content_hash_of, is_intact
from archreview.workspaces.actions import create_workspace, delete_workspace
from archreview.workspaces.models import Workspace

ONE = "/w/acme/decisions/1/"


@pytest.fixture
def accepted(proposed, owner):
    return decide(proposed, to=Status.ACCEPTED, version=1, by=owner)


def run(statement, *values):
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def everything():
    """All that is stored about decisions and their texts."""
    return list(Decision.objects.order_by("pk").values()), list(DecisionVersion.objects.order_by("pk").values())


def save(decision):
    decision.body = "Mine."
    decision.save()


def save_one_field(decision):
    decision.title = "Mine"
    decision.save(update_fields=["title"])


def bulk_update(decision):
    decision.body = "Mine."
    Decision.objects.bulk_update([decision], ["body"])


def another_hash(decision):
    decision.body = "Mine."
    Decision.objects.filter(pk=decision.pk).update(body="Mine.", content_hash=content_hash_of(decision))


def change_a_version(decision):
    DecisionVersion.objects.filter(decision=decision).update(body="Mine.")


def forge_a_version(decision):
    DecisionVersion.objects.create(decision=decision, number=99, title=decision.title, body="Mine.", status="accepted")


def replace_by_upsert(decision):
    Decision.objects.bulk_create(
        [Decision(pk=decision.pk, workspace=decision.workspace, number=1, title="Mine", body="Mine.")],
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=["title", "body"],
    )


ORM = {
    "save": save,
    "save of one field": save_one_field,
    "update": lambda decision: Decision.objects.filter(pk=decision.pk).update(body="Mine."),
    "update of the rendered text": lambda decision: Decision.objects.filter(pk=decision.pk).update(rendered="Mine."),
    "update of the people": lambda decision: Decision.objects.filter(pk=decision.pk).update(consulted="Me"),
    "update of the facts": lambda decision: Decision.objects.filter(pk=decision.pk).update(facts=["x"]),
    "update of what must hold": lambda decision: Decision.objects.filter(pk=decision.pk).update(confirmation={"a": 1}),
    "update of the number": lambda decision: Decision.objects.filter(pk=decision.pk).update(number=9),
    "update with another hash": another_hash,
    "back to a draft": lambda decision: Decision.objects.filter(pk=decision.pk).update(status="proposed"),
    "to rejected": lambda decision: Decision.objects.filter(pk=decision.pk).update(status="rejected"),
    "another version alone": lambda decision: Decision.objects.filter(pk=decision.pk).update(version=7),
    "bulk_update": bulk_update,
    "bulk_create with conflicts": replace_by_upsert,
    "delete": lambda decision: decision.delete(),
    "delete of a queryset": lambda decision: Decision.objects.filter(pk=decision.pk).delete(),
    "a version changed": change_a_version,
    "a version deleted": lambda decision: DecisionVersion.objects.filter(decision=decision).delete(),
    "a version forged": forge_a_version,
    "the workspace deleted past its action": lambda decision: Workspace.objects.filter(slug="acme").delete(),
}
SQL = [
    "UPDATE decisions_decision SET body = 'Mine.'",
    "UPDATE decisions_decision SET title = 'Mine', status = 'deprecated'",
    "UPDATE decisions_decision SET status = 'proposed'",
    "UPDATE decisions_decision SET decided_by_id = (SELECT max(id) FROM auth_user)",
    "UPDATE decisions_decision SET content_hash = ''",
    "DELETE FROM decisions_decisionversion",
    "DELETE FROM decisions_decision",
    "UPDATE decisions_decisionversion SET body = 'Mine.'",
    "UPDATE decisions_decisionversion SET decision_id = 0",
]
SQLITE = [
    "UPDATE OR REPLACE decisions_decision SET number = 1 WHERE number = 2",
    "INSERT OR REPLACE INTO decisions_decisionversion SELECT id, number, title, 'Mine.', decision_makers, consulted, "
    "informed, status, note, saved_at, decision_id, saved_by_id, confirmation FROM decisions_decisionversion",
]


@pytest.mark.parametrize("way", ORM)
def test_no_way_through_the_orm_changes_it(accepted, way):
    before = everything()

    with pytest.raises(IntegrityError), transaction.atomic():
        ORM[way](accepted)

    assert everything() == before


@pytest.mark.parametrize("statement", SQL)
def test_no_sql_changes_it(accepted, statement):
    before = everything()

    with pytest.raises(IntegrityError), transaction.atomic():
        run(statement)

    assert everything() == before


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL knows no OR REPLACE")
@pytest.mark.parametrize("statement", SQLITE)
def test_no_replacing_of_rows_changes_it(accepted, workspace, member, statement):
    write_decision(workspace=workspace, text=Text(title="A draft", body="x"), by=member)
    before = everything()

    with pytest.raises(IntegrityError), transaction.atomic():
        run(statement)

    assert everything() == before


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite knows no TRUNCATE")
@pytest.mark.parametrize("table", ["decisions_decision", "decisions_decisionversion", "workspaces_workspace"])
def test_no_truncating_takes_it(accepted, table):
    before = everything()
    connection.check_constraints()

    with pytest.raises(IntegrityError), transaction.atomic():
        run(f"TRUNCATE {table} CASCADE")

    assert everything() == before


@pytest.mark.parametrize("statement", [*SQL[:1], SQL[5], SQL[7]])
def test_without_the_triggers_the_same_sql_does_change_it(accepted, statement):
    before = everything()
    take_guards_off(connection)

    run(statement)

    assert everything() != before


def test_a_rejected_decision_is_kept_as_well(proposed, owner):
    decide(proposed, to=Status.REJECTED, version=1, by=owner)

    with pytest.raises(IntegrityError), transaction.atomic():
        Decision.objects.update(body="Mine.")


def test_a_draft_skips_no_step(proposed):
    with pytest.raises(IntegrityError), transaction.atomic():
        Decision.objects.update(status="deprecated", content_hash="0" * 64)


def test_a_draft_is_not_accepted_without_its_hash(proposed):
    with pytest.raises(IntegrityError), transaction.atomic():
        Decision.objects.update(status="accepted")


def test_no_form_changes_it(accepted, owner_client):
    before = everything()
    form = {"title": "Mine", "body": "Mine.", "version": "2"}

    answers = [
        owner_client.post(f"{ONE}edit/", form),
        owner_client.post(f"{ONE}delete/", {"version": "2"}),
        owner_client.post(f"{ONE}decide/", {"to": "rejected", "version": "2"}),
    ]

    assert {answer.status_code for answer in answers} <= {302, 303}
    assert everything() == before


def test_the_admin_changes_nothing(accepted, admin_client):
    before = everything()
    one = f"/admin/decisions/decision/{accepted.pk}"

    assert admin_client.get(f"{one}/change/").status_code == 200
    assert admin_client.post(f"{one}/change/", {"title": "Mine", "body": "Mine."}).status_code == 403
    assert admin_client.post(f"{one}/delete/", {"post": "yes"}).status_code == 403
    admin_client.post(f"/admin/workspaces/workspace/{accepted.workspace_id}/delete/", {"post": "yes"})
    assert everything() == before


def test_an_account_may_go_and_the_names_stay(accepted, owner, workspace):
    keeper = User.objects.create_user("keeper")
    workspace.memberships.filter(user=owner).update(user=keeper)

    owner.delete()

    accepted.refresh_from_db()
    assert accepted.decided_by is None
    assert accepted.decided_name == "Olivia Owner"
    assert is_intact(accepted)


def test_a_lead_deletes_the_workspace_with_everything(accepted, workspace):
    delete_workspace(workspace)

    assert not Decision.objects.exists()
    assert not DecisionVersion.objects.exists()
    connection.check_constraints()


def test_a_draft_changes_and_goes_as_ever(proposed, member):
    edit_draft(proposed, text=Text(title="Other", body="Other."), version=1, by=member)
    proposed.delete()

    assert everything() == ([], [])


def test_the_triggers_are_there_after_every_migration(accepted):
    take_guards_off(connection)
    call_command("migrate", verbosity=0)

    with pytest.raises(IntegrityError), transaction.atomic():
        run(SQL[0])


def test_the_triggers_are_made_once_and_again(accepted):
    put_guards(connection)
    put_guards(connection)

    with pytest.raises(IntegrityError), transaction.atomic():
        run(SQL[0])


def test_what_was_decided_before_there_were_hashes_gets_one(transactional_db):
    owner = User.objects.create_user("olivia", first_name="Olivia", last_name="Owner")
    workspace = create_workspace(name="Acme", slug="acme", lead=owner)
    call_command("migrate", "decisions", "0001", verbosity=0)
    try:
        before = MigrationExecutor(connection).loader.project_state([("decisions", "0001_decisions")]).apps
        before.get_model("decisions", "Decision").objects.create(
            workspace_id=workspace.pk,
            number=1,
            title="Old",
            body="Old.",
            status="accepted",
            decided_by_id=owner.pk,
            decided_at=timezone.now(),
            facts=[{"fact": "latency_p99_ms", "value": 200.0}],
        )
    finally:
        call_command("migrate", verbosity=0)

    decision = Decision.objects.get()
    assert is_intact(decision)
    assert decision.decided_name == "Olivia Owner"
    with pytest.raises(IntegrityError), transaction.atomic():
        run(SQL[0])


TAMPERING = ["title", "body", "rendered", "consulted", "decided_name"]


@pytest.mark.parametrize("column", TAMPERING)
def test_what_is_changed_past_the_triggers_is_found_by_the_hash(accepted, viewer_client, column):
    take_guards_off(connection)
    Decision.objects.update(**{column: "Mine."})
    accepted.refresh_from_db()

    assert not is_intact(accepted)
    page = viewer_client.get(ONE)
    assert page.status_code == 200
    assert "This is not what was decided." in page.content.decode()
    for export in ("markdown/", "pdf/"):
        answer = viewer_client.get(f"{ONE}{export}")
        assert answer.status_code == 409
        assert "is not what was decided" in answer.content.decode()
    for write in (as_markdown, as_pdf):
        with pytest.raises(NotAsDecided):
            write(accepted)


@pytest.mark.skipif(connection.vendor != "sqlite", reason="a file that somebody can carry away")
def test_what_is_changed_in_a_copy_of_the_file_is_found_by_the_hash(transactional_db, accepted, tmp_path):
    file = tmp_path / "copy.sqlite3"
    with closing(sqlite3.connect(file)) as copy:
        connection.connection.backup(copy)
        with pytest.raises(sqlite3.IntegrityError):
            copy.execute(SQL[0])
        for (name,) in copy.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            copy.execute(f"DROP TRIGGER {name}")
        copy.execute(SQL[0])
        copy.commit()
        copy.backup(connection.connection)

    assert not is_intact(Decision.objects.get())
    put_guards(connection)


def test_an_untouched_decision_is_intact_and_goes_out(accepted, viewer_client):
    assert is_intact(Decision.objects.get())
    page = viewer_client.get(ONE).content.decode()
    assert accepted.content_hash in page
    assert "This is not what was decided." not in page
    assert viewer_client.get(f"{ONE}markdown/").status_code == 200


def test_the_hash_does_not_hang_on_how_a_database_writes_numbers(accepted):
    accepted.facts = [{"value": 2e16, "other": 200.0, "flag": True}]
    once = content_hash_of(accepted)
    accepted.facts = [{"flag": True, "other": 200, "value": 20000000000000000}]

    assert content_hash_of(accepted) == once
