from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from archreview.interchange.fields import NAME_MOST, TEXT_MOST
from archreview.reviews.models.session import AgendaItem

WHY_LENGTH = 1000


class Ballot(models.Model):
    """
    One yes-or-no question put to the vote in an item: about the item's edge, or about a service or channel beside it.

    Nobody may see the votes of a round before it is revealed. Each new round begins hidden again. `settled_at` says
    that the lead recorded the group's answer, or, with `agreed` false, that there is none; `value` null is "don't
    know". `version` and `shape_version` are the session's versions at which the count of votes, and anything more than
    that, last changed.
    """

    item = models.ForeignKey(AgendaItem, on_delete=models.CASCADE, related_name="ballots")
    subject_kind = models.CharField(max_length=10)
    subject_id = models.CharField(max_length=100)
    fact = models.CharField(max_length=60)
    round = models.PositiveSmallIntegerField(default=1)
    revealed_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    agreed = models.BooleanField(default=False)
    value = models.BooleanField(null=True)
    why = models.TextField(max_length=TEXT_MOST, blank=True)
    # Names of those who voted otherwise than the group settled.
    dissent = models.JSONField(default=list, blank=True)
    version = models.PositiveBigIntegerField(default=1, editable=False)
    shape_version = models.PositiveBigIntegerField(default=1, editable=False)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["item", "subject_kind", "subject_id", "fact"], name="a_question_is_put_to_the_vote_once"
            ),
            models.CheckConstraint(
                condition=Q(settled_at__isnull=True) | Q(revealed_at__isnull=False),
                name="only_what_was_revealed_is_settled",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject_kind} {self.subject_id}: {self.fact}"

    @property
    def is_revealed(self) -> bool:
        return self.revealed_at is not None

    @property
    def is_settled(self) -> bool:
        return self.settled_at is not None


class Vote(models.Model):
    """
    What one person answered in one round, with a word of why; null is "don't know".

    `name` is what the person was called, for the minutes.
    """

    ballot = models.ForeignKey(Ballot, on_delete=models.CASCADE, related_name="votes")
    round = models.PositiveSmallIntegerField()
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    name = models.CharField(max_length=NAME_MOST)
    value = models.BooleanField(null=True)
    why = models.TextField(max_length=WHY_LENGTH, blank=True)
    cast_at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["ballot", "round", "user"], name="a_person_votes_once_in_a_round"),
        ]

    def __str__(self) -> str:
        # Never the value: this text may end up in a log.
        return f"vote of {self.user_id} on {self.ballot_id}"
