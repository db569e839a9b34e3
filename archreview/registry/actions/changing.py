"""What every change of a workspace's model begins with."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.core.exceptions import ValidationError
from django.db import transaction

from archreview.registry.architectures import load_architecture
from archreview.registry.soundness import Problem, problems
from archreview.workspaces.actions import touch
from archreview.workspaces.models import Workspace


@contextmanager
def changing(workspace: Workspace) -> Iterator[None]:
    """
    One transaction that changes the model of the workspace.

    Counting the change first lets one change of a workspace happen at a time: no other can come between what is read
    here and what is written.
    """
    with transaction.atomic():
        touch(workspace)
        yield


def check_soundness(workspace: Workspace, *, kind: str, slug: str) -> None:
    """Refuse a change after which calls do not fit together; call it after the change, in its transaction."""
    errors: dict[str, list[str]] = {}
    for problem in problems(load_architecture(workspace)):
        if (problem.kind, problem.id) == (kind, slug):
            errors.setdefault(problem.field, []).append(problem.message)
        else:
            errors.setdefault("__all__", []).append(sentence(problem))
    if errors:
        raise ValidationError(dict(sorted(errors.items())))


def sentence(problem: Problem) -> str:
    """The problem with what it is about, where that does not show from the place."""
    return f"{problem.kind.capitalize()} {problem.id}: {problem.message}"
