"""Large logs of decisions: a request reads one and shows its preview, a worker lays its texts out and stores them."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.models import User

from archreview.decisions.arrivals import CHANGED, KEPT, NEW, UNCHANGED, Plan
from archreview.decisions.importing import PlanChanged, import_log
from archreview.interchange.decisions.archives import read_archive
from archreview.interchange.decisions.log import LARGE_LOG_LIMITS, LOG_LIMITS, LogLimits, read_log
from archreview.interchange.problems import Problems
from archreview.jobs.actions import ask
from archreview.jobs.kinds import JobFailed, Kind, Made, Progress
from archreview.jobs.models import Job
from archreview.jobs.queries import asker_of, content_of
from archreview.web.versions import ChangedMeanwhile
from archreview.workspaces.models import Role, Workspace

LOG_IMPORT = "decision import"
# Laying so many texts out takes about two seconds.
LARGE = 100
CHANGED_MEANWHILE = "The decisions have changed since the preview. Choose the files once more, and look at it again."


def limits() -> LogLimits:
    """How large a log may be: a worker has time for more than a request."""
    return LOG_LIMITS if settings.BACKGROUND == "request" else LARGE_LOG_LIMITS


def is_for_workers(plan: Plan) -> bool:
    """Whether a worker stores it, rather than the request in which somebody agrees to it."""
    return settings.BACKGROUND != "request" and len(plan.of(NEW)) + len(plan.of(CHANGED)) > LARGE


def ask_for_import(*, workspace: Workspace, archive: bytes, seen: str, without_status: str, by: User) -> Job:
    """Let a worker store the records of which somebody has seen the preview. Raises TooManyJobs."""
    return ask(
        workspace=workspace,
        kind=LOG_IMPORT,
        title="Import of decisions",
        options={"seen": seen, "without_status": without_status},
        by=by,
        content=archive,
    )


def store_log(job: Job, progress: Progress) -> Made | None:
    """Store the records of the job. Raises JobFailed where that is not what somebody has seen, or may do, any more."""
    by = asker_of(job, Role.LEAD)
    progress.step("Reading the records", 0, 100)
    problems = Problems()
    sources = read_archive(content_of(job) or b"", file="preview", problems=problems, limits=LARGE_LOG_LIMITS)
    log = None if problems else read_log(sources, problems=problems, limits=LARGE_LOG_LIMITS)
    if log is None:
        raise JobFailed("The files are gone. Choose them once more.")
    try:
        import_log(
            workspace=job.workspace,
            log=log,
            by=by,
            seen=job.options["seen"],
            without_status=job.options["without_status"],
            follow=lambda done, total: progress.step(
                f"{done:,} of {total:,} texts are laid out", 90 * done // total, 100
            ),
            stored=lambda plan: progress.finish(in_numbers(plan)),
        )
    except (PlanChanged, ChangedMeanwhile) as changed:
        raise JobFailed(CHANGED_MEANWHILE) from changed
    return None


def in_numbers(done: Plan) -> str:
    """Say how much an import has changed."""
    words = [f"{len(done.of(what)):,} {what}" for what in (NEW, CHANGED, UNCHANGED)]
    kept = len(done.of(KEPT))
    return f"Imported: {', '.join(words)}{f', {kept:,} kept as they are here' if kept else ''}."


LOG_IMPORT_KIND = Kind(
    name=LOG_IMPORT, place="decisions:log_import", place_name="Import decisions", run=store_log, role=Role.LEAD
)
