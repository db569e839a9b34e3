"""What the catalog holds: rules, obligations and the settings."""

import re
import uuid
from collections.abc import Mapping
from datetime import date
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

from archreview.engine.catalog import SCOPES
from archreview.engine.model import DEFAULT_AVAILABILITY, HOP_LIMIT
from archreview.engine.results import SEVERITIES
from archreview.interchange.catalogs import CATEGORIES

_WORD_IN_QUOTES = re.compile(r'"([a-z]+)"')


def _choices(words: tuple[str, ...]) -> list[tuple[str, str]]:
    return [(word, word.capitalize()) for word in words]


class State(models.TextChoices):
    """
    Where an entry stands once it has been published; before that it is a Draft and no row.

    What is retired is evaluated nowhere, can be read with its history, and can be taken back.
    """

    PUBLISHED = "published", "Published"
    RETIRED = "retired", "Retired"


class Entry(models.Model):
    """
    Something of the catalog that the product ships and an administrator may change.

    `built_in` is the shipped content that it comes from, null where nothing like it is shipped; where an administrator
    has changed it, `content()` says something else. `newer` is what a later release ships instead, while nobody has
    decided between that and the change. `revision` counts the changes of the row, so that two people who edit it at
    once are told.
    """

    # What a person writes; the state is changed by its own steps.
    CONTENT: ClassVar[tuple[str, ...]] = ()
    HAS_STATE: ClassVar[bool] = True

    built_in = models.JSONField(null=True, blank=True, editable=False)
    newer = models.JSONField(null=True, blank=True, editable=False)
    revision = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        abstract = True

    def written(self) -> dict[str, Any]:
        """What an administrator can write, as JSON takes it."""
        return {name: getattr(self, name) for name in self.CONTENT}

    def content(self) -> dict[str, Any]:
        """What is written with the state: all that a version of the catalog says about it."""
        state = {"state": str(getattr(self, "state"))} if self.HAS_STATE else {}  # noqa: B009 - only some have it
        return {**self.written(), **state}

    def fill(self, content: Mapping[str, Any]) -> None:
        """Take a content; what it does not name stays."""
        for name in (*self.CONTENT, *(("state",) if self.HAS_STATE else ())):
            if name in content:
                setattr(self, name, content[name])

    @property
    def is_own(self) -> bool:
        """Whether it comes from an administrator and not with the product."""
        return self.built_in is None

    @property
    def is_changed(self) -> bool:
        """Whether it came with the product and says something else now."""
        return self.built_in is not None and self.built_in != self.content()


