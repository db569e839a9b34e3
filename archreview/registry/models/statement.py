from django.conf import settings
from django.db import models
from django.db.models import Q

from archreview.interchange.fields import NAME_MOST
from archreview.registry.models.channel import Channel
from archreview.registry.models.edge import Edge
from archreview.registry.models.flow import Flow
from archreview.registry.models.service import Service
from archreview.workspaces.models import Workspace

SUBJECTS = ("service", "channel", "edge", "flow")


class State(models.TextChoices):
    """What became of a statement."""

    # The column of the subject holds its value.
    CURRENT = "current", "Current"
    # Its source still says so, and somebody who is heard first says otherwise.
    BESIDE = "beside", "Beside"
    # Its source has said something else since, or took it back.
    REPLACED = "replaced", "Replaced"


class Statement(models.Model):
    """
    Who or what said something about one field of one subject, when, and why.

    `source` names what was imported; it is empty where a person said it here. `by` is the person's name: of the person
    who answered here, or the one whom the imported file names. `user` is who answered, or who ran the import. `at` is
    when it was said, as the file tells; empty: when it was recorded.
    """

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    service = models.ForeignKey(Service, on_delete=models.CASCADE, null=True, related_name="statements")
    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, null=True, related_name="statements")
    edge = models.ForeignKey(Edge, on_delete=models.CASCADE, null=True, related_name="statements")
    flow = models.ForeignKey(Flow, on_delete=models.CASCADE, null=True, related_name="statements")
    # A field of the subject: `timeout_ms`, `answers.long_running`.
    fact = models.CharField(max_length=60)
    # As registry/fields.py writes it; null is unknown.
    value = models.JSONField(null=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    by = models.CharField(max_length=NAME_MOST, blank=True, default="")
    source = models.CharField(max_length=NAME_MOST, blank=True, default="")
    at = models.CharField(max_length=NAME_MOST, blank=True, default="")
    note = models.TextField(blank=True, default="")
    state = models.CharField(max_length=10, choices=State, default=State.CURRENT)
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(service__isnull=False, channel=None, edge=None, flow=None)
                | Q(service=None, channel__isnull=False, edge=None, flow=None)
                | Q(service=None, channel=None, edge__isnull=False, flow=None)
                | Q(service=None, channel=None, edge=None, flow__isnull=False),
                name="a_statement_is_about_one_thing",
            ),
            models.CheckConstraint(condition=~Q(by="", source=""), name="a_statement_names_who_or_what_said_it"),
            models.CheckConstraint(condition=Q(state__in=State.values), name="a_statement_has_a_known_state"),
            *(
                models.UniqueConstraint(
                    fields=[subject, "fact"],
                    condition=Q(state=State.CURRENT),
                    name=f"one_statement_about_a_fact_of_the_{subject}_is_current",
                )
                for subject in SUBJECTS
            ),
        ]

    def __str__(self) -> str:
        return f"{self.by or self.source}: {self.fact} = {self.value}"
