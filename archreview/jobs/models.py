from datetime import timedelta

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone

from archreview.workspaces.models import Workspace

# A worker gives a sign of life every few seconds. One that is silent for so long has been killed.
SILENCE = timedelta(minutes=2)
# Nobody waits for so long in an ordinary line; more likely no worker is running.
LONG_WAIT = timedelta(minutes=10)


class State(models.TextChoices):
    """Where a job stands."""

    QUEUED = "queued", "Waiting"
    RUNNING = "running", "Running"
    DONE = "done", "Done"
    FAILED = "failed", "Failed"
    CANCELLED = "cancelled", "Cancelled"


UNFINISHED = (State.QUEUED, State.RUNNING)


class Job(models.Model):
    """
    Work that somebody has asked for.

    `kind` names what is done (`jobs.kinds`), `options` what it needs to know. `attempt` counts the beginnings: whoever
    works for an earlier one finds that the job is no longer its own. `done` of `total` steps are finished (0 of 0:
    nobody knows), `words` say which one is on its way. `seen_at` is the worker's last sign of life.
    """

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="jobs")
    kind = models.CharField(max_length=30)
    title = models.CharField(max_length=200)
    options = models.JSONField(default=dict, blank=True)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    attempt = models.PositiveIntegerField(default=1)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    words = models.CharField(max_length=200, blank=True)
    error = models.CharField(max_length=500, blank=True)
    queued_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True, blank=True)
    seen_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField()
    # Counts the changes, so that a page which shows this state already need not be sent it again.
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=State.values), name="a_job_has_a_known_state"),
            models.CheckConstraint(
                condition=models.Q(total=0) | models.Q(done__lte=models.F("total")),
                name="a_job_has_no_more_done_than_there_is",
            ),
        ]
        indexes = [models.Index(fields=["workspace", "kind", "-asked_at"])]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("jobs:job", args=[self.workspace.slug, self.pk])

    @property
    def is_abandoned(self) -> bool:
        """Whether its worker has been silent for so long that it must have been killed."""
        return self.state == State.RUNNING and (self.seen_at or self.queued_at) < timezone.now() - SILENCE

    @property
    def waits_long(self) -> bool:
        """Whether it has waited for a worker for so long that none may be running."""
        return self.state == State.QUEUED and self.queued_at < timezone.now() - LONG_WAIT

    @property
    def is_under_way(self) -> bool:
        """Whether anything will still become of it by itself."""
        return self.state in UNFINISHED and not self.is_abandoned

    @property
    def can_be_retried(self) -> bool:
        return self.state in (State.FAILED, State.CANCELLED) or self.is_abandoned or self.waits_long

    @property
    def shown_state(self) -> str:
        """The state as people read it: a job whose worker was killed has failed."""
        return State.FAILED.label if self.is_abandoned else State(self.state).label

    @property
    def reason(self) -> str:
        """Why it failed, in a sentence; empty where it did not."""
        if self.is_abandoned:
            return "What worked on it has ended before it was done. Try again."
        return self.error

    @property
    def look(self) -> str:
        """Names what a page shows of it: another look, another text. Time alone can change it, too."""
        return f"{self.version}-{self.is_abandoned:d}{self.waits_long:d}"


class JobInput(models.Model):
    """The file that a job works on. It goes with the job, so that whoever tries again need not send it again."""

    job = models.OneToOneField(Job, on_delete=models.CASCADE, primary_key=True, related_name="input")
    content = models.BinaryField()

    def __str__(self) -> str:
        return f"input of {self.job_id}"


class JobResult(models.Model):
    """The file that came of a job. In the database, so that every node can send it, whichever has made it."""

    job = models.OneToOneField(Job, on_delete=models.CASCADE, primary_key=True, related_name="result")
    name = models.CharField(max_length=150)
    content_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField()
    content = models.BinaryField()

    def __str__(self) -> str:
        return self.name
