"""What changes a workspace, its members and its revision."""

from django.contrib.auth.models import User
from django.db import router, transaction
from django.db.models import F
from django.db.models.deletion import Collector
from django.utils.text import slugify

from archreview.workspaces.models import Membership, Role, Workspace

SLUG_LENGTH = 50


class LastLead(Exception):
    """The change would leave the workspace without a lead."""


def create_workspace(*, name: str, lead: User, description: str = "", slug: str = "") -> Workspace:
    """A new workspace, led by the person. Without a slug, one is made from the name."""
    with transaction.atomic():
        workspace = Workspace(name=name, description=description, slug=slug or free_slug(name))
        workspace.full_clean()
        workspace.save()
        Membership.objects.create(workspace=workspace, user=lead, role=Role.LEAD)
    return workspace


def free_slug(name: str) -> str:
    """The name as a slug that no workspace has yet."""
    stem = slugify(name)[: SLUG_LENGTH - 5].strip("-_") or "workspace"
    taken = set(Workspace.objects.filter(slug__startswith=stem).values_list("slug", flat=True))
    if stem not in taken:
        return stem
    return next(slug for number in range(2, len(taken) + 3) if (slug := f"{stem}-{number}") not in taken)


def change_workspace(workspace: Workspace, *, name: str, description: str) -> None:
    """Give it another name and description; its address stays."""
    workspace.name = name
    workspace.description = description
    workspace.full_clean()
    workspace.save(update_fields=["name", "description"])


def delete_workspace(workspace: Workspace) -> None:
    """
    Delete it with everything in it, decisions that are decided too.

    Its own row goes before what belongs to it: only then does the database let go of what else stays as long as its
    workspace. Until the end of the transaction nothing minds that the rest leads nowhere.
    """
    using = router.db_for_write(Workspace)
    with transaction.atomic(using=using):
        collector = Collector(using=using, origin=workspace)
        collector.collect([workspace])
        Workspace.objects.filter(pk=workspace.pk)._raw_delete(using=using)
        collector.delete()


def add_member(workspace: Workspace, *, user: User, role: Role) -> Membership:
    """Make the person a member with the role; whoever is one already gets the role."""
    with transaction.atomic():
        _lock(workspace)
        membership = Membership.objects.filter(workspace=workspace, user=user).first()
        if membership is None:
            return Membership.objects.create(workspace=workspace, user=user, role=role)
        return _give(membership, role)


def change_role(membership: Membership, *, role: Role) -> Membership:
    """Give the member another role. Raises LastLead when nobody would lead the workspace."""
    with transaction.atomic():
        _lock(membership.workspace)
        return _give(membership, role)


def remove_member(membership: Membership) -> None:
    """End the membership; what the person wrote stays. Raises LastLead when nobody would lead the workspace."""
    with transaction.atomic():
        _lock(membership.workspace)
        _keep_a_lead(membership)
        membership.delete()


def touch(workspace: Workspace) -> None:
    """Count one more change of the model. Call it in the transaction of the change."""
    Workspace.objects.filter(pk=workspace.pk).update(revision=F("revision") + 1)
    workspace.refresh_from_db(fields=["revision"])


def touch_at(workspace: Workspace, revision: int) -> bool:
    """Count one more change as `touch` does, if the model is still at this revision; gives whether it was."""
    still = Workspace.objects.filter(pk=workspace.pk, revision=revision)
    if not still.update(revision=F("revision") + 1):
        return False
    workspace.revision = revision + 1
    return True


def _give(membership: Membership, role: Role) -> Membership:
    if role != Role.LEAD:
        _keep_a_lead(membership)
    membership.role = role
    membership.save(update_fields=["role"])
    return membership


def _keep_a_lead(membership: Membership) -> None:
    others = Membership.objects.filter(workspace_id=membership.workspace_id, role=Role.LEAD).exclude(pk=membership.pk)
    if membership.role == Role.LEAD and not others.exists():
        raise LastLead("A workspace needs a lead. Make somebody else lead first.")


def _lock(workspace: Workspace) -> None:
    """Let one change of the members at a time look at who leads; SQLite's IMMEDIATE transactions do so anyway."""
    Workspace.objects.select_for_update().get(pk=workspace.pk)
