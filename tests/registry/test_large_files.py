"""Large files: read and compared by a worker, looked at by a person, stored by a worker."""

import dataclasses

import pytest
from django.db import connection
from django.test import override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from archreview.engine.model import Evidence, Team
from archreview.interchange.documents import MAX_BYTES
from archreview.interchange.writers.architecture import write_architecture
from archreview.jobs import actions
from archreview.jobs.actions import cancel, work, working
from archreview.jobs.models import Job, JobInput, State
from archreview.registry import large_files
from archreview.registry.actions import PreparedImport, answer_question, import_architecture, prepare_import
from archreview.registry.architectures import load_architecture
from archreview.registry.models import Edge, Service, Statement
from archreview.web.versions import ChangedMeanwhile
from archreview.workspaces.models import Membership
from benchmarks.architectures import realistic
from tests.jobs.conftest import DATABASE
from tests.registry.conftest import SHOP, architecture_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def workers(monkeypatch):
    """Workers exist, and even the shop is a large file for them."""
    monkeypatch.setattr(large_files, "LARGE", 100)
    with override_settings(TASKS=DATABASE, BACKGROUND="elsewhere"):
        yield


@pytest.fixture
def address(workspace):
    return reverse("registry:import", args=[workspace.slug])


@pytest.fixture
def bring(workers, address, member_client, django_capture_on_commit_callbacks):
    """Bring a text as the member; gives the job."""

    def brought(text=SHOP):
        with django_capture_on_commit_callbacks(execute=True):
            response = member_client.post(address, {"text": text})
        assert response.status_code == 302
        job = Job.objects.latest("pk")
        assert response["Location"] == job.get_absolute_url()
        return job

    return brought


@pytest.fixture
def confirm(django_capture_on_commit_callbacks, member_client):
    """Say yes to a preview; gives the job that stores it."""

    def said(job, client=member_client):
        with django_capture_on_commit_callbacks(execute=True):
            assert client.post(preview_of(job)).status_code == 302
        return Job.objects.latest("pk")

    return said


def preview_of(job):
    return reverse("registry:import_preview", args=[job.workspace.slug, job.pk])


def do(job):
    work.func(job.pk, job.attempt)
    job.refresh_from_db()
    return job


def test_a_large_file_is_compared_then_looked_at_then_stored(workspace, bring, confirm, member_client, address):
    job = bring()
    assert job.state == State.QUEUED
    assert job.title.encode() in member_client.get(address).content
    do(job)
    assert job.state == State.DONE
    assert not Service.objects.exists()
    assert preview_of(job) in member_client.get(job.get_absolute_url()).content.decode()

    shown = member_client.get(preview_of(job))
    assert [one.id for one in shown.context["new"] if one.kind == "edge"] == [
        "cart-inventory",
        "cart-mailer",
        "inventory-db",
    ]
    assert b"<textarea" not in shown.content

    stored = do(confirm(job))
    assert (stored.state, stored.words) == (State.DONE, "Imported: 11 new, 0 changed, 0 unchanged.")
    assert stored.words.encode() in member_client.get(stored.get_absolute_url()).content
    assert load_architecture(workspace).edges == architecture_of(SHOP).edges
    assert member_client.get(preview_of(stored))["Location"] == stored.get_absolute_url()


def test_its_page_lies_under_import_and_leads_a_viewer_nowhere(bring, member_client, viewer_client, address):
    job = do(bring())

    def marked(client):
        return [place.label for place in client.get(job.get_absolute_url()).context["places"] if place.current]

    assert marked(member_client) == ["Import"]
    assert marked(viewer_client) == []
    page = viewer_client.get(job.get_absolute_url()).content.decode()
    assert address not in page
    assert preview_of(job) not in page
    assert address in member_client.get(job.get_absolute_url()).content.decode()


