"""
Large files of an architecture: a worker reads and compares one, a person looks at the preview, a worker stores it.

What came of the comparing is kept as the job's result, and the file as its input, so both go when the job expires.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction

from archreview.engine.model import Architecture
from archreview.interchange.documents import LIMITS, Limits, Problem, Problems
from archreview.interchange.native import read_architecture
from archreview.jobs.actions import ask
from archreview.jobs.kinds import JobFailed, Kind, Made, Progress
from archreview.jobs.models import Job
from archreview.jobs.queries import asker_of, content_of, result_of
from archreview.registry.actions import PreparedImport, prepare_import
from archreview.registry.comparison import Comparison
from archreview.web.versions import ChangedMeanwhile
from archreview.workspaces.models import Role, Workspace

IMPORT = "import"
# What the statements of such an import name as their source, whatever the file was called on somebody's disk.
SOURCE = "architecture.yaml"
MOST_PROBLEMS = 200
# Reading and comparing so many bytes takes about a second.
LARGE = 400_000
# A company of 2,000 services and 10,000 edges with half of its facts, in the largest request that is let in.
LIMITS_OF_WORKERS = Limits(max_bytes=7_000_000, max_nodes=800_000)
# Of the progress in percent: where the reading ends, and where the comparing does.
READ, COMPARED = 40, 70


@dataclass(frozen=True, slots=True)
class Outcome:
    """
    What came of reading and comparing a file: its problems, or why it does not fit, or else a preview.

    `count` are the problems with those that are not kept. `again`: the workspace had changed since the last preview.
    """

    problems: tuple[Problem, ...] = ()
    count: int = 0
    refusals: tuple[str, ...] = ()
    comparison: Comparison | None = None
    revision: int = 0
    again: bool = False

    def to_json(self) -> dict[str, Any]:
        """Write it as JSON."""
        return {
            "problems": [asdict(problem) for problem in self.problems],
            "count": self.count,
            "refusals": self.refusals,
            "comparison": None if self.comparison is None else self.comparison.to_json(),
            "revision": self.revision,
            "again": self.again,
        }

    @classmethod
    def from_json(cls, written: dict[str, Any]) -> Outcome:
        """Read what `to_json` wrote."""
        comparison = written["comparison"]
        return cls(
            problems=tuple(Problem(**problem) for problem in written["problems"]),
            count=written["count"],
            refusals=tuple(written["refusals"]),
            comparison=None if comparison is None else Comparison.from_json(comparison),
            revision=written["revision"],
            again=written["again"],
        )


def is_for_workers(content: bytes) -> bool:
    """Whether a worker takes it, rather than the request that brings it."""
    return settings.BACKGROUND != "request" and len(content) > LARGE


def limits() -> Limits:
    """How large a file may be: a worker has time for more than a request."""
    return LIMITS if settings.BACKGROUND == "request" else LIMITS_OF_WORKERS


def ask_for_preview(*, workspace: Workspace, content: bytes, by: User) -> Job:
    """Let a worker read and compare the file. Raises TooManyJobs."""
    return ask(workspace=workspace, kind=IMPORT, title=f"Preview of {SOURCE}", options={}, by=by, content=content)


def ask_for_import(*, preview: Job, revision: int, by: User) -> Job:
    """Let a worker store what somebody has seen the preview of, at that revision. Raises TooManyJobs."""
    return ask(
        workspace=preview.workspace,
        kind=IMPORT,
        title=f"Import of {SOURCE}",
        options={"revision": revision},
        by=by,
        content=content_of(preview) or b"",
    )


def outcome_of(job: Job) -> Outcome | None:
    """What came of reading and comparing; None where it is not done, or has stored what it should."""
    file = result_of(job).first()
    return None if file is None else Outcome.from_json(json.loads(bytes(file.content)))


def take_file(job: Job, progress: Progress) -> Made | None:
    """
    Read and compare the file of the job; store it where the preview of just this has been seen.

    Gives what a person has to look at. Raises JobFailed where whoever asked may not import any more.
    """
    by = asker_of(job, Role.REVIEWER)
    problems = Problems()
    architecture = _read(job, problems, progress)
    if architecture is None:
        return _made(Outcome(problems=tuple(problems.all()[:MOST_PROBLEMS]), count=len(problems)))
    progress.step("Comparing it with what is here", READ, 100)
    seen = job.options.get("revision")
    try:
        prepared = _prepare(job, architecture, by)
        if prepared.revision == seen and _is_stored(prepared, progress):
            return None
        if prepared.revision == seen:
            # Somebody came between the comparing and the writing.
            prepared = _prepare(job, architecture, by)
    except ValidationError as refusal:
        return _made(Outcome(refusals=tuple(refusal.messages[:MOST_PROBLEMS])))
    return _made(Outcome(comparison=prepared.comparison, revision=prepared.revision, again=seen is not None))


IMPORT_KIND = Kind(
    name=IMPORT,
    place="registry:import",
    place_name="Import",
    run=take_file,
    outcome="registry:import_preview",
    outcome_name="Look at what it would change",
    role=Role.REVIEWER,
)


def _read(job: Job, problems: Problems, progress: Progress) -> Architecture | None:
    content = content_of(job)
    if content is None:
        raise JobFailed("The file is gone. Choose it again.")

    def follow(line: int, lines: int) -> None:
        progress.step(f"Reading line {line:,} of {lines:,}", READ * line // lines, 100)

    progress.step("Reading the file", 0, 100)
    return read_architecture([(SOURCE, content)], problems=problems, limits=LIMITS_OF_WORKERS, follow=follow)


def _prepare(job: Job, architecture: Architecture, by: User) -> PreparedImport:
    return prepare_import(workspace=job.workspace, architecture=architecture, by=by, source=SOURCE)


def _is_stored(prepared: PreparedImport, progress: Progress) -> bool:
    """Store it and end the job, both or neither; false where the workspace has changed since the comparing."""
    done = prepared.comparison
    progress.step("Writing it", COMPARED, 100)
    try:
        with transaction.atomic():
            prepared.store()
            progress.finish(in_numbers(done))
    except ChangedMeanwhile:
        return False
    return True


def in_numbers(done: Comparison) -> str:
    """Say how much an import has changed."""
    return f"Imported: {len(done.new):,} new, {len(done.changed):,} changed, {len(done.unchanged):,} unchanged."


def _made(outcome: Outcome) -> Made:
    content = json.dumps(outcome.to_json(), ensure_ascii=False, separators=(",", ":")).encode()
    return Made("preview.json", "application/json", content)
