"""The page of a job, as those who may see it see it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from archreview.jobs.actions import cancel, work
from archreview.jobs.kinds import JobFailed
from archreview.jobs.models import SILENCE, Job, State

pytestmark = pytest.mark.django_db


def url(job, end=""):
    return f"/w/acme/jobs/{job.pk}/{end}"


def test_the_page_follows_the_job_until_it_is_done(asked, member_client):
    job = asked()
    waiting = member_client.get(url(job)).content.decode()
    assert f"progress/?look={job.look}" in waiting
    assert "Waiting" in waiting

    work.func(job.pk, job.attempt)
    done = member_client.get(url(job)).content.decode()
    assert "hx-get" not in done.split('id="job"')[1]
    assert "result.pdf" in done
    assert url(job, "result/") in done


def test_it_sends_nothing_while_nothing_has_changed(asked, member_client):
    job = asked()

    assert member_client.get(url(job, f"progress/?look={job.look}")).status_code == 204
    Job.objects.update(state=State.RUNNING, seen_at=timezone.now(), words="Counting", version=2, done=1, total=4)
    response = member_client.get(url(job, f"progress/?look={job.look}"))
    assert response.status_code == 200
    assert b"Counting" in response.content
    assert b'value="1" max="4"' in response.content


def test_silence_alone_changes_what_is_shown(asked, member_client):
    job = asked()
    Job.objects.update(state=State.RUNNING, seen_at=timezone.now())
    job.refresh_from_db()
    Job.objects.update(seen_at=timezone.now() - SILENCE - timedelta(seconds=1))
    response = member_client.get(url(job, f"progress/?look={job.look}"))

    assert b"Failed" in response.content
    assert b"Try again" in response.content
    assert b"hx-get" not in response.content


def test_the_file_comes_as_a_download_of_its_kind(asked, viewer_client):
    job = asked()
    assert viewer_client.get(url(job, "result/")).status_code == 404
    work.func(job.pk, job.attempt)
    response = viewer_client.get(url(job, "result/"))

    assert response.content == b"%PDF result"
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"] == 'attachment; filename="result.pdf"'
    assert response["X-Content-Type-Options"] == "nosniff"


def test_only_whoever_asked_and_a_lead_may_change_it(asked, member_client, viewer_client, owner_client):
    for end in ("cancel/", "delete/"):
        job = asked()
        assert viewer_client.post(url(job, end)).status_code == 403
        assert b"Cancel</button>" not in viewer_client.get(url(job)).content
        assert member_client.post(url(job, end)).status_code == 302
    job = asked()
    assert owner_client.post(url(job, "cancel/")).status_code == 302
    assert member_client.post(url(job, "retry/")).status_code == 302
    job.refresh_from_db()
    assert job.attempt == 2


def test_what_has_ended_meanwhile_is_not_cancelled(asked, member_client):
    job = asked()
    work.func(job.pk, job.attempt)
    response = member_client.post(url(job, "cancel/"), follow=True)

    assert "had ended before" in response.content.decode()
    job.refresh_from_db()
    assert job.state == State.DONE


def test_a_failure_is_shown_with_its_reason_as_text(asked, does, member_client):
    def refuse(job, progress):
        raise JobFailed("<b>No</b> pages")

    does(refuse)
    job = asked(title="<script>alert(1)</script>")
    work.func(job.pk, job.attempt)
    page = member_client.get(url(job)).content.decode()

    assert "&lt;b&gt;No&lt;/b&gt; pages" in page
    assert "<script>alert(1)" not in page


def test_what_has_expired_is_gone(asked, member_client):
    job = asked()
    cancel(job)
    Job.objects.update(expires_at=timezone.now() - timedelta(seconds=1))

    assert member_client.get(url(job)).status_code == 404


def test_a_poll_takes_four_queries(asked, member_client, django_assert_num_queries):
    job = asked()
    # The session, the person, the membership with the workspace, the job.
    with django_assert_num_queries(4):
        member_client.get(url(job, f"progress/?look={job.look}"))