def test_a_small_file_stays_in_the_request_and_so_does_every_file_without_workers(address, member_client, monkeypatch):
    monkeypatch.setattr(large_files, "LARGE", 100)
    assert member_client.post(address, {"text": SHOP}).status_code == 200
    monkeypatch.setattr(large_files, "LARGE", len(SHOP))
    with override_settings(TASKS=DATABASE, BACKGROUND="elsewhere"):
        assert member_client.post(address, {"text": SHOP}).status_code == 200

    assert not Job.objects.exists()


def test_only_workers_read_more_than_a_request_does(address, member_client):
    text = SHOP + "#" * MAX_BYTES
    assert b"too large" in member_client.post(address, {"text": text}).content
    with override_settings(TASKS=DATABASE, BACKGROUND="elsewhere"):
        assert member_client.post(address, {"text": text}).status_code == 302
        assert b"at most 7 MB" in member_client.get(address).content


def test_all_that_is_wrong_is_told_where_the_preview_would_be(bring, member_client):
    job = do(bring(SHOP + "  - {id: b, entry: nobody}\nsurvices: []\n"))

    shown = member_client.get(preview_of(job))

    assert len(shown.context["problems"]) == 3
    assert b"survices: []" in shown.content
    assert member_client.post(preview_of(job)).status_code == 200
    assert Job.objects.count() == 1


def test_what_does_not_fit_what_is_here_is_told_too(shop, bring, member_client):
    text = "archreview: 1\nservices:\n  - {id: cart, kind: datastore}\n" + "#" * 100

    shown = member_client.get(preview_of(do(bring(text))))

    assert b"cart is a datastore" in shown.content


@pytest.mark.parametrize("when", ["before", "while"])
def test_it_shows_the_preview_again_when_the_workspace_has_changed_meanwhile(
    shop, bring, confirm, member_client, owner, monkeypatch, when
):
    changed = SHOP.replace("timeout_ms: none", "timeout_ms: 500")
    storing = confirm(do(bring(changed)))
    edge = Edge.objects.select_related("workspace").get(workspace=shop, slug="cart-inventory")
    step = working.RowProgress.step

    def interrupted(progress, words, done=0, total=0):
        step(progress, words, done, total)
        if words.startswith("Writing" if when == "while" else "Reading"):
            monkeypatch.setattr(working.RowProgress, "step", step)
            answer_question(edge=edge, key="can_poll", value=True, by=owner)

    monkeypatch.setattr(working.RowProgress, "step", interrupted)
    do(storing)

    edge.refresh_from_db()
    assert edge.timeout_ms == float("inf")
    again = member_client.get(preview_of(storing))
    assert b"has changed since you looked" in again.content
    do(confirm(storing))
    edge.refresh_from_db()
    assert (edge.timeout_ms, edge.answer_can_poll) == (500, True)


def test_a_job_that_is_cancelled_before_the_writing_stores_nothing(workspace, bring, confirm, monkeypatch):
    storing = confirm(do(bring()))
    step = working.RowProgress.step

    def cancelled(progress, words, done=0, total=0):
        if words == "Writing it":
            assert cancel(Job.objects.get(pk=storing.pk))
        step(progress, words, done, total)

    monkeypatch.setattr(working.RowProgress, "step", cancelled)
    do(storing)

    assert storing.state == State.CANCELLED
    assert not Service.objects.exists()
    # Without anybody who cancels, the same is stored.
    monkeypatch.undo()
    actions.retry(storing)
    assert do(storing).state == State.DONE
    assert Service.objects.count() == 4


def test_nothing_is_stored_where_the_job_is_lost_during_the_writing(workspace, bring, confirm, monkeypatch):
    storing = confirm(do(bring()))
    store = PreparedImport.store

    def lost(prepared):
        store(prepared)
        assert Service.objects.count() == 4
        Job.objects.update(attempt=2)

    monkeypatch.setattr(PreparedImport, "store", lost)
    work.func(storing.pk, 1)

    assert not Service.objects.exists()
    assert not Statement.objects.exists()


