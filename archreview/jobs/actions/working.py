"""What becomes of a job: a worker takes it up, says how far it is, and ends it."""

import logging
import time

from django.db import DatabaseError, transaction
from django.db.models import F, QuerySet
from django.utils import timezone
from django_tasks import task

from archreview.jobs.kinds import JobFailed, JobStopped, Made, kind_of
from archreview.jobs.models import Job, JobResult, State

logger = logging.getLogger(__name__)

LARGEST_RESULT = 25 * 2**20
# Seconds between two signs of life.
BEAT = 2.0
UNEXPECTED = "Something went wrong on the server, and its log says what. Try again, or tell its administrator."


@task()
def work(job: int, attempt: int) -> None:
    """
    Do the job, if it still waits for this attempt.

    However it ends, the job says so; nothing is raised, so that a backend has nothing to do again by itself.
    """
    found = _begin(job, attempt)
    if found is None:
        return
    try:
        progress = RowProgress(found)
        made = kind_of(found).run(found, progress)
        if not progress.finished:
            _finish(found, made)
    except JobStopped:
        logger.info("job %s was stopped", job)
    except JobFailed as failure:
        _fail(found, str(failure))
    except Exception:
        logger.exception("job %s failed", job)
        _fail(found, UNEXPECTED)


class RowProgress:
    """Tells the job's row where the work stands, and the work whether anybody still wants it."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._next_beat = 0.0
        self.finished = False

    def step(self, words: str, done: int = 0, total: int = 0) -> None:
        """Say what is being done now, and how many of how many steps are finished."""
        self._write(words=words[:200], done=min(done, total) if total else done, total=total, version=F("version") + 1)

    def alive(self) -> None:
        """Give a sign of life, at most one every few seconds."""
        if time.monotonic() >= self._next_beat:
            self._write()

    def finish(self, words: str) -> None:
        """End the job as done, in the transaction of the caller."""
        _finish(self._job, None, words=words)
        self.finished = True

    def _write(self, **changes: object) -> None:
        if not _own(self._job).update(seen_at=timezone.now(), **changes):
            raise JobStopped
        self._next_beat = time.monotonic() + BEAT


def _begin(job: int, attempt: int) -> Job | None:
    """Take the job up; None where it has been cancelled, begun anew, deleted, or taken by another worker."""
    now = timezone.now()
    taken = Job.objects.filter(pk=job, attempt=attempt, state=State.QUEUED).update(
        state=State.RUNNING, started_at=now, seen_at=now, version=F("version") + 1
    )
    return Job.objects.select_related("workspace", "asked_by").get(pk=job) if taken else None


def _finish(job: Job, made: Made | None, *, words: str = "") -> None:
    if made is not None and len(made.content) > LARGEST_RESULT:
        raise JobFailed(
            f"The result has {len(made.content) / 2**20:,.0f} MB; at most {LARGEST_RESULT // 2**20} MB are kept. "
            "Ask for less."
        )
    now = timezone.now()
    with transaction.atomic():
        ended = _own(job).update(
            state=State.DONE, words=words[:200], seen_at=now, ended_at=now, version=F("version") + 1
        )
        if not ended:
            raise JobStopped
        if made is not None:
            JobResult.objects.create(
                job=job,
                name=made.name,
                content_type=made.content_type,
                size=len(made.content),
                content=made.content,
            )


def _fail(job: Job, reason: str) -> None:
    try:
        _own(job).update(state=State.FAILED, error=reason[:500], ended_at=timezone.now(), version=F("version") + 1)
    except DatabaseError:
        # The database is gone. The job counts as abandoned after a while, and can then be tried again.
        logger.exception("job %s could not be marked as failed", job.pk)


def _own(job: Job) -> QuerySet[Job]:
    """The row, as long as it is this attempt's and on its way."""
    return Job.objects.filter(pk=job.pk, attempt=job.attempt, state=State.RUNNING)
