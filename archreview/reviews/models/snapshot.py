from __future__ import annotations

import hashlib
import json
import zlib
from typing import Any

from django.conf import settings
from django.db import models
from django.urls import reverse

from archreview.workspaces.models import Workspace

TITLE_LENGTH = 200


class Snapshot(models.Model):
    """
    The model of a workspace at one moment, with what the analysis said about it under which catalog.

    Never changes: triggers of the database refuse it, and `sha256` tells whoever goes round them. `model` is
    architecture.yaml and `results` the JSON of `archreview check`, both compressed; `numbers` are those of the trend.
    """

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="snapshots")
    title = models.CharField(max_length=TITLE_LENGTH)
    taken_at = models.DateTimeField()
    taken_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    revision = models.PositiveBigIntegerField()
    catalog_version = models.CharField(max_length=50)
    model = models.BinaryField()
    results = models.BinaryField()
    numbers = models.JSONField()
    sha256 = models.CharField(max_length=64)

    class Meta:
        ordering = ["-taken_at", "-pk"]
        indexes = [models.Index(fields=["workspace", "taken_at"])]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("reviews:snapshot", args=[self.workspace.slug, self.pk])

    @property
    def model_text(self) -> str:
        """The model as architecture.yaml."""
        return zlib.decompress(bytes(self.model)).decode()

    @property
    def results_json(self) -> dict[str, Any]:
        """The results as plain values."""
        found: dict[str, Any] = json.loads(zlib.decompress(bytes(self.results)))
        return found

    @property
    def is_intact(self) -> bool:
        """Whether model, results and catalog version are still those that the hash was made of."""
        try:
            model, results = zlib.decompress(bytes(self.model)), zlib.decompress(bytes(self.results))
        except zlib.error:
            return False
        return digest(self.catalog_version, model, results) == self.sha256


def digest(catalog_version: str, model: bytes, results: bytes) -> str:
    """Give the SHA-256 of a snapshot's content, in which no part can pass for another."""
    whole = hashlib.sha256()
    for part in (catalog_version.encode(), model, results):
        whole.update(f"{len(part)}:".encode() + part)
    return whole.hexdigest()
