"""The decisions of a workspace as a log of files: a folder, a zip archive."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from archreview.decisions.models import Decision
from archreview.decisions.queries import decisions_of
from archreview.decisions.sealing import check_intact
from archreview.interchange.decisions.archives import write_archive
from archreview.interchange.decisions.writing import normal, write_log
from archreview.interchange.decisions.written import Link, WrittenDecision
from archreview.workspaces.models import Workspace


def log_of(workspace: Workspace) -> list[WrittenDecision]:
    """The decisions of the workspace as files hold them, by number. One query; raises NotAsDecided."""
    decisions = intact_decisions(workspace)
    superseded = defaultdict(list)
    for decision in decisions:
        superseded[decision.superseded_by_id].append(decision)
    return [as_written(decision, supersedes=superseded[decision.pk]) for decision in decisions]


def as_written(decision: Decision, *, supersedes: Iterable[Decision] = ()) -> WrittenDecision:
    """One decision as a file holds it; `supersedes` are those that it has taken the place of."""
    successor = decision.superseded_by
    return normal(
        WrittenDecision(
            file=decision.file_name,
            title=decision.title,
            body=decision.body,
            number=decision.number,
            slug=decision.slug,
            status=str(decision.status),
            day=decision.date,
            decision_makers=decision.decision_makers,
            consulted=decision.consulted,
            informed=decision.informed,
            tags=decision.tags,
            superseded_by=_link("Superseded by", successor) if successor is not None else None,
            supersedes=tuple(_link("Supersedes", old) for old in supersedes),
        )
    )


def log_files(workspace: Workspace, *, layout: str) -> dict[str, bytes]:
    """The log as files by their paths, in a layout of `interchange.decisions.writing`."""
    return write_log(log_of(workspace), layout=layout, title=f"Decisions of {workspace.name}")


def log_archive(workspace: Workspace, *, layout: str) -> bytes:
    """The log as a zip archive; the same log gives the same bytes."""
    return write_archive(log_files(workspace, layout=layout))


def intact_decisions(workspace: Workspace) -> list[Decision]:
    """All decisions by number; a log in which one is not what was decided goes out to nobody."""
    decisions = list(decisions_of(workspace).order_by("number"))
    for decision in decisions:
        check_intact(decision)
    return decisions


def _link(words: str, decision: Decision) -> Link:
    return Link(words, decision.title, file=decision.file_name, number=decision.number, found=True)
