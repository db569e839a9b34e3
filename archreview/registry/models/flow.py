from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from archreview.engine.model import ORIGINS
from archreview.registry.models.edge import Edge
from archreview.registry.models.entry import Entry
from archreview.registry.models.service import Service
from archreview.workspaces.models import Workspace


class Flow(Entry):
    """One user request, or one background process; its steps are rows of `FlowStep`."""

    entry = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="flows_entered")
    user_facing = models.BooleanField(default=True)
    latency_budget_ms = models.FloatField(null=True, blank=True)
    availability_target = models.FloatField(null=True, blank=True)
    origin = models.CharField(max_length=40, default="declared")
    traces = models.PositiveBigIntegerField(null=True, blank=True)

    class Meta:
        ordering = ["slug"]
        constraints = [
            models.UniqueConstraint(fields=["workspace", "slug"], name="a_flow_has_its_id_once_per_workspace"),
            models.CheckConstraint(condition=Q(latency_budget_ms__gt=0), name="a_flow_has_a_possible_latency_budget"),
            models.CheckConstraint(
                condition=Q(availability_target__gt=0, availability_target__lte=100),
                name="a_flow_has_a_possible_availability_target",
            ),
            models.CheckConstraint(condition=Q(origin__in=ORIGINS), name="a_flow_has_a_known_origin"),
        ]

    def get_absolute_url(self) -> str:
        """Its page. Reads the workspace: fetch it along."""
        return reverse("reviews:flow", args=[self.workspace.slug, self.slug])


class FlowStep(models.Model):
    """
    One place in a flow: a call over an edge, or, without an edge, a group of steps that run side by side.

    Steps of one parent come in the order of `position`. Below a call stands what its callee does; below a group, its
    members.
    """

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    flow = models.ForeignKey(Flow, on_delete=models.CASCADE, related_name="steps")
    parent = models.ForeignKey("self", on_delete=models.CASCADE, null=True, blank=True, related_name="children")
    position = models.PositiveIntegerField()
    edge = models.ForeignKey(Edge, on_delete=models.CASCADE, null=True, blank=True, related_name="steps")

    class Meta:
        verbose_name = "step of a flow"
        verbose_name_plural = "steps of flows"
        ordering = ["flow", "position", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(parent=F("id")), name="a_step_is_never_below_itself"),
        ]

    def __str__(self) -> str:
        return f"step {self.pk} of flow {self.flow_id}"
