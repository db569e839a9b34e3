"""A log of decisions comes in: all of it or nothing. An action, like those in `actions`."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from copy import copy

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from archreview.decisions.arrivals import (
    CHANGED,
    NEW,
    Arrival,
    Plan,
    plan_import,
    steps_between,
    successor_number,
)
from archreview.decisions.models import SOURCE_LENGTH, Decision, DecisionVersion, Status
from archreview.decisions.sealing import content_hash_of
from archreview.interchange.decisions.written import Log, WrittenDecision
from archreview.interchange.markdown import plain
from archreview.rendering import Limits, RenderingFailed, markdowns_to_html
from archreview.web.versions import ChangedMeanwhile
from archreview.workspaces.actions import touch
from archreview.workspaces.models import Workspace

logger = logging.getLogger(__name__)

NOTE_LENGTH = 200
# So many texts are laid out by one child process, and after so many that take too long the rest is stored without.
AT_ONCE = 20
MOST_FAILURES = 3
LIMITS = Limits(memory=512 * 2**20, cpu_seconds=2, file_size=20 * 2**20, wall_seconds=4.0, wait_seconds=10.0)
BATCH = 100


class PlanChanged(Exception):
    """The workspace has changed since the preview; `plan` is what the import would do now."""

    def __init__(self, plan: Plan) -> None:
        super().__init__("The decisions have changed since the preview.")
        self.plan = plan


def import_log(
    *,
    workspace: Workspace,
    log: Log,
    by: User | None,
    seen: str | None = None,
    without_status: str = Status.ACCEPTED,
    follow: Callable[[int, int], None] | None = None,
    stored: Callable[[Plan], None] | None = None,
) -> Plan:
    """
    Store what the log says: all of it or, where anything fails, nothing.

    `follow` is told how many of how many texts are laid out, which takes nearly all of the time; `stored` what was
    done, in the transaction that does it. Raises PlanChanged where the import would do something else than the plan
    whose fingerprint is `seen`.
    """
    plan = plan_import(workspace=workspace, log=log, without_status=without_status)
    if seen is not None and plan.fingerprint != seen:
        raise PlanChanged(plan)
    arriving = [arrival for arrival in plan.arrivals if arrival.what in (NEW, CHANGED)]
    rendered = _rendered([arrival.decision.body for arrival in arriving], follow=follow)
    with transaction.atomic():
        # Takes the workspace's row, as whoever gives out a number does.
        Workspace.objects.select_for_update().get(pk=workspace.pk)
        again = plan_import(workspace=workspace, log=log, without_status=without_status)
        if again.fingerprint != plan.fingerprint:
            raise PlanChanged(again)
        if arriving:
            _store(again, workspace=workspace, by=by, rendered=rendered)
            # The analysis begins to look at what is accepted.
            touch(workspace)
        if stored is not None:
            stored(again)
    return again


def _store(plan: Plan, *, workspace: Workspace, by: User | None, rendered: dict[str, str]) -> None:
    new = [
        Decision(
            workspace=workspace,
            number=arrival.decision.number or 0,
            slug=arrival.decision.slug,
            status=_first_status(arrival.decision.status),
            date=arrival.decision.day or timezone.localdate(),
            imported_from=plain(arrival.file)[-SOURCE_LENGTH:],
            created_by=by,
            **_text_of(arrival.decision, rendered),
        )
        for arrival in plan.of(NEW)
    ]
    for decided in new:
        if not decided.is_draft:
            decided.content_hash = content_hash_of(decided)
    Decision.objects.bulk_create(new, batch_size=BATCH)
    rows = {arrival.file: row for arrival, row in zip(plan.of(NEW), new, strict=True)}
    untouched: set[str] = set()
    for arrival in plan.of(CHANGED):
        if arrival.stored is not None:
            version = arrival.stored.version
            rows[arrival.file] = _change(arrival, arrival.stored, rendered)
            if rows[arrival.file].version == version:
                untouched.add(arrival.file)
    keys = {row.number: row.pk for row in Decision.objects.filter(workspace=workspace).only("number")}
    for arrival in plan.arrivals:
        if (row := rows.get(arrival.file)) is not None and arrival.decision.status == Status.SUPERSEDED:
            # Only now is there a successor to name.
            saved = _saved(row) if arrival.file in untouched else {}
            _step(row, Status.SUPERSEDED, superseded_by=keys[successor_number(arrival.decision) or 0], **saved)
    versions = [_version(row, file=file, by=by) for file, row in rows.items()]
    DecisionVersion.objects.bulk_create(versions, batch_size=BATCH)


def _change(arrival: Arrival, row: Decision, rendered: dict[str, str]) -> Decision:
    """Give a draft another text, and go the steps that its status goes; being superseded comes later."""
    saved = _saved(row)
    if row.is_draft:
        columns = {**_text_of(arrival.decision, rendered), "date": arrival.decision.day, **saved}
        if not Decision.objects.filter(pk=row.pk, version=row.version, status=row.status).update(**columns):
            raise ChangedMeanwhile
        row.refresh_from_db()
        saved = {}
    for step in steps_between(row.status, _first_status(arrival.decision.status)):
        _step(row, step, **saved)
        saved = {}
    return row


def _step(row: Decision, to: str, **columns: object) -> None:
    """Go one step of the decision's life; what is decided changes with a step and not otherwise."""
    if row.is_draft:
        columns = {**columns, **_sealed(row, to)}
    if not Decision.objects.filter(pk=row.pk, version=row.version, status=row.status).update(status=to, **columns):
        raise ChangedMeanwhile
    row.refresh_from_db()


