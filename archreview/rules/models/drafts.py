"""What is written and not in force yet."""

from django.conf import settings
from django.db import models

from archreview.rules.models.history import Kind


class Draft(models.Model):
    """
    What a rule, an obligation or the settings shall say once it is published; no analysis sees it.

    `key` is the rule's code, the obligation's duty, or `settings`. `content` is kept as it was written, sound or not.
    `based_on` is the revision of the entry that it was begun from, 0 where there is none yet: the draft of something
    new. `version` counts its own changes, so that two people who write at once are told.
    """

    kind = models.CharField(max_length=10, choices=Kind)
    key = models.CharField("of", max_length=100)
    content = models.JSONField()
    based_on = models.PositiveIntegerField(default=0)
    version = models.PositiveIntegerField(default=1)
    why = models.CharField(max_length=500, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    # The person's name outlives the account.
    by_name = models.CharField("who", max_length=200, blank=True)
    at = models.DateTimeField("when", auto_now=True)

    class Meta:
        ordering = ["kind", "key"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "key"], name="a_thing_has_one_draft"),
        ]

    def __str__(self) -> str:
        return f"Draft of {self.key}"

    @property
    def is_of_something_new(self) -> bool:
        """Whether nothing of the key has been published yet."""
        return self.based_on == 0
