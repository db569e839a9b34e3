from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.urls import reverse
from django.utils import timezone

from archreview.workspaces.models import Workspace

TITLE_LENGTH = 200
PEOPLE_LENGTH = 1000
COMMENT_LENGTH = 4000
TEMPLATE_NAME_LENGTH = 100
SOURCE_LENGTH = 300


class Status(models.TextChoices):
    """Where a decision stands. A proposed one is a draft; all others are decided and keep their text."""

    PROPOSED = "proposed", "Proposed"
    ACCEPTED = "accepted", "Accepted"
    REJECTED = "rejected", "Rejected"
    DEPRECATED = "deprecated", "Deprecated"
    SUPERSEDED = "superseded", "Superseded"


# From which status one may go to which.
STEPS: dict[str, tuple[str, ...]] = {
    Status.PROPOSED: (Status.ACCEPTED, Status.REJECTED),
    Status.ACCEPTED: (Status.DEPRECATED, Status.SUPERSEDED),
    Status.REJECTED: (),
    Status.DEPRECATED: (),
    Status.SUPERSEDED: (),
}

# All that may change once a decision is decided, and only together, as one of the steps. The database refuses the rest.
MOVED_BY_A_STEP = ("status", "superseded_by", "version", "updated_at")
# An account may go and leave what it wrote: then the name that was kept at deciding stays.
MAY_BECOME_NOBODY = ("decided_by", "created_by", "saved_by")


class Template(models.TextChoices):
    """The form that a decision is written in."""

    MADR = "madr", "MADR 4"
    NYGARD = "nygard", "Nygard"
    LOG4BRAINS = "log4brains", "log4brains"
    OWN = "own", "Own template"


class Decision(models.Model):
    """
    A decision record.

    `body` is Markdown from the first heading below the title on; the title and the front matter are fields. `rendered`
    is the body as HTML, kept because rendering is slow; it is cleaned again when it is shown. `generated_body` is what
    the generator wrote, so that what people changed can be told from it. `facts` are those that the decision rests on,
    `confirmation` what must hold once it is accepted, `pictures` the surroundings of the subject before and after.
    `catalog_version` and `revision` say by which rules, and on which state of the model, the text was generated.
    `imported_from` names the file that the record came from; its number is then the one it had there where that was
    free, so a log that comes from elsewhere may begin at 0 and have gaps.
    `will_supersede` is the decision whose place a draft takes when it is accepted. `content_hash` is made when it is
    decided, over all that a reader relies on (see sealing.py), and `decided_name` is who decided, as called then.
    """

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="decisions")
    number = models.PositiveIntegerField()
    slug = models.CharField(max_length=80, blank=True)
    title = models.CharField(max_length=TITLE_LENGTH)
    status = models.CharField(max_length=10, choices=Status, default=Status.PROPOSED)
    template = models.CharField(max_length=20, choices=Template, default=Template.MADR)
    # What an own template said when the text was laid into it: editing the template changes no decision.
    template_name = models.CharField(max_length=TEMPLATE_NAME_LENGTH, blank=True)
    template_text = models.TextField(blank=True)
    body = models.TextField()
    generated_body = models.TextField(blank=True)
    # What the draft was asked to be about, so that it can be generated anew; empty for what a person wrote.
    matter = models.JSONField(default=dict, blank=True)
    rendered = models.TextField(blank=True, editable=False)
    facts = models.JSONField(default=list, blank=True)
    confirmation = models.JSONField(default=dict, blank=True)
    pictures = models.JSONField(default=dict, blank=True)
    subject_kind = models.CharField(max_length=10, blank=True)
    subject_id = models.CharField(max_length=100, blank=True)
    catalog_version = models.CharField(max_length=50, blank=True)
    revision = models.PositiveBigIntegerField(null=True, blank=True)
    decision_makers = models.CharField(max_length=PEOPLE_LENGTH, blank=True)
    consulted = models.CharField(max_length=PEOPLE_LENGTH, blank=True)
    informed = models.CharField(max_length=PEOPLE_LENGTH, blank=True)
    tags = models.CharField(max_length=PEOPLE_LENGTH, blank=True)
    imported_from = models.CharField(max_length=SOURCE_LENGTH, blank=True)
    date = models.DateField(default=timezone.localdate)
    superseded_by = models.ForeignKey(
        "self", on_delete=models.RESTRICT, null=True, blank=True, related_name="supersedes"
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    decided_name = models.CharField(max_length=200, blank=True, editable=False)
    decided_at = models.DateTimeField(null=True, blank=True)
    content_hash = models.CharField("SHA-256", max_length=64, blank=True, editable=False)
    will_supersede = models.ForeignKey("self", on_delete=models.RESTRICT, null=True, blank=True, related_name="+")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    # Counts the savings, so that the second of two people who save the same draft is told.
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        ordering = ["workspace", "-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "number"], name="a_decision_has_its_number_once_per_workspace"
            ),
            models.CheckConstraint(
                condition=models.Q(number__gte=1) | ~models.Q(imported_from=""), name="our_own_numbers_begin_at_one"
            ),
            models.CheckConstraint(condition=models.Q(status__in=Status.values), name="a_decision_has_a_known_status"),
            models.CheckConstraint(
                condition=~models.Q(template=Template.OWN) | ~models.Q(template_text=""),
                name="an_own_template_is_kept_with_the_decision",
            ),
            models.CheckConstraint(
                condition=models.Q(status=Status.SUPERSEDED, superseded_by__isnull=False)
                | (~models.Q(status=Status.SUPERSEDED) & models.Q(superseded_by__isnull=True)),
                name="a_superseded_decision_names_its_successor",
            ),
            models.CheckConstraint(
                condition=models.Q(status=Status.PROPOSED) | ~models.Q(content_hash=""),
                name="a_decided_decision_has_its_hash",
            ),
        ]
        indexes = [
            models.Index(fields=["workspace", "status"]),
            models.Index(fields=["workspace", "subject_kind", "subject_id"]),
        ]

    def __str__(self) -> str:
        return f"{self.label} {self.title}"

    def get_absolute_url(self) -> str:
        return reverse("decisions:decision", args=[self.workspace.slug, self.number])

    def clean(self) -> None:
        """Refuse another text for a decision that is decided, whatever form it comes through."""
        stored = Decision.objects.filter(pk=self.pk).first()
        if stored is None or stored.is_draft:
            return
        kept = [field.attname for field in self._meta.concrete_fields if field.name not in MOVED_BY_A_STEP]
        if any(getattr(self, name) != getattr(stored, name) for name in kept):
            raise ValidationError(
                f"Decision {self.label} is {stored.status}: its text cannot change. Supersede it instead."
            )

    @property
    def label(self) -> str:
        """The number as it is written: four digits."""
        return f"{self.number:04d}"

    @property
    def file_name(self) -> str:
        """`0007-publish-order-placed-on-kafka.md`"""
        return f"{self.label}-{self.slug}.md" if self.slug else f"{self.label}.md"

    @property
    def is_draft(self) -> bool:
        return self.status == Status.PROPOSED

    @property
    def next_steps(self) -> tuple[str, ...]:
        """The statuses that it may go to."""
        return STEPS[self.status]

    @property
    def changed_by_people(self) -> bool:
        """Whether the text differs from the generated one."""
        return bool(self.generated_body) and self.body != self.generated_body


