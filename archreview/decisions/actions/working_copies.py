"""What a person has typed into the editor and not saved yet."""

from collections.abc import Mapping

from django.contrib.auth.models import User
from django.db import transaction

from archreview.decisions.models import Decision, DecisionVersion, WorkingCopy
from archreview.workspaces.models import Workspace


def keep_working_copy(
    *, workspace: Workspace, decision: Decision | None, fields: Mapping[str, list[str]], based_on: int, by: User
) -> WorkingCopy | None:
    """
    Keep the form as the person has filled it in so far, in place of what was kept before; no version is made.

    None where the person has saved that very text meanwhile: the request was overtaken by the saving, and there is
    nothing left to keep.
    """
    with transaction.atomic():
        # Of two requests of one person, a late one waits for the saving that has overtaken it.
        Workspace.objects.select_for_update().get(pk=workspace.pk)
        if decision is not None:
            saved = DecisionVersion.objects.filter(decision=decision, number=based_on + 1, saved_by=by)
            if saved.exists():
                return None
        copy, _ = WorkingCopy.objects.update_or_create(
            workspace=workspace,
            decision=decision,
            person=by,
            defaults={"fields": dict(fields), "based_on": based_on},
        )
    return copy


def discard_working_copy(*, workspace: Workspace, decision: Decision | None, by: User) -> None:
    """Forget what the person has typed and not saved."""
    WorkingCopy.objects.filter(workspace=workspace, decision=decision, person=by).delete()
