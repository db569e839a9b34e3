"""What changes a workspace's own templates. A decision keeps the text of its template, so none is touched by it."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.utils import timezone

from archreview.decisions.models import WorkspaceTemplate
from archreview.web.versions import ChangedMeanwhile
from archreview.workspaces.models import Workspace


class NameIsTaken(Exception):
    """Another template of the workspace has the name."""


def add_template(*, workspace: Workspace, name: str, text: str, by: User) -> WorkspaceTemplate:
    """A template whose text has been checked. Raises NameIsTaken."""
    try:
        with transaction.atomic():
            return WorkspaceTemplate.objects.create(workspace=workspace, name=name, text=text, changed_by=by)
    except IntegrityError as error:
        raise NameIsTaken from error


def change_own_template(template: WorkspaceTemplate, *, name: str, text: str, version: int, by: User) -> None:
    """Store another text or name. Raises NameIsTaken, and ChangedMeanwhile when somebody else has saved."""
    try:
        with transaction.atomic():
            changed = WorkspaceTemplate.objects.filter(pk=template.pk, version=version).update(
                name=name, text=text, changed_by=by, changed_at=timezone.now(), version=version + 1
            )
    except IntegrityError as error:
        raise NameIsTaken from error
    if not changed:
        raise ChangedMeanwhile


def delete_template(template: WorkspaceTemplate) -> None:
    """Delete it; decisions that were laid into it stay as they are."""
    template.delete()
