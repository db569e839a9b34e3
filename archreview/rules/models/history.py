"""The versions of the catalog, and what each of them changed."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone


class Kind(models.TextChoices):
    """What the catalog holds."""

    RULE = "rule", "Rule"
    OBLIGATION = "obligation", "Obligation"
    SETTINGS = "settings", "Settings"


class CatalogVersion(models.Model):
    """
    A state of the whole catalog that was in force from `at` until the next one.

    Its changes are rows of their own; from those up to its number the whole content can be put together again.
    `goes_back_to` is the earlier version whose content it has, where somebody went back.
    """

    number = models.PositiveBigIntegerField("version", primary_key=True)
    at = models.DateTimeField("when", default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    # The person's name outlives the account.
    by_name = models.CharField("who", max_length=200, blank=True)
    why = models.CharField(max_length=500, blank=True)
    goes_back_to = models.PositiveBigIntegerField(null=True, blank=True)

    class Meta:
        ordering = ["-number"]
        verbose_name = "version of the catalog"
        verbose_name_plural = "versions of the catalog"

    def __str__(self) -> str:
        return f"Version {self.number}"


class CatalogChange(models.Model):
    """
    One change of one thing: what it said before and after, null where it was not there.

    All changes of one action carry the version that the action made.
    """

    class What(models.TextChoices):
        LOADED = "loaded", "Loaded"
        CREATED = "created", "Created"
        CHANGED = "changed", "Changed"
        RETIRED = "retired", "Retired"
        RETURNED = "returned", "Taken back"
        # Between a release and what was changed here: it says the same before and after.
        KEPT = "kept", "Kept against a newer release"
        # Of earlier releases, in which what somebody wrote could be deleted.
        DELETED = "deleted", "Deleted"

    version = models.PositiveBigIntegerField()
    kind = models.CharField(max_length=10, choices=Kind)
    key = models.CharField("of", max_length=100)
    what = models.CharField(max_length=10, choices=What)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    why = models.CharField(max_length=500, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="catalog_changes"
    )
    # The person's name outlives the account.
    by_name = models.CharField("who", max_length=200, blank=True)
    at = models.DateTimeField("when", auto_now_add=True)

    class Meta:
        ordering = ["-version", "kind", "key"]
        indexes = [models.Index(fields=["kind", "key", "-version"], name="changes_of_one_thing")]
        constraints = [
            models.UniqueConstraint(fields=["version", "kind", "key"], name="a_version_changes_a_thing_once"),
            models.CheckConstraint(
                condition=Q(before__isnull=False) | Q(after__isnull=False), name="a_change_has_a_before_or_an_after"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.what} in version {self.version}"

    @property
    def differences(self) -> list[tuple[str, Any, Any]]:
        """The fields that differ, with what they said before and after; none where it came or went as a whole."""
        if self.before is None or self.after is None:
            return []
        return differences_of(self.before, self.after)


def differences_of(before: dict[str, Any], after: dict[str, Any]) -> list[tuple[str, Any, Any]]:
    """Give the fields in which two contents differ, with what they say in each."""
    names = [*before, *(name for name in after if name not in before)]
    pairs = ((name, before.get(name), after.get(name)) for name in names)
    return [(name, old, new) for name, old, new in pairs if old != new]
