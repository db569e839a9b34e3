"""What becomes of a job, whoever works on it and however that ends."""

import os
import signal
import subprocess
import sys
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from archreview.jobs.actions import CannotRetry, TooManyJobs, ask, cancel, retry, work, working
from archreview.jobs.actions import asking as limits
from archreview.jobs.kinds import JobFailed, JobStopped, Made
from archreview.jobs.models import LONG_WAIT, SILENCE, Job, JobResult, State

pytestmark = pytest.mark.django_db


def test_it_is_done_at_once_where_no_worker_is_configured(workspace, member, does, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        job = ask(workspace=workspace, kind="test", title="A job", options={}, by=member)

    job.refresh_from_db()
    assert job.state == State.DONE
    assert bytes(job.result.content) == b"%PDF result"


def test_it_waits_until_a_worker_comes(asked):
    job = asked()

    assert job.state == State.QUEUED
    assert DBTaskResult.objects.count() == 1

    work.func(job.pk, job.attempt)

    job.refresh_from_db()
    assert (job.state, job.result.size) == (State.DONE, 11)
    assert job.ended_at is not None


def test_nothing_is_asked_for_when_the_transaction_fails(workspace, member, does, line):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        ask(workspace=workspace, kind="test", title="A job", options={}, by=member)
        _ = 1 / 0

    assert Job.objects.count() == 0
    assert DBTaskResult.objects.count() == 0


def test_it_tells_how_far_it_is(asked, does):
    seen = []

    def run(job, progress):
        progress.step("Counting", 2, 5)
        seen.append(Job.objects.values_list("words", "done", "total", "state").get())

    does(run)
    job = asked()
    work.func(job.pk, job.attempt)

    assert seen == [("Counting", 2, 5, "running")]
    job.refresh_from_db()
    assert job.state == State.DONE
    assert not JobResult.objects.exists()


def test_it_never_has_more_done_than_there_is(asked, does):
    does(lambda job, progress: progress.step("Counting", 9, 5))
    job = asked()
    work.func(job.pk, job.attempt)

    job.refresh_from_db()
    assert (job.state, job.done) == (State.DONE, 5)


def test_a_failure_is_told_in_its_own_words_and_an_error_in_ours(asked, does, caplog):
    def refuse(job, progress):
        raise JobFailed("There is nothing to print.")

    does(refuse)
    job = asked()
    work.func(job.pk, job.attempt)
    job.refresh_from_db()
    assert (job.state, job.reason) == (State.FAILED, "There is nothing to print.")

    def err(job, progress):
        raise KeyError("password")

    does(err)
    job = asked()
    work.func(job.pk, job.attempt)
    job.refresh_from_db()
    assert (job.state, job.reason) == (State.FAILED, working.UNEXPECTED)
    assert "KeyError" in caplog.text
    assert "password" not in job.reason


def test_a_kind_that_nobody_offers_any_more_fails(asked):
    job = asked()
    Job.objects.update(kind="gone")
    work.func(job.pk, job.attempt)

    job.refresh_from_db()
    assert job.state == State.FAILED
    assert "does not know" in job.reason


def test_a_result_that_is_too_large_is_not_kept(asked, does, monkeypatch):
    monkeypatch.setattr(working, "LARGEST_RESULT", 1000)
    does(lambda job, progress: Made("a.pdf", "application/pdf", b"x" * 1001))
    job = asked()
    work.func(job.pk, job.attempt)

    job.refresh_from_db()
    assert job.state == State.FAILED
    assert "Ask for less" in job.reason
    assert not JobResult.objects.exists()


def test_whoever_works_on_a_cancelled_job_stops_and_writes_nothing(asked, does):
    reached = []

    def run(job, progress):
        cancel(Job.objects.get())
        try:
            progress.alive()
        except JobStopped:
            reached.append("stopped")
            raise
        return Made("a.pdf", "application/pdf", b"x")

    does(run)
    job = asked()
    work.func(job.pk, job.attempt)

    job.refresh_from_db()
    assert reached == ["stopped"]
    assert job.state == State.CANCELLED
    assert not JobResult.objects.exists()


def test_a_job_that_is_cancelled_at_the_last_moment_has_no_result(asked, does):
    def run(job, progress):
        cancel(Job.objects.get())
        return Made("a.pdf", "application/pdf", b"x")

    does(run)
    job = asked()
    work.func(job.pk, job.attempt)

    job.refresh_from_db()
    assert job.state == State.CANCELLED
    assert not JobResult.objects.exists()


def test_a_job_that_was_cancelled_in_the_line_is_not_begun(asked, does):
    begun = []
    does(lambda job, progress: begun.append(job))
    job = asked()
    assert cancel(job)
    assert not cancel(job)
    work.func(job.pk, job.attempt)

    assert begun == []


def test_the_same_attempt_is_worked_on_once(asked, does):
    begun = []
    does(lambda job, progress: begun.append(job))
    job = asked()
    work.func(job.pk, job.attempt)
    work.func(job.pk, job.attempt)

    assert len(begun) == 1


def test_a_job_whose_worker_fell_silent_counts_as_failed_and_can_be_tried_again(
    asked, does, django_capture_on_commit_callbacks
):
    job = asked()
    now = timezone.now()
    Job.objects.update(state=State.RUNNING, seen_at=now - SILENCE + timedelta(seconds=30))
    job.refresh_from_db()
    assert not job.is_abandoned
    with pytest.raises(CannotRetry):
        retry(job)

    Job.objects.update(seen_at=now - SILENCE - timedelta(seconds=1))
    job.refresh_from_db()
    assert job.is_abandoned
    assert job.shown_state == "Failed"
    assert "Try again" in job.reason

    with django_capture_on_commit_callbacks(execute=True):
        retry(job)
    assert (job.state, job.attempt) == (State.QUEUED, 2)

    # The first worker was not dead after all: it must not write over the second one's work.
    work.func(job.pk, 1)
    job.refresh_from_db()
    assert job.state == State.QUEUED
    work.func(job.pk, 2)
    job.refresh_from_db()
    assert job.state == State.DONE


def test_of_two_who_try_again_one_begins_it(asked, does, django_capture_on_commit_callbacks):
    job = asked()
    cancel(job)
    same = Job.objects.get(pk=job.pk)
    with django_capture_on_commit_callbacks(execute=True):
        retry(job)
        with pytest.raises(CannotRetry):
            retry(same)

    assert DBTaskResult.objects.count() == 2


def test_a_job_that_nobody_takes_up_can_be_asked_for_again(asked):
    job = asked()
    assert not job.can_be_retried
    Job.objects.update(queued_at=timezone.now() - LONG_WAIT - timedelta(seconds=1))
    job.refresh_from_db()

    assert job.waits_long
    assert job.can_be_retried


def test_a_person_has_only_so_many_on_the_way(asked, member, owner):
    jobs = [asked(str(number)) for number in range(limits.MOST_UNFINISHED)]
    with pytest.raises(TooManyJobs):
        asked("one more")
    asked("of another person", by=owner)
    cancel(jobs[0])

    assert asked("instead of the first").state == State.QUEUED


def test_one_whose_worker_was_killed_does_not_count_against_the_person(asked):
    for number in range(limits.MOST_UNFINISHED):
        asked(str(number))
    Job.objects.update(state=State.RUNNING, seen_at=timezone.now() - SILENCE * 2)

    assert asked("another").state == State.QUEUED


def test_what_has_expired_goes_and_of_too_many_the_oldest(asked, monkeypatch):
    monkeypatch.setattr(limits, "MOST_KEPT", 3)
    jobs = []
    for number in range(4):
        jobs.append(asked(str(number)))
        cancel(jobs[-1])
    Job.objects.filter(title="3").update(expires_at=timezone.now() - timedelta(seconds=1))
    asked("new")

    assert sorted(Job.objects.values_list("title", flat=True)) == ["1", "2", "new"]


def test_the_tasks_of_the_backend_do_not_pile_up(asked):
    first = asked()
    DBTaskResult.objects.update(finished_at=timezone.now() - limits.TASKS_KEPT_FOR - timedelta(seconds=1))
    asked()

    assert [task.args_kwargs["args"][0] for task in DBTaskResult.objects.all()] != [first.pk]
    assert DBTaskResult.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_worker_of_the_database_does_what_waits(workspace, member, does, line):
    job = ask(workspace=workspace, kind="test", title="A job", options={}, by=member)
    assert job.state == State.QUEUED

    call_command("db_worker", batch=True, startup_delay=False, interval=0, verbosity=0, reload=False)

    job.refresh_from_db()
    assert job.state == State.DONE


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_is_killed_leaves_a_job_that_can_be_tried_again(workspace, member, does, line):
    """A real process, ended in the middle of the work by a signal that cannot be caught."""
    if connection.vendor == "sqlite":
        pytest.skip("a test on SQLite has its database in memory, where no second process sees it")
    job = ask(workspace=workspace, kind="test", title="A job", options={}, by=member)
    program = f"""
import os, signal, sys, django
django.setup()
from django.conf import settings
settings.DATABASES["default"]["NAME"] = {str(connection.settings_dict["NAME"])!r}
from archreview.jobs import kinds
from archreview.jobs.actions import work
kinds.offer(kinds.Kind(name="test", place="reviews:home", place_name="Home",
                       run=lambda job, progress: os.kill(os.getpid(), signal.SIGKILL)))
work.func({job.pk}, 1)
"""
    ended = subprocess.run([sys.executable, "-c", program], env=dict(os.environ), check=False)
    assert ended.returncode == -signal.SIGKILL

    job.refresh_from_db()
    assert job.state == State.RUNNING
    Job.objects.update(seen_at=timezone.now() - SILENCE * 2)
    job.refresh_from_db()
    assert job.can_be_retried
    retry(job)
    work.func(job.pk, 2)
    job.refresh_from_db()
    assert job.state == State.DONE
