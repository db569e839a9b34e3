"""Import and export of architecture.yaml."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from archreview.engine.model import Architecture
from archreview.interchange.documents import Problem, Problems, shown
from archreview.interchange.native import read_architecture
from archreview.interchange.writers.architecture import write_architecture
from archreview.jobs.actions import TooManyJobs
from archreview.jobs.models import Job
from archreview.jobs.queries import content_of, jobs_of
from archreview.registry.actions import import_architecture, preview_import
from archreview.registry.architectures import load_architecture
from archreview.registry.comparison import Comparison
from archreview.registry.examples import example_text
from archreview.registry.forms import ExampleForm, ImportForm
from archreview.registry.large_files import (
    IMPORT,
    MOST_PROBLEMS,
    SOURCE,
    ask_for_import,
    ask_for_preview,
    in_numbers,
    is_for_workers,
    outcome_of,
)
from archreview.registry.queries import systems_of
from archreview.registry.words import in_words
from archreview.web.requests import HtmxRequest
from archreview.web.versions import ChangedMeanwhile
from archreview.workspaces.access import get_workspace
from archreview.workspaces.models import Role, Workspace

MOST_COLUMNS = 160
# Of the entries that change, the preview shows so many, and says how many there are.
MOST_CHANGED = 500
IMPORTS_SHOWN = 10

_LINE_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")


@dataclass(frozen=True, slots=True)
class ShownProblem:
    """A problem with the line of the file that it is about."""

    problem: Problem
    text: str


@dataclass(frozen=True, slots=True)
class ShownEntry:
    """One entry of a preview, its changes in words: field, before, after."""

    kind: str
    id: str
    name: str
    changes: list[tuple[str, str, str]]
    evidence: int


@dataclass(frozen=True, slots=True)
class ShownConflict:
    """A field where somebody is heard before the file."""

    kind: str
    id: str
    field: str
    kept: str
    kept_by: str
    kept_at: str
    said: str


# `import` is a word of the language.
@require_http_methods(["GET", "HEAD", "POST"])
def import_(request: HtmxRequest, workspace: str) -> HttpResponse:
    """A file comes in: first a preview of what it would do, then, when the person says so, the import."""
    space = get_workspace(request, workspace, Role.REVIEWER)
    if request.method != "POST":
        return _answer(request, form=ImportForm())
    if "example" in request.POST:
        return _example(request, space)
    form = ImportForm(request.POST, request.FILES)
    if not form.is_valid():
        return _answer(request, form=form, status=422)
    content = form.content
    if is_for_workers(content):
        try:
            return redirect(ask_for_preview(workspace=space, content=content, by=request.user))
        except TooManyJobs as refusal:
            form.add_error(None, str(refusal))
            return _answer(request, form=form, status=422)
    return _take(request, space, form, content)


@require_http_methods(["GET", "HEAD", "POST"])
def import_preview(request: HtmxRequest, workspace: str, preview: int) -> HttpResponse:
    """What a worker has found in a large file; whoever asked for it, or a lead, lets a worker store it."""
    space = get_workspace(request, workspace, Role.REVIEWER)
    job = get_object_or_404(jobs_of(space, IMPORT), pk=preview)
    may_import = job.asked_by_id == request.user.pk or Role(request.membership.role).includes(Role.LEAD)
    if request.method == "POST" and not may_import:
        raise PermissionDenied("Only whoever brought this file, or a lead, can import it.")
    outcome = outcome_of(job)
    if outcome is None:
        return redirect(job)
    if outcome.comparison is None:
        problems = _shown_problems(outcome.problems, content_of(job) or b"")
        return _answer(
            request, form=ImportForm(), problems=problems, count=outcome.count, refusals=list(outcome.refusals)
        )
    if request.method != "POST":
        return _preview(
            request, outcome.comparison, revision=outcome.revision, again=outcome.again, job=job, may_import=may_import
        )
    try:
        return redirect(ask_for_import(preview=job, revision=outcome.revision, by=request.user))
    except TooManyJobs as refusal:
        messages.error(request, str(refusal))
        return redirect("registry:import_preview", space.slug, job.pk)


def _example(request: HtmxRequest, space: Workspace) -> HttpResponse:
    form = ExampleForm(request.POST)
    if not form.is_valid():
        return _answer(request, form=ImportForm(), example=form, status=422)
    return _take(request, space, ImportForm(), example_text(form.cleaned_data["example"]).encode())


def _take(request: HtmxRequest, space: Workspace, form: ImportForm, content: bytes) -> HttpResponse:
    """Read it; store it where the person has seen the preview of just this, else show the preview."""
    problems = Problems()
    architecture = read_architecture([(SOURCE, content)], problems=problems)
    if architecture is None:
        shown_ = _shown_problems(problems.all()[:MOST_PROBLEMS], content)
        return _answer(request, form=form, problems=shown_, count=len(problems), status=422)
    try:
        if request.POST.get("store") == str(space.revision):
            try:
                return _stored(request, space, architecture)
            except ChangedMeanwhile:
                # Somebody came between the last look and now: the preview says what it would be as of now.
                pass
        preview = preview_import(workspace=space, architecture=architecture, by=request.user, source=SOURCE)
    except ValidationError as refusal:
        return _answer(request, form=form, refusals=refusal.messages[:MOST_PROBLEMS], status=422)
    return _preview(
        request, preview, revision=space.revision, again="store" in request.POST, text=content.decode("utf-8")
    )


@require_safe
def export(request: HtmxRequest, workspace: str) -> HttpResponse:
    """The workspace, or one system of it, as architecture.yaml."""
    space = get_workspace(request, workspace)
    slug = request.GET.get("system", "").replace("\0", "")
    system = get_object_or_404(systems_of(space), slug=slug) if slug else None
    text = write_architecture(load_architecture(space, system=system))
    return HttpResponse(
        text,
        content_type="application/yaml; charset=utf-8",
        headers={
            "Content-Disposition": 'attachment; filename="architecture.yaml"',
            "X-Content-Type-Options": "nosniff",
        },
    )


def _stored(request: HtmxRequest, space: Workspace, architecture: Architecture) -> HttpResponse:
    done = import_architecture(
        workspace=space, architecture=architecture, by=request.user, source=SOURCE, revision=space.revision
    )
    messages.success(request, in_numbers(done))
    return redirect("registry:edge_list", space.slug)


def _shown_problems(problems: Sequence[Problem], content: bytes) -> list[ShownProblem]:
    lines = _LINE_BREAK.split(content.decode("utf-8", "replace"))
    return [
        ShownProblem(
            problem=problem,
            text=shown(lines[problem.line - 1].strip(), most=MOST_COLUMNS, quote="")
            if problem.line <= len(lines)
            else "",
        )
        for problem in problems
    ]


def _preview(
    request: HtmxRequest,
    comparison: Comparison,
    *,
    revision: int,
    again: bool,
    text: str = "",
    job: Job | None = None,
    may_import: bool = True,
) -> HttpResponse:
    """Show what an import would do. The text of the file comes back with the form, or stays with the job."""

    def entries(what: str, most: int | None = None) -> list[ShownEntry]:
        return [
            ShownEntry(
                kind=entry.kind,
                id=entry.id,
                name=entry.name,
                changes=[
                    (
                        change.name.removeprefix("answers."),
                        in_words(entry.kind, change.name, change.before),
                        in_words(entry.kind, change.name, change.after),
                    )
                    for change in entry.fields
                ]
                if what == "changed"
                else [],
                evidence=entry.evidence,
            )
            for entry in comparison.of(what)[:most]
        ]

    conflicts = [
        ShownConflict(
            kind=conflict.kind,
            id=conflict.id,
            field=conflict.field.removeprefix("answers."),
            kept=in_words(conflict.kind, conflict.field, conflict.kept),
            kept_by=conflict.kept_by,
            kept_at=conflict.kept_at,
            said=in_words(conflict.kind, conflict.field, conflict.said),
        )
        for conflict in comparison.conflicts[:MOST_CHANGED]
    ]
    context: dict[str, Any] = {
        "new": entries("new"),
        "changed": entries("changed", MOST_CHANGED),
        "changed_count": len(comparison.changed),
        "unchanged_count": len(comparison.unchanged),
        "conflicts": conflicts,
        "conflicts_count": len(comparison.conflicts),
        "gone": comparison.gone,
        "text": text,
        "revision": revision,
        "again": again,
        "job": job,
        "may_import": may_import,
    }
    return render(request, "registry/import_preview.html", context)


def _answer(
    request: HtmxRequest,
    *,
    form: ImportForm,
    example: ExampleForm | None = None,
    problems: list[ShownProblem] | None = None,
    count: int = 0,
    refusals: list[str] | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "form": form,
        "example": example or ExampleForm(initial={"example": request.GET.get("example")}),
        "problems": problems or [],
        "count": count,
        "refusals": refusals or [],
        "jobs": list(jobs_of(request.membership.workspace, IMPORT)[:IMPORTS_SHOWN]),
    }
    return render(request, "registry/import.html", context, status=status)