class Rule(Entry):
    """
    A rule of the catalog.

    Condition, severity and message are texts of the rule language. `why` and `remedy` are Markdown; `why_html` and
    `remedy_html` are kept because rendering is slow, and are cleaned again when they are shown. `examples` is the YAML
    that stands under a rule's `examples:` in a catalog file. `campaign` is empty, or says until which day (`until`,
    as in 2027-03-01) what the rule finds is upcoming, and a word for people (`note`).
    """

    CONTENT = (
        "title",
        "category",
        "scope",
        "condition",
        "severity",
        "message",
        "why",
        "remedy",
        "references",
        "source",
        "params",
        "examples",
        "needs",
        "campaign",
    )

    code = models.CharField(
        max_length=20, unique=True, help_text="Capital letters, a dash and three digits, as in RES-001. It stays."
    )
    title = models.CharField(max_length=200, help_text="Names the pitfall, not the cure.")
    category = models.CharField(max_length=20, choices=_choices(CATEGORIES))
    scope = models.CharField(max_length=10, choices=_choices(SCOPES), help_text="What the rule is tried on.")
    condition = models.TextField(
        help_text="True makes a finding, false nothing; what is unknown becomes a question. At most 1,000 characters."
    )
    severity = models.TextField(
        help_text='critical, high, medium, low or info; or an expression such as edge.in_request ? "high" : "medium".'
    )
    message = models.TextField(
        help_text="What a finding says. Names in braces are filled in: {source.name} waits for {target.name}."
    )
    why = models.TextField("why it matters", help_text="Markdown.")
    remedy = models.TextField(help_text="Markdown.")
    references = models.JSONField(default=list, blank=True, help_text="One on each line: a title or an address.")
    source = models.CharField(max_length=200, blank=True, help_text="Where the rule comes from.")
    params = models.JSONField(
        "parameters",
        default=dict,
        blank=True,
        help_text="One on each line, as in at_least: 3. The condition reads it as params.at_least.",
    )
    examples = models.TextField(
        blank=True,
        help_text="Small architectures that must match, must not match (no_match) or must ask, in the form of a "
        "catalog file. Publishing needs one that must match and one that must not, and all of them to pass.",
    )
    needs = models.JSONField(
        default=list, blank=True, help_text="What must be given before the rule can be evaluated at all."
    )
    campaign = models.JSONField(
        default=dict, blank=True, help_text="Until its day the findings are shown as upcoming, and count nowhere."
    )
    state = models.CharField(max_length=10, choices=State, default=State.PUBLISHED, editable=False)
    why_html = models.TextField(blank=True, editable=False)
    remedy_html = models.TextField(blank=True, editable=False)

    class Meta:
        ordering = ["code"]
        permissions = [("publish_rule", "Can publish and retire what the catalog holds")]
        constraints = [
            models.CheckConstraint(condition=Q(scope__in=SCOPES), name="a_rule_has_a_known_scope"),
            models.CheckConstraint(condition=Q(category__in=CATEGORIES), name="a_rule_has_a_known_category"),
            models.CheckConstraint(condition=~Q(condition=""), name="a_rule_has_a_condition"),
            models.CheckConstraint(condition=~Q(severity=""), name="a_rule_has_a_severity"),
            models.CheckConstraint(condition=Q(state__in=State.values), name="a_rule_has_a_known_state"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"

    @property
    def is_published(self) -> bool:
        """Whether reviews evaluate it."""
        return self.state == State.PUBLISHED

    @property
    def counts_from(self) -> date | None:
        """The day from which on its findings count, where it is a campaign."""
        return date.fromisoformat(self.campaign["until"]) if self.campaign else None

    @property
    def is_upcoming(self) -> bool:
        """Whether it is a campaign whose day has not come."""
        return self.counts_from is not None and timezone.localdate() < self.counts_from

    @property
    def severities(self) -> tuple[str, ...]:
        """The severities that a finding of the rule can have, the worst first."""
        named = {self.severity, *_WORD_IN_QUOTES.findall(self.severity)}
        return tuple(severity for severity in SEVERITIES if severity in named)


class Obligation(Entry):
    """What a way of communicating asks of those who use it; `condition` and `when` are conditions about an edge."""

    CONTENT = ("text", "condition", "when", "styles", "outcomes", "position")

    duty = models.CharField(
        max_length=100, unique=True, help_text="Small letters, digits and _, as in dead_letter_queue. It stays."
    )
    text = models.TextField(help_text="What is asked for, as the edge's page says it.")
    condition = models.TextField(help_text="True is met, false missing, unknown unknown.")
    when = models.TextField(blank=True, help_text="Only edges for which this is true have the duty; empty: all.")
    styles = models.JSONField(default=list, blank=True, help_text="The styles that bring the duty.")
    outcomes = models.JSONField(default=list, blank=True, help_text="The outcomes of the tree that would bring it.")
    position = models.PositiveIntegerField(default=0, help_text="Smaller ones are listed first.")
    state = models.CharField(max_length=10, choices=State, default=State.PUBLISHED, editable=False)

    class Meta:
        ordering = ["position", "duty"]
        constraints = [
            models.CheckConstraint(condition=~Q(condition=""), name="an_obligation_has_a_condition"),
            models.CheckConstraint(condition=Q(state__in=State.values), name="an_obligation_has_a_known_state"),
        ]

    def __str__(self) -> str:
        return self.duty


class CatalogSettings(Entry):
    """
    The one row that says what the analysis takes from the catalog beside its rules, and which version is in force.

    `version` grows by one with every change of rules, obligations or settings. `edition` is drawn anew with it: a
    restored database comes to old numbers again, and never to an old edition.
    """

    CONTENT = ("hop_limit", "default_availability")
    HAS_STATE = False
    ONLY = 1

    id = models.PositiveSmallIntegerField(primary_key=True, default=ONLY, editable=False)
    hop_limit = models.PositiveIntegerField(
        default=HOP_LIMIT, help_text="How many synchronous calls may follow one another in a request."
    )
    default_availability = models.FloatField(
        default=DEFAULT_AVAILABILITY, help_text="Percent; assumed where nobody has said how often a service works."
    )
    version = models.PositiveBigIntegerField(default=0, editable=False)
    edition = models.UUIDField(default=uuid.uuid4, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "settings of the catalog"
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="there_is_one_row_of_catalog_settings"),
            models.CheckConstraint(
                condition=Q(default_availability__gt=0, default_availability__lte=100),
                name="the_default_availability_is_a_percentage",
            ),
        ]

    def __str__(self) -> str:
        return f"Settings of the catalog, version {self.version}"
