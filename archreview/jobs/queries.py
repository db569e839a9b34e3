"""What pages read about jobs."""

from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.utils import timezone

from archreview.jobs.kinds import JobFailed
from archreview.jobs.models import Job, JobInput, JobResult
from archreview.workspaces.models import Membership, Role, Workspace


def jobs_of(workspace: Workspace, kind: str = "") -> QuerySet[Job]:
    """The jobs of the workspace that have not expired, the newest first; without what came of them."""
    found = (
        Job.objects.filter(workspace=workspace, expires_at__gte=timezone.now())
        .select_related("workspace", "asked_by", "result")
        .defer("result__content")
    )
    return found.filter(kind=kind) if kind else found


def result_of(job: Job) -> QuerySet[JobResult]:
    """The file that came of the job, as a queryset for `get_object_or_404`."""
    return JobResult.objects.filter(job=job)


def asker_of(job: Job, role: Role) -> User:
    """Whoever asked, who must still have the role: the job may have waited for long. Raises JobFailed."""
    membership = Membership.objects.filter(workspace=job.workspace, user=job.asked_by, user__is_active=True).first()
    if job.asked_by is None or membership is None or not Role(membership.role).includes(role):
        raise JobFailed("Whoever asked for this may not change the workspace any more.")
    return job.asked_by


def content_of(job: Job) -> bytes | None:
    """The file that the job works on, where it works on one."""
    content = JobInput.objects.filter(job=job).values_list("content", flat=True).first()
    return None if content is None else bytes(content)
