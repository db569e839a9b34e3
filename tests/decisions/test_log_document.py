"""The whole log as one document: at once where it is small, else from a worker, with a page that follows it."""

import re
import subprocess

import pytest
from django.db import connection
from django.test import override_settings
from django.urls import reverse

from archreview.decisions import log_document
from archreview.decisions.guards import take_guards_off
from archreview.decisions.models import Decision
from archreview.jobs.actions import work, working
from archreview.jobs.models import Job, JobResult, State
from archreview.rendering import RenderingFailed
from tests.decisions.test_log import MADR, bring
from tests.jobs.conftest import DATABASE

pytestmark = pytest.mark.django_db


@pytest.fixture
def long_log(workspace, owner, monkeypatch):
    """A log that is long for this server."""
    monkeypatch.setattr(log_document, "SMALL_DECISIONS", 3)
    files = {
        f"{number:04}-use-queue-{number}.md": MADR.format(status="accepted", title=f"Use queue {number}")
        for number in range(1, 6)
    }
    bring(workspace, files, by=owner)
    return workspace


@pytest.fixture
def ask(long_log, viewer_client, django_capture_on_commit_callbacks):
    """Ask for the document as the viewer; gives the job, which waits for a worker."""

    def asked():
        with override_settings(TASKS=DATABASE), django_capture_on_commit_callbacks(execute=True):
            response = viewer_client.post(address(long_log))
        job = Job.objects.latest("pk")
        assert response["Location"] == job.get_absolute_url()
        return job

    return asked


def address(workspace):
    return reverse("decisions:log_pdf", args=[workspace.slug])


def export_page(workspace):
    return reverse("decisions:log_export", args=[workspace.slug])


def do(job):
    work.func(job.pk, job.attempt)
    job.refresh_from_db()
    return job


def test_a_long_log_is_made_by_a_worker_and_found_on_the_page_by_everybody(
    ask, long_log, viewer_client, member_client, tmp_path
):
    assert "Make one PDF" in viewer_client.get(export_page(long_log)).content.decode()
    job = ask()
    assert job.state == State.QUEUED
    assert job.get_absolute_url() in member_client.get(export_page(long_log)).content.decode()

    assert do(job).state == State.DONE
    file = member_client.get(reverse("jobs:job_result", args=[long_log.slug, job.pk]))
    assert file["Content-Disposition"] == 'attachment; filename="acme-decisions.pdf"'
    path = tmp_path / "log.pdf"
    path.write_bytes(file.content)
    words = " ".join(subprocess.run(["pdftotext", "-layout", path, "-"], capture_output=True, text=True).stdout.split())
    assert re.search(r"0001 Use queue 1 accepted 2 .*0005 Use queue 5 accepted 6", words)
    facts = subprocess.run(["pdfinfo", path], capture_output=True, text=True).stdout
    assert re.search(r"Tagged: +yes", facts)
    page = member_client.get(export_page(long_log)).content.decode()
    assert reverse("jobs:job_result", args=[long_log.slug, job.pk]) in page


def test_no_request_lays_out_a_long_log(long_log, viewer_client):
    answer = viewer_client.get(address(long_log), follow=True)

    assert answer.redirect_chain == [(export_page(long_log), 302)]
    assert "a worker makes its PDF" in answer.content.decode()
    assert not Job.objects.exists()


@pytest.mark.parametrize(("decisions", "characters"), [(5, 10_000), (10, 100)])
def test_few_decisions_or_many_words_each_decide_what_is_long(long_log, monkeypatch, decisions, characters):
    monkeypatch.setattr(log_document, "SMALL_DECISIONS", decisions)
    monkeypatch.setattr(log_document, "SMALL_CHARACTERS", characters)

    assert log_document.is_small(long_log) is (characters == 10_000)


def test_the_job_lies_under_decisions_and_says_how_far_it_is(ask, viewer_client, monkeypatch):
    seen = []
    step = working.RowProgress.step

    def told(progress, words, done=0, total=0):
        seen.append((words, done))
        step(progress, words, done, total)

    monkeypatch.setattr(working.RowProgress, "step", told)
    job = do(ask())

    assert [words for words, _ in seen][:3] == [
        "Reading the decisions",
        "Putting 5 decisions together",
        "Laying out the pages",
    ]
    assert [done for _, done in seen] == sorted(done for _, done in seen)
    places = viewer_client.get(job.get_absolute_url()).context["places"]
    assert [place.label for place in places if place.current] == ["Decisions"]


def test_a_log_that_is_not_as_decided_fails_with_the_reason(ask, long_log, viewer_client):
    take_guards_off(connection)
    Decision.objects.filter(workspace=long_log, number=2).update(body="Mine.")

    job = do(ask())

    assert job.state == State.FAILED
    assert "Decision 0002 is not what was decided" in viewer_client.get(job.get_absolute_url()).content.decode()
    assert not JobResult.objects.exists()


def test_a_log_that_is_too_large_for_a_worker_too_names_the_way_out(ask, monkeypatch):
    def too_large(**options):
        raise RenderingFailed(options["too_much"])

    monkeypatch.setattr(log_document, "long_html_to_pdf", too_large)

    assert do(ask()).error == "This log is too large for one PDF. Take the zip: it holds the same texts."


def test_a_small_log_that_takes_too_long_can_be_left_to_a_worker(workspace, viewer_client, monkeypatch):
    def too_slow(**options):
        raise RenderingFailed("It takes too long.")

    monkeypatch.setattr(log_document, "html_to_pdf", too_slow)

    page = viewer_client.get(address(workspace))
    assert page.status_code == 422
    assert "Let a worker try" in page.content.decode()