class DecisionVersion(models.Model):
    """A text as somebody saved it. The newest one is the decision's own text; none is ever changed."""

    decision = models.ForeignKey(Decision, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=TITLE_LENGTH)
    body = models.TextField()
    decision_makers = models.CharField(max_length=PEOPLE_LENGTH, blank=True)
    consulted = models.CharField(max_length=PEOPLE_LENGTH, blank=True)
    informed = models.CharField(max_length=PEOPLE_LENGTH, blank=True)
    confirmation = models.JSONField(default=dict, blank=True)
    status = models.CharField(max_length=10, choices=Status, default=Status.PROPOSED)
    note = models.CharField(max_length=200, blank=True)
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    saved_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["decision", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["decision", "number"], name="a_version_has_its_number_once_per_decision"),
        ]

    def __str__(self) -> str:
        return f"version {self.number} of {self.decision_id}"


class WorkingCopy(models.Model):
    """
    What one person has typed into the editor and not saved: it is kept while they type, and shown to nobody else.

    `decision` is None for a decision that is not created yet. `based_on` is the version that the person began from.
    """

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    decision = models.ForeignKey(Decision, on_delete=models.CASCADE, null=True, related_name="working_copies")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    # The form as it was filled in, by name of the field: it need not be valid yet.
    fields = models.JSONField(default=dict)
    based_on = models.PositiveIntegerField(default=0)
    saved_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["decision", "person"],
                condition=models.Q(decision__isnull=False),
                name="a_person_has_one_working_copy_of_a_decision",
            ),
            models.UniqueConstraint(
                fields=["workspace", "person"],
                condition=models.Q(decision__isnull=True),
                name="a_person_has_one_working_copy_of_a_new_decision",
            ),
        ]

    def __str__(self) -> str:
        return f"what {self.person_id} typed into {self.decision_id}"


class Comment(models.Model):
    """What somebody says about a decision. It is no part of the record, so it stays open when all else is closed."""

    decision = models.ForeignKey(Decision, on_delete=models.CASCADE, related_name="comments")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    text = models.TextField(max_length=COMMENT_LENGTH)
    written_at = models.DateTimeField(auto_now_add=True)
    edited_at = models.DateTimeField(null=True, blank=True)
    # Counts the savings, as a decision's does.
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        ordering = ["decision", "written_at", "pk"]

    def __str__(self) -> str:
        return f"comment {self.pk} on {self.decision_id}"


class WorkspaceTemplate(models.Model):
    """A workspace's own form for its decisions: Markdown with fields in braces (see `record_templates`)."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="decision_templates")
    name = models.CharField(max_length=TEMPLATE_NAME_LENGTH)
    text = models.TextField()
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    changed_at = models.DateTimeField(auto_now=True)
    # Counts the savings, so that the second of two people who save the same template is told.
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        ordering = ["workspace", "name"]
        constraints = [
            models.UniqueConstraint(fields=["workspace", "name"], name="a_template_has_its_name_once_per_workspace"),
        ]

    def __str__(self) -> str:
        return self.name
