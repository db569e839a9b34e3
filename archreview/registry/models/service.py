from django.db import models
from django.urls import reverse

from archreview.engine.fact_tables import SERVICE_FACTS
from archreview.registry.models.entry import Entry
from archreview.registry.models.promises import promises
from archreview.workspaces.models import Team


class System(Entry):
    """A named part of the workspace that is reviewed together."""

    class Meta:
        ordering = ["slug"]
        constraints = [
            models.UniqueConstraint(fields=["workspace", "slug"], name="a_system_has_its_id_once_per_workspace"),
        ]

    def get_absolute_url(self) -> str:
        """Its page. Reads the workspace: fetch it along."""
        return reverse("registry:system", args=[self.workspace.slug, self.slug])


class Service(Entry):
    """Something that runs, or a third party."""

    team = models.ForeignKey(Team, on_delete=models.SET_NULL, null=True, blank=True, related_name="services")
    system = models.ForeignKey(System, on_delete=models.SET_NULL, null=True, blank=True, related_name="services")
    # Pairs of a name and an address, in the order of the page.
    links = models.JSONField(default=list, blank=True)
    kind = models.CharField(max_length=40, default="service")
    tier = models.PositiveSmallIntegerField(null=True, blank=True)
    entry_point = models.BooleanField(null=True, blank=True)
    deployable = models.TextField(null=True, blank=True)
    availability = models.FloatField(null=True, blank=True)
    latency_p99_ms = models.FloatField(null=True, blank=True)

    class Meta:
        ordering = ["slug"]
        constraints = [
            models.UniqueConstraint(fields=["workspace", "slug"], name="a_service_has_its_id_once_per_workspace"),
            *promises("a_service", SERVICE_FACTS),
        ]

    def get_absolute_url(self) -> str:
        """Its page. Reads the workspace: fetch it along."""
        return reverse("reviews:service", args=[self.workspace.slug, self.slug])