def _sealed(row: Decision, to: str) -> dict[str, object]:
    """What a draft is given when it is decided, as `actions.decide` does it."""
    decided = copy(row)
    decided.status, decided.generated_body = to, ""
    return {"generated_body": "", "content_hash": content_hash_of(decided)}


def _saved(row: Decision) -> dict[str, object]:
    """What counts a saving."""
    return {"version": row.version + 1, "updated_at": timezone.now()}


def _first_status(status: str) -> str:
    """The status to store before there is a successor to name."""
    return Status.ACCEPTED if status == Status.SUPERSEDED else status


def _text_of(decision: WrittenDecision, rendered: dict[str, str]) -> dict[str, str]:
    names = ("title", "body", "decision_makers", "consulted", "informed", "tags")
    return {**{name: getattr(decision, name) for name in names}, "rendered": rendered.get(decision.body, "")}


def _version(row: Decision, *, file: str, by: User | None) -> DecisionVersion:
    return DecisionVersion(
        decision=row,
        number=row.version,
        title=row.title,
        body=row.body,
        decision_makers=row.decision_makers,
        consulted=row.consulted,
        informed=row.informed,
        confirmation=row.confirmation,
        status=row.status,
        note=f"Imported from {plain(file)}"[:NOTE_LENGTH],
        saved_by=by,
    )


def _rendered(bodies: Sequence[str], *, follow: Callable[[int, int], None] | None) -> dict[str, str]:
    """
    Each text as HTML. Those that take too long are left out, and once some did, all that follow.

    A text without its layout is shown as it was written.
    """
    return dict(_laid_out(list(dict.fromkeys(bodies)), follow=follow))


def _laid_out(texts: list[str], *, follow: Callable[[int, int], None] | None) -> Iterator[tuple[str, str]]:
    failures = 0
    for start in range(0, len(texts), AT_ONCE):
        if follow is not None:
            follow(start, len(texts))
        some = texts[start : start + AT_ONCE]
        try:
            yield from zip(some, markdowns_to_html(some, limits=LIMITS), strict=True)
            continue
        except RenderingFailed:
            logger.info("of %d imported texts at least one takes too long to lay out", len(some))
        for text in some:
            try:
                yield text, markdowns_to_html([text], limits=LIMITS)[0]
            except RenderingFailed:
                failures += 1
            if failures >= MOST_FAILURES:
                return
