from django.conf import settings
from django.db import models
from django.urls import reverse


class Role(models.TextChoices):
    """What a member may do; each role may do what those before it may."""

    VIEWER = "viewer", "Viewer"
    REVIEWER = "reviewer", "Reviewer"
    LEAD = "lead", "Lead"

    def includes(self, needed: "Role") -> bool:
        """Whether this role may do what the needed one may."""
        ranks = list(Role)
        return ranks.index(self) >= ranks.index(needed)


class Workspace(models.Model):
    """One organisation's or one programme's systems, reviewed by one circle of people."""

    slug = models.SlugField(max_length=50, unique=True)
    name = models.CharField(max_length=100)
    description = models.TextField(max_length=2000, blank=True)
    # Counts the changes of the model, so that an analysis is known to be of this model or of an earlier one.
    revision = models.PositiveBigIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    members = models.ManyToManyField(settings.AUTH_USER_MODEL, through="Membership", related_name="workspaces")

    class Meta:
        ordering = ["name", "slug"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("reviews:home", args=[self.slug])


class Membership(models.Model):
    """One person in one workspace."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=10, choices=Role, default=Role.VIEWER)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["workspace", "user__username"]
        constraints = [
            models.UniqueConstraint(fields=["workspace", "user"], name="a_person_is_a_member_once_per_workspace"),
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="a_member_has_a_known_role"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.workspace_id}: {self.role}"


class Team(models.Model):
    """Owns services."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="teams")
    # As long and as free as an id of architecture.yaml; checked when it is read or typed.
    slug = models.CharField("id", max_length=100)
    name = models.CharField(max_length=200)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        ordering = ["name", "slug"]
        constraints = [
            models.UniqueConstraint(fields=["workspace", "slug"], name="a_team_has_its_id_once_per_workspace"),
        ]

    def __str__(self) -> str:
        return self.name or self.slug
