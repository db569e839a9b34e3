"""The rule catalog as rows: what administrators change, and every change with who and when."""

import hashlib
import json
import re
import uuid
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from archreview.engine.catalog import SCOPES
from archreview.engine.model import DEFAULT_AVAILABILITY, HOP_LIMIT
from archreview.engine.results import SEVERITIES
from archreview.interchange.catalogs import CATEGORIES

_WORD_IN_QUOTES = re.compile(r'"([a-z]+)"')


def _choices(words: tuple[str, ...]) -> list[tuple[str, str]]:
    return [(word, word.capitalize()) for word in words]


class Entry(models.Model):
    """
    Something of the catalog that the product ships and an administrator may change.

    `built_in_hash` is that of the shipped content: empty where nothing like it is shipped, other than `content_hash()`
    where an administrator has changed it. `revision` counts the changes of the row, so that two people who edit it at
    once are told.
    """

    CONTENT: ClassVar[tuple[str, ...]] = ()

    built_in_hash = models.CharField(max_length=64, blank=True, editable=False)
    revision = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        abstract = True

    def content(self) -> dict[str, Any]:
        """What an administrator can write, as JSON takes it."""
        return {name: getattr(self, name) for name in self.CONTENT}

    def content_hash(self) -> str:
        """The same for the same content."""
        return hash_of(self.content())

    @property
    def is_own(self) -> bool:
        """Whether it comes from an administrator and not with the product."""
        return not self.built_in_hash

    @property
    def is_changed(self) -> bool:
        """Whether it came with the product and says something else now."""
        return bool(self.built_in_hash) and self.built_in_hash != self.content_hash()


def hash_of(content: dict[str, Any]) -> str:
    """Give a digest of an entry's content, whatever the order of its keys."""
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


class Rule(Entry):
    """
    A rule of the catalog.

    Condition, severity and message are texts of the rule language. `why` and `remedy` are Markdown; `why_html` and
    `remedy_html` are kept because rendering is slow, and are cleaned again when they are shown. `examples` is the YAML
    that stands under a rule's `examples:` in a catalog file.
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
        "enabled",
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
        "catalog file. They are tried whenever the rule is saved.",
    )
    needs = models.JSONField(
        default=list, blank=True, help_text="What must be given before the rule can be evaluated at all."
    )
    enabled = models.BooleanField(default=True, help_text="A rule that is off finds nothing and asks nothing.")
    why_html = models.TextField(blank=True, editable=False)
    remedy_html = models.TextField(blank=True, editable=False)

    class Meta:
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(condition=Q(scope__in=SCOPES), name="a_rule_has_a_known_scope"),
            models.CheckConstraint(condition=Q(category__in=CATEGORIES), name="a_rule_has_a_known_category"),
            models.CheckConstraint(condition=~Q(condition=""), name="a_rule_has_a_condition"),
            models.CheckConstraint(condition=~Q(severity=""), name="a_rule_has_a_severity"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"

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

    class Meta:
        ordering = ["position", "duty"]
        constraints = [
            models.CheckConstraint(condition=~Q(condition=""), name="an_obligation_has_a_condition"),
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


class CatalogChange(models.Model):
    """
    One change of one thing: what it said before and after, null where it was not there.

    All changes of one action carry the version that the action made.
    """

    class Kind(models.TextChoices):
        RULE = "rule", "Rule"
        OBLIGATION = "obligation", "Obligation"
        SETTINGS = "settings", "Settings"

    class What(models.TextChoices):
        LOADED = "loaded", "Loaded"
        CREATED = "created", "Created"
        CHANGED = "changed", "Changed"
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
        names = [*self.before, *(name for name in self.after if name not in self.before)]
        pairs = ((name, self.before.get(name), self.after.get(name)) for name in names)
        return [(name, old, new) for name, old, new in pairs if old != new]
