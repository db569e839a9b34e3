"""The decisions of a workspace as one document with contents: a small log in the request, a large one in a worker."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db.models import Count, Sum
from django.db.models.functions import Length
from django.template.loader import render_to_string
from django.utils.safestring import mark_safe
from django.utils.text import slugify

from archreview.decisions.layout import for_paper
from archreview.decisions.log import intact_decisions
from archreview.decisions.models import Decision, Status
from archreview.decisions.sealing import NotAsDecided
from archreview.jobs.documents import PREPARED, following_pages
from archreview.jobs.kinds import JobFailed, Kind, Made, Progress
from archreview.jobs.models import Job
from archreview.rendering import RenderingFailed, html_to_pdf, long_html_to_pdf
from archreview.workspaces.models import Workspace

DECISION_LOG = "decision log"
# A log of so many decisions and characters is laid out in a few seconds: each decision begins a page.
SMALL_DECISIONS = 25
SMALL_CHARACTERS = 60_000
# A page holds about so many characters of HTML; only the bar believes it.
CHARACTERS_A_PAGE = 4_000

# The address of a decision's file in a link of a text that is laid out, and the first digits of its name.
LINK_TO_A_FILE = re.compile(r'href="(?:\./)?(\d{4,6})(?:-[a-z0-9_-]{1,80})?\.md(?:#[^"]{0,200})?"')
HEADING = re.compile(r"(</?h)([1-6])(?=[ >])")
DEEPEST = 6


def is_small(workspace: Workspace) -> bool:
    """Whether the document takes no longer than a request may. One query."""
    size = Decision.objects.filter(workspace=workspace).aggregate(count=Count("pk"), characters=Sum(Length("body")))
    return size["count"] <= SMALL_DECISIONS and (size["characters"] or 0) <= SMALL_CHARACTERS


def log_pdf(workspace: Workspace) -> bytes:
    """The log as one document, for a request. Takes seconds; raises RenderingFailed and NotAsDecided."""
    return html_to_pdf(**_document(workspace, intact_decisions(workspace)))


def long_log_pdf(workspace: Workspace) -> bytes:
    """The log as one document of any length, for whoever can wait. Raises RenderingFailed and NotAsDecided."""
    return _laid_out(_document(workspace, intact_decisions(workspace)))


def make_log(job: Job, progress: Progress) -> Made:
    """The log as one document, in a worker. Raises JobFailed where it is too large or not what was decided."""
    workspace = job.workspace
    progress.step("Reading the decisions", 0, 100)
    try:
        decisions = intact_decisions(workspace)
        progress.step(f"Putting {len(decisions):,} decisions together", PREPARED // 2, 100)
        document = _document(workspace, decisions)
        follow = following_pages(progress, expected=len(document["body"]) // CHARACTERS_A_PAGE)
        pdf = _laid_out(document, follow=follow)
    except (NotAsDecided, RenderingFailed) as refusal:
        raise JobFailed(str(refusal)) from refusal
    return Made(f"{slugify(workspace.slug)}-decisions.pdf", "application/pdf", pdf)


LOG_KIND = Kind(name=DECISION_LOG, place="decisions:log_export", place_name="Export the decisions", run=make_log)


def _laid_out(document: dict[str, Any], *, follow: Callable[[int], None] | None = None) -> bytes:
    too_much = "This log is too large for one PDF. Take the zip: it holds the same texts."
    return long_html_to_pdf(**document, pictures={}, too_much=too_much, follow=follow)


def _document(workspace: Workspace, decisions: list[Decision]) -> dict[str, Any]:
    """What the makers of PDFs are given."""
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
    return {
        "title": f"Decisions of {workspace.name}",
        "body": render_to_string("decisions/log_pdf.html", context),
        "css": ((settings.BASE_DIR / "static" / "css" / "pdf_log.css").read_text(encoding="utf-8"),),
        "subject": f"The decision log of {workspace.name}",
        "keywords": ("architecture decision records",),
    }


def _as_chapter(decision: Decision, numbers: frozenset[int]) -> str:
    """The text as a chapter: its headings one level down, its links to other decisions as places in the document."""

    def place(found: re.Match[str]) -> str:
        return f'href="#decision-{int(found[1])}"' if int(found[1]) in numbers else found[0]

    def deeper(found: re.Match[str]) -> str:
        return f"{found[1]}{min(int(found[2]) + 1, DEEPEST)}"

    html = LINK_TO_A_FILE.sub(place, HEADING.sub(deeper, for_paper(decision.rendered)))
    return mark_safe(html)  # noqa: S308 - cleaned by the allow-list; only levels and our own places are put in
