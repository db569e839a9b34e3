from __future__ import annotations

from django.conf import settings
from django.db import models

from archreview.interchange.fields import NAME_MOST
from archreview.reviews.models.session import AgendaItem, ReviewSession
from archreview.workspaces.models import Workspace


class Action(models.Model):
    """Something that a session asked somebody to do; open until it is done."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="actions")
    session = models.ForeignKey(ReviewSession, on_delete=models.CASCADE, related_name="actions")
    item = models.OneToOneField(AgendaItem, on_delete=models.SET_NULL, null=True, related_name="action")
    what = models.CharField(max_length=3 * NAME_MOST)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    due = models.DateField(null=True)
    done_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["due", "pk"]
        indexes = [models.Index(fields=["workspace", "done_at", "due"])]

    def __str__(self) -> str:
        return self.what

    @property
    def is_done(self) -> bool:
        return self.done_at is not None
