"""What people do with jobs: ask, cancel, try again, delete."""

from collections.abc import Mapping
from datetime import timedelta
from functools import partial

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from archreview.jobs.actions.working import work
from archreview.jobs.models import UNFINISHED, Job, JobInput, State
from archreview.workspaces.models import Workspace

# How many jobs of one person may wait or run in one workspace, and how many finished ones a workspace keeps.
MOST_UNFINISHED = 3
LARGEST_INPUT = 8 * 2**20
MOST_KEPT = 50
KEPT_FOR = timedelta(days=14)
# The backend's own rows, which tell an administrator what a worker did.
TASKS_KEPT_FOR = timedelta(days=2)


class TooManyJobs(Exception):
    """The person has enough on its way already."""


class CannotRetry(Exception):
    """The job is on its way, or done."""


def ask(
    *, workspace: Workspace, kind: str, title: str, options: Mapping[str, object], by: User, content: bytes = b""
) -> Job:
    """
    A new job, which a worker takes up once the transaction is over; with the content of a file, where it works on one.

    What has expired goes at the same time, and of a crowd of finished jobs the oldest. Raises TooManyJobs.
    """
    if len(content) > LARGEST_INPUT:
        raise ValueError(f"a job works on at most {LARGEST_INPUT:,} bytes, not on {len(content):,}")
    now = timezone.now()
    with transaction.atomic():
        # One asks at a time, so that nobody slips past the limit.
        Workspace.objects.select_for_update().get(pk=workspace.pk)
        _clear(workspace)
        mine = Job.objects.filter(workspace=workspace, asked_by=by, state__in=UNFINISHED)
        if sum(job.is_under_way for job in mine) >= MOST_UNFINISHED:
            raise TooManyJobs(
                f"{MOST_UNFINISHED} of yours are waiting or running already. Wait for one of them, or cancel it."
            )
        job = Job.objects.create(
            workspace=workspace,
            kind=kind,
            title=title[:200],
            options=dict(options),
            asked_by=by,
            asked_at=now,
            queued_at=now,
            expires_at=now + KEPT_FOR,
        )
        if content:
            JobInput.objects.create(job=job, content=content)
        _enqueue(job)
    job.refresh_from_db()
    return job


def cancel(job: Job) -> bool:
    """Whether it was still on its way; whoever works on it stops at the next sign of life."""
    return _end(job, State.CANCELLED)


def retry(job: Job) -> None:
    """Begin the job anew with the same options. Raises CannotRetry for what is on its way or done."""
    now = timezone.now()
    with transaction.atomic():
        if not job.can_be_retried:
            raise CannotRetry(f"“{job.title}” is {job.shown_state.lower()}: there is nothing to try again.")
        changed = Job.objects.filter(pk=job.pk, attempt=job.attempt, state=job.state).update(
            state=State.QUEUED,
            attempt=job.attempt + 1,
            done=0,
            total=0,
            words="",
            error="",
            queued_at=now,
            started_at=None,
            seen_at=None,
            ended_at=None,
            expires_at=now + KEPT_FOR,
            version=F("version") + 1,
        )
        job.refresh_from_db()
        if not changed:
            raise CannotRetry(f"Somebody has begun “{job.title}” anew already.")
        _enqueue(job)
    job.refresh_from_db()


def delete(job: Job) -> None:
    """Delete the job with what came of it; whoever still works on it stops."""
    job.delete()


def _enqueue(job: Job) -> None:
    # After the commit: the immediate backend does the work in this very call, and a worker must find the row.
    transaction.on_commit(partial(work.enqueue, job.pk, job.attempt))


def _end(job: Job, state: State) -> bool:
    ended = Job.objects.filter(pk=job.pk, state__in=UNFINISHED).update(
        state=state, ended_at=timezone.now(), version=F("version") + 1
    )
    job.refresh_from_db()
    return bool(ended)


def _clear(workspace: Workspace) -> None:
    """Delete what has expired anywhere, and the oldest of what this workspace has too many of."""
    DBTaskResult.objects.filter(finished_at__lt=timezone.now() - TASKS_KEPT_FOR).delete()
    Job.objects.filter(expires_at__lt=timezone.now()).delete()
    finished = Job.objects.filter(workspace=workspace).exclude(state__in=UNFINISHED).order_by("-asked_at", "-pk")
    surplus = list(finished.values_list("pk", flat=True)[MOST_KEPT - 1 :])
    Job.objects.filter(pk__in=surplus).delete()
