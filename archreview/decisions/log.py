"""The decisions of a workspace as a log of files: a folder, a zip archive, one document."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.safestring import mark_safe

from archreview.decisions.layout import for_paper
from archreview.decisions.models import Decision, Status
from archreview.decisions.queries import decisions_of
from archreview.decisions.sealing import check_intact
from archreview.interchange.decisions.archives import write_archive
from archreview.interchange.decisions.writing import normal, write_log
from archreview.interchange.decisions.written import Link, WrittenDecision
from archreview.rendering import html_to_pdf
from archreview.workspaces.models import Workspace

# The address of a decision's file in a link of a text that is laid out, and the first digits of its name.
LINK_TO_A_FILE = re.compile(r'href="(?:\./)?(\d{4,6})(?:-[a-z0-9_-]{1,80})?\.md(?:#[^"]{0,200})?"')
HEADING = re.compile(r"(</?h)([1-6])(?=[ >])")
DEEPEST = 6


def log_of(workspace: Workspace) -> list[WrittenDecision]:
    """The decisions of the workspace as files hold them, by number. One query; raises NotAsDecided."""
    decisions = _intact(workspace)
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


def log_pdf(workspace: Workspace) -> bytes:
    """The log as one document with contents. Takes seconds; raises RenderingFailed and NotAsDecided."""
    decisions = _intact(workspace)
    numbers = frozenset(decision.number for decision in decisions)
    context = {
        "workspace": workspace,
        "decisions": [(decision, _as_chapter(decision, numbers)) for decision in decisions],
        "first": min((decision.date for decision in decisions), default=None),
        "last": max((decision.date for decision in decisions), default=None),
        "counts": [
            (label, count)
            for value, label in Status.choices
            if (count := sum(decision.status == value for decision in decisions))
        ],
    }
    return html_to_pdf(
        title=f"Decisions of {workspace.name}",
        body=render_to_string("decisions/log_pdf.html", context),
        css=((settings.BASE_DIR / "static" / "css" / "pdf_log.css").read_text(encoding="utf-8"),),
        subject=f"The decision log of {workspace.name}",
        keywords=("architecture decision records",),
    )


def _intact(workspace: Workspace) -> list[Decision]:
    """All decisions by number; a log in which one is not what was decided goes out to nobody."""
    decisions = list(decisions_of(workspace).order_by("number"))
    for decision in decisions:
        check_intact(decision)
    return decisions


def _link(words: str, decision: Decision) -> Link:
    return Link(words, decision.title, file=decision.file_name, number=decision.number, found=True)


def _as_chapter(decision: Decision, numbers: frozenset[int]) -> str:
    """The text as a chapter: its headings one level down, its links to other decisions as places in the document."""

    def place(found: re.Match[str]) -> str:
        return f'href="#decision-{int(found[1])}"' if int(found[1]) in numbers else found[0]

    def deeper(found: re.Match[str]) -> str:
        return f"{found[1]}{min(int(found[2]) + 1, DEEPEST)}"

    html = LINK_TO_A_FILE.sub(place, HEADING.sub(deeper, for_paper(decision.rendered)))
    return mark_safe(html)  # noqa: S308 - cleaned by the allow-list; only levels and our own places are put in
