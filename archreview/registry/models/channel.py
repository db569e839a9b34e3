from django.db import models
from django.urls import reverse

from archreview.engine.fact_tables import CHANNEL_FACTS
from archreview.registry.models.entry import Entry
from archreview.registry.models.promises import promises


class Channel(Entry):
    """What an asynchronous communication travels over."""

    intent = models.CharField(max_length=40, null=True, blank=True)
    technology = models.CharField(max_length=40, null=True, blank=True)
    ordering = models.CharField(max_length=40, null=True, blank=True)
    partition_key = models.TextField(null=True, blank=True)
    retention_hours = models.FloatField(null=True, blank=True)
    schema_format = models.CharField(max_length=40, null=True, blank=True)
    contract = models.BooleanField(null=True, blank=True)
    global_order_required = models.BooleanField(null=True, blank=True)
    availability = models.FloatField(null=True, blank=True)

    class Meta:
        ordering = ["slug"]
        constraints = [
            models.UniqueConstraint(fields=["workspace", "slug"], name="a_channel_has_its_id_once_per_workspace"),
            *promises("a_channel", CHANNEL_FACTS),
        ]

    def get_absolute_url(self) -> str:
        """Its page. Reads the workspace: fetch it along."""
        return reverse("registry:channel", args=[self.workspace.slug, self.slug])
