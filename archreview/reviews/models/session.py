from __future__ import annotations

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse

from archreview.interchange.fields import NAME_MOST, TEXT_MOST
from archreview.reviews.models.snapshot import Snapshot
from archreview.workspaces.models import Workspace

TITLE_LENGTH = 120
LEAST_LENGTH, MOST_LENGTH = 10, 480


class State(models.TextChoices):
    """Where a session stands."""

    PLANNED = "planned", "Planned"
    OPEN = "open", "Open"
    PAUSED = "paused", "Paused"
    CLOSED = "closed", "Closed"


# From which state a session may go to which.
STEPS: dict[str, tuple[str, ...]] = {
    State.PLANNED: (State.OPEN,),
    State.OPEN: (State.PAUSED, State.CLOSED),
    State.PAUSED: (State.OPEN, State.CLOSED),
    State.CLOSED: (),
}


class ReviewSession(models.Model):
    """
    A meeting about an agenda of edges.

    `scope` says what the agenda was proposed from, in words. `version` moves with every change that somebody can see,
    and the other versions hold at which one their part of the page last changed, so that a browser that knows a
    version is sent what changed since and nothing else.
    """

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="sessions")
    title = models.CharField(max_length=TITLE_LENGTH)
    scope = models.CharField(max_length=NAME_MOST, blank=True)
    length_minutes = models.PositiveSmallIntegerField(
        "length", validators=[MinValueValidator(LEAST_LENGTH), MaxValueValidator(MOST_LENGTH)]
    )
    planned_for = models.DateTimeField(null=True, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.PLANNED)
    lead = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    current = models.ForeignKey("AgendaItem", on_delete=models.SET_NULL, null=True, related_name="+")
    current_since = models.DateTimeField(null=True)
    opened_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    before = models.ForeignKey(Snapshot, on_delete=models.SET_NULL, null=True, related_name="+")
    after = models.ForeignKey(Snapshot, on_delete=models.SET_NULL, null=True, related_name="+")
    version = models.PositiveBigIntegerField(default=1, editable=False)
    agenda_version = models.PositiveBigIntegerField(default=1, editable=False)
    people_version = models.PositiveBigIntegerField(default=1, editable=False)
    facts_version = models.PositiveBigIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=State.values), name="a_session_has_a_known_state"),
        ]
        indexes = [models.Index(fields=["workspace", "state"])]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("reviews:session", args=[self.workspace.slug, self.pk])

    @property
    def is_closed(self) -> bool:
        return self.state == State.CLOSED

    @property
    def is_open(self) -> bool:
        return self.state == State.OPEN

    @property
    def next_states(self) -> tuple[str, ...]:
        """The states that it may go to."""
        return STEPS[self.state]


class Participant(models.Model):
    """Somebody who joined a session; `away` says that their browser has not been heard of for a while."""

    session = models.ForeignKey(ReviewSession, on_delete=models.CASCADE, related_name="participants")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    joined_at = models.DateTimeField()
    last_seen = models.DateTimeField()
    away = models.BooleanField(default=False)
    left_at = models.DateTimeField(null=True)
    # Whoever may only look when joining has no vote, and is not waited for.
    may_vote = models.BooleanField()

    class Meta:
        ordering = ["joined_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["session", "user"], name="a_person_takes_part_in_a_session_once"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.session_id}"


class Outcome(models.TextChoices):
    """How an item ends."""

    KEEP = "keep", "Keep it as it is"
    CHANGE = "change", "Change it"
    INVESTIGATE = "investigate", "Investigate"
    ACCEPT = "accept", "Accept the risk"


class AgendaItem(models.Model):
    """
    One edge of an agenda, and how the group dealt with it.

    `edge` is its id and `name` what it was called, so that the minutes can be read when the edge is gone. `style` goes
    with the outcome "change", `owner` and `due` with "investigate", `expires` with "accept". `version` counts the
    savings of the outcome.
    """

    session = models.ForeignKey(ReviewSession, on_delete=models.CASCADE, related_name="items")
    edge = models.CharField(max_length=100)
    name = models.CharField(max_length=2 * NAME_MOST + 10)
    position = models.PositiveIntegerField()
    minutes = models.PositiveSmallIntegerField()
    # As it stood when the item was put on the agenda: [{"kind", "points", "detail"}].
    reasons = models.JSONField(default=list, blank=True)
    parked = models.BooleanField(default=False)
    # How long it was the current one.
    seconds = models.PositiveIntegerField(default=0)
    outcome = models.CharField(max_length=12, choices=Outcome, blank=True)
    style = models.CharField(max_length=20, blank=True)
    why = models.TextField(max_length=TEXT_MOST, blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    due = models.DateField(null=True, blank=True)
    expires = models.DateField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True)
    # The number of the decision that was drafted from here.
    decision = models.PositiveIntegerField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["session", "edge"], name="an_edge_is_on_an_agenda_once"),
            models.CheckConstraint(condition=Q(outcome__in=["", *Outcome.values]), name="an_item_has_a_known_outcome"),
            models.CheckConstraint(
                condition=~Q(outcome=Outcome.CHANGE) | ~Q(style=""), name="a_change_names_its_style"
            ),
            models.CheckConstraint(
                condition=~Q(outcome=Outcome.ACCEPT) | (~Q(why="") & Q(expires__isnull=False)),
                name="an_accepted_risk_has_a_reason_and_an_end",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_done(self) -> bool:
        """Whether the group has come to an outcome."""
        return self.outcome != ""