def test_whoever_may_not_import_any_more_stores_nothing(workspace, bring, confirm, member):
    storing = confirm(do(bring()))
    Membership.objects.filter(user=member).update(role="viewer")

    do(storing)

    assert storing.state == State.FAILED
    assert "may not change the workspace" in storing.error
    assert not Service.objects.exists()


def test_only_whoever_brought_it_and_a_lead_import_it(
    bring, confirm, member, owner_client, viewer_client, outsider_client, client, django_user_model, workspace
):
    job = do(bring())
    other = django_user_model.objects.create_user("rita")
    Membership.objects.create(workspace=workspace, user=other, role="reviewer")
    client.force_login(other)

    assert b"Import</button>" not in client.get(preview_of(job)).content
    assert client.post(preview_of(job)).status_code == 403
    assert viewer_client.get(preview_of(job)).status_code == 403
    assert outsider_client.get(preview_of(job)).status_code == 404
    assert do(confirm(job, owner_client)).state == State.DONE


def test_the_file_goes_with_its_job(bring):
    job = bring()
    assert bytes(JobInput.objects.get().content) == SHOP.encode()
    actions.delete(job)

    assert not JobInput.objects.exists()


def test_it_tells_which_line_it_reads(bring, monkeypatch):
    seen = []
    step = working.RowProgress.step
    monkeypatch.setattr("archreview.interchange.documents.FOLLOWED", 20)

    def told(progress, words, done=0, total=0):
        seen.append((words, done))
        step(progress, words, done, total)

    monkeypatch.setattr(working.RowProgress, "step", told)
    do(bring())

    lines = SHOP.count("\n") + 1
    assert any(words.startswith("Reading line ") and words.endswith(f" of {lines}") for words, _ in seen)
    assert [done for _, done in seen] == sorted(done for _, done in seen)


def test_what_was_prepared_is_not_stored_in_a_workspace_that_has_changed(shop, owner):
    text = SHOP.replace("timeout_ms: none", "timeout_ms: 500")
    prepared = prepare_import(workspace=shop, architecture=architecture_of(text), by=owner, source="architecture.yaml")
    edge = Edge.objects.select_related("workspace").get(workspace=shop, slug="cart-inventory")
    answer_question(edge=edge, key="can_poll", value=True, by=owner)

    with pytest.raises(ChangedMeanwhile):
        prepared.store()

    edge.refresh_from_db()
    assert edge.timeout_ms == float("inf")


def test_the_number_of_queries_does_not_grow_with_the_file(workspace, other_workspace, owner):
    """The first import, one that changes every edge, and one that changes nothing."""

    def rounds(space, edges):
        model = realistic(services=edges // 4, edges=edges)
        changed = architecture_of(write_architecture(model).replace("style: queue", "style: batch"))
        return [queries_of_import(space, each, owner) for each in (model, changed, changed)]

    few, many = rounds(workspace, 40), rounds(other_workspace, 1_200)

    assert many == few
    assert max(many) <= 12
    assert many[-1] <= 5


def test_teams_and_evidence_cost_a_query_each(workspace, owner):
    model = realistic(services=10, edges=40)
    seen = Evidence("traces.json", confidence="observed", calls=5)
    more = dataclasses.replace(
        model,
        services=tuple(dataclasses.replace(service, team="crew") for service in model.services),
        edges=tuple(dataclasses.replace(edge, evidence=(seen,)) for edge in model.edges),
        teams=(Team("crew"),),
    )

    assert queries_of_import(workspace, more, owner) <= 14


def queries_of_import(space, model, owner):
    """How often an import asks the database for something, transactions apart."""
    with CaptureQueriesContext(connection) as captured:
        import_architecture(workspace=space, architecture=model, by=owner, source="architecture.yaml")
    control = ("BEGIN", "SAVEPOINT", "RELEASE", "COMMIT")
    return sum(not query["sql"].startswith(control) for query in captured)
