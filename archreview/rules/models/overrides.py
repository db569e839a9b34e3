"""Where a workspace sees a rule otherwise than the catalog does."""

import uuid
from typing import Any

from django.conf import settings
from django.db import models

from archreview.workspaces.models import Workspace


class RuleOverride(models.Model):
    """
    What one workspace changes of one rule: it is off there, or has another severity, or other parameters.

    An empty `severity` and parameters that are not named in `params` are the catalog's. `version` counts the changes.
    """

    CONTENT = ("off", "severity", "params")

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="rule_overrides")
    code = models.CharField(max_length=20)
    off = models.BooleanField(default=False)
    severity = models.TextField(blank=True)
    params = models.JSONField(default=dict, blank=True)
    reason = models.CharField(max_length=500)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    # The person's name outlives the account.
    by_name = models.CharField("who", max_length=200, blank=True)
    at = models.DateTimeField("when", auto_now=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(fields=["workspace", "code"], name="a_workspace_changes_a_rule_once"),
            models.CheckConstraint(condition=~models.Q(reason=""), name="an_override_has_a_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.code} in workspace {self.workspace_id}"

    def content(self) -> dict[str, Any]:
        """What it changes, as JSON takes it."""
        return {name: getattr(self, name) for name in self.CONTENT}


class OverrideChange(models.Model):
    """
    One change of one override: what it said before and after, null where there was none.

    `catalog_version` is the version that was in force, so that the rules of that day can be put together again.
    `edition` is drawn for each change: it names the state of the workspace's overrides for good.
    """

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="override_changes")
    code = models.CharField(max_length=20)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    reason = models.CharField(max_length=500, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    by_name = models.CharField("who", max_length=200, blank=True)
    at = models.DateTimeField("when", auto_now_add=True)
    catalog_version = models.PositiveBigIntegerField()
    edition = models.UUIDField(default=uuid.uuid4, editable=False)

    class Meta:
        ordering = ["-pk"]
        indexes = [models.Index(fields=["workspace", "code"], name="overrides_of_one_rule")]

    def __str__(self) -> str:
        return f"Override of {self.code} in workspace {self.workspace_id}"
