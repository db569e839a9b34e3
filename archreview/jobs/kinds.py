"""
The kinds of work that can be asked for.

The rooms that have such work lie above this one, so they bring it here: each offers its kind from its app's `ready`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from archreview.jobs.models import Job
from archreview.workspaces.models import Role


class Progress(Protocol):
    """How work tells where it stands. Every call raises `JobStopped` once nobody wants the work any more."""

    def step(self, words: str, done: int = 0, total: int = 0) -> None:
        """Say what is being done now, and how many of how many steps are finished."""

    def alive(self) -> None:
        """Give a sign of life in between; cheap enough to be called often."""

    def finish(self, words: str) -> None:
        """
        End the job as done, with what has come of it in words and no file.

        Called last in the transaction that stores what the work does, so that both happen or neither does.
        """


@dataclass(frozen=True, slots=True)
class Made:
    """A file that work has made."""

    name: str
    content_type: str
    content: bytes


class JobFailed(Exception):
    """The work cannot be done. The message is a sentence for the person who asked."""


class JobStopped(Exception):
    """Somebody has cancelled the job or begun it anew; whoever still works on it stops and writes nothing."""


@dataclass(frozen=True, slots=True)
class Kind:
    """
    One kind of work: `place` is the URL name of the page that lists such jobs, with `place_name` as its link.

    What comes of one is a file to download, or, with an `outcome`, what the page of that URL name shows, with
    `outcome_name` as its link. `role` is what a person must be to open these pages. `run` does the work. It raises
    JobFailed where it cannot be done, and lets JobStopped pass.
    """

    name: str
    place: str
    place_name: str
    run: Callable[[Job, Progress], Made | None]
    outcome: str = ""
    outcome_name: str = ""
    role: Role = Role.VIEWER


_kinds: dict[str, Kind] = {}


def offer(kind: Kind) -> None:
    """Let jobs of this kind be asked for."""
    _kinds[kind.name] = kind


def kind_of(job: Job) -> Kind:
    """What the job does. Raises JobFailed for a kind that this release does not know."""
    try:
        return _kinds[job.kind]
    except KeyError:
        raise JobFailed("This release does not know this kind of work any more.") from None
