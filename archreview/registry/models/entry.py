from django.db import models

from archreview.interchange.fields import NAME_MOST, SLUG_MOST, TEXT_MOST
from archreview.workspaces.models import Workspace


class Entry(models.Model):
    """What all registered things have. `version` counts the edits: nobody overwrites what they have not seen."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="%(class)ss")
    slug = models.CharField("id", max_length=SLUG_MOST)
    name = models.CharField(max_length=NAME_MOST)
    description = models.TextField(max_length=TEXT_MOST, blank=True, default="")
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name
