"""What changes a decision. Each lays the text out before it writes, so that no transaction waits for a child."""

import logging
import re
from dataclasses import dataclass
from itertools import count

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify

from archreview.decisions.draft import Draft
from archreview.decisions.models import PEOPLE_LENGTH, STEPS, TITLE_LENGTH, Decision, DecisionVersion, Status
from archreview.engine.results import Subject
from archreview.rendering import RenderingFailed, markdown_to_html
from archreview.web.versions import ChangedMeanwhile
from archreview.workspaces.models import Workspace

logger = logging.getLogger(__name__)

SLUG_LENGTH = 80
# Between the words of OrderPlaced.
CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


class AlreadyDecided(Exception):
    """The decision is no draft any more; its text stays as it is."""


class NoSuchStep(Exception):
    """A decision cannot go from where it stands to the status asked for."""


@dataclass(frozen=True, slots=True)
class Text:
    """What a person writes: the title, the Markdown, and names separated by commas."""

    title: str
    body: str
    decision_makers: str = ""
    consulted: str = ""
    informed: str = ""
    tags: str = ""


def create_draft(*, workspace: Workspace, draft: Draft, subject: Subject, by: User) -> Decision:
    """
    A proposed decision with the generated text, under the next free number.

    Where the text cannot be laid out it is stored all the same, and its page shows it as it was written.
    """
    text = Text(
        title=draft.title,
        body=draft.markdown,
        decision_makers=", ".join(draft.people.decision_makers)[:PEOPLE_LENGTH],
        consulted=", ".join(draft.people.consulted)[:PEOPLE_LENGTH],
        informed=", ".join(draft.people.informed)[:PEOPLE_LENGTH],
    )
    return _create(workspace=workspace, text=text, by=by, draft=draft, subject=subject)


def write_decision(*, workspace: Workspace, text: Text, by: User) -> Decision:
    """A proposed decision that a person wrote from the first word on."""
    return _create(workspace=workspace, text=text, by=by, draft=None, subject=None)


def edit_draft(decision: Decision, *, text: Text, version: int, by: User) -> Decision:
    """
    Give the draft another text, if its version is still the one that the person opened.

    Raises AlreadyDecided for what is no draft, and ChangedMeanwhile when somebody else has saved since.
    """
    rendered = _rendered(text.body)
    with transaction.atomic():
        changed = Decision.objects.filter(pk=decision.pk, version=version, status=Status.PROPOSED).update(
            title=text.title,
            slug=slug_of(text.title),
            body=text.body,
            rendered=rendered,
            decision_makers=text.decision_makers,
            consulted=text.consulted,
            informed=text.informed,
            tags=text.tags,
            date=timezone.localdate(),
            updated_at=timezone.now(),
            version=version + 1,
        )
        decision.refresh_from_db()
        if not changed:
            raise _refusal(decision)
        _keep_version(decision, by=by, note="")
    return decision


def decide(decision: Decision, *, to: Status, version: int, by: User, successor: Decision | None = None) -> Decision:
    """
    Accept or reject a draft, deprecate an accepted decision, or replace it with an accepted `successor`.

    Raises NoSuchStep for a step that does not exist, and ChangedMeanwhile when somebody has saved since.
    """
    if to not in STEPS[decision.status]:
        raise NoSuchStep(f"A decision that is {decision.status} cannot become {Status(to).label.lower()}.")
    if to == Status.SUPERSEDED:
        _check_successor(decision, successor)
    now = timezone.now()
    with transaction.atomic():
        changes: dict[str, object] = {"status": to, "version": version + 1, "updated_at": now}
        if decision.status == Status.PROPOSED:
            changes |= {"date": timezone.localdate(now), "decided_by": by, "decided_at": now}
            if not decision.decision_makers:
                changes["decision_makers"] = by.get_full_name() or by.get_username()
        if to == Status.SUPERSEDED:
            changes["superseded_by"] = successor
        changed = Decision.objects.filter(pk=decision.pk, version=version, status=decision.status).update(**changes)
        decision.refresh_from_db()
        if not changed:
            raise ChangedMeanwhile
        _keep_version(decision, by=by, note=Status(to).label)
    return decision


def delete_draft(decision: Decision, *, version: int) -> None:
    """
    Delete a draft with its versions; its number is free again.

    Raises AlreadyDecided for what is no draft, and ChangedMeanwhile when somebody has saved since `version` was read.
    """
    with transaction.atomic():
        deleted, _ = Decision.objects.filter(pk=decision.pk, version=version, status=Status.PROPOSED).delete()
        if not deleted:
            decision.refresh_from_db()
            raise _refusal(decision)


def slug_of(title: str) -> str:
    """The title as a part of a file's name: `publish-order-placed-on-kafka`; empty where no letter is left."""
    return slugify(CAMEL.sub("-", title))[:SLUG_LENGTH].strip("-_")


def _create(*, workspace: Workspace, text: Text, by: User, draft: Draft | None, subject: Subject | None) -> Decision:
    rendered = _rendered(text.body)
    with transaction.atomic():
        decision = Decision(
            workspace=workspace,
            number=_free_number(workspace),
            slug=slug_of(text.title),
            title=text.title[:TITLE_LENGTH],
            body=text.body,
            rendered=rendered,
            decision_makers=text.decision_makers,
            consulted=text.consulted,
            informed=text.informed,
            tags=text.tags,
            created_by=by,
        )
        if draft is not None:
            decision.generated_body = draft.markdown
            decision.facts = [fact.as_json() for fact in draft.facts]
            decision.confirmation = draft.confirmation.as_json()
            decision.pictures = draft.pictures_as_json()
            decision.catalog_version = draft.catalog_version
            decision.revision = workspace.revision
        if subject is not None:
            decision.subject_kind, decision.subject_id = subject.kind, subject.id
        decision.full_clean(exclude=["body"] if not text.body else None)
        decision.save(force_insert=True)
        _keep_version(decision, by=by, note="Generated" if draft is not None else "")
    return decision


def _free_number(workspace: Workspace) -> int:
    """
    The lowest number that no decision of the workspace has, so that the log has no holes.

    It is above all that were imported: what a log from elsewhere left out may be named in places that we do not know.
    Holds the workspace's row, so that of two writers the second waits for the first.
    """
    Workspace.objects.select_for_update().get(pk=workspace.pk)
    rows = Decision.objects.filter(workspace=workspace).values_list("number", "imported_from")
    taken = {number for number, _ in rows}
    imported = max((number for number, source in rows if source), default=0)
    return next(number for number in count(imported + 1) if number not in taken)


def _keep_version(decision: Decision, *, by: User, note: str) -> None:
    DecisionVersion.objects.create(
        decision=decision,
        number=decision.version,
        title=decision.title,
        body=decision.body,
        decision_makers=decision.decision_makers,
        consulted=decision.consulted,
        informed=decision.informed,
        status=decision.status,
        note=note,
        saved_by=by,
    )


def _rendered(body: str) -> str:
    """The body as HTML; empty where it cannot be laid out."""
    try:
        return markdown_to_html(body)
    except RenderingFailed as failure:
        logger.info("a decision is stored without its layout: %s", failure)
        return ""


def _refusal(decision: Decision) -> Exception:
    if not decision.is_draft:
        return AlreadyDecided(f"Decision {decision.label} is {decision.status}: its text cannot change any more.")
    return ChangedMeanwhile()


def _check_successor(decision: Decision, successor: Decision | None) -> None:
    if successor is None or successor.workspace_id != decision.workspace_id or successor.pk == decision.pk:
        raise NoSuchStep("Name another decision of this workspace that takes its place.")
    if successor.status != Status.ACCEPTED:
        raise NoSuchStep(
            f"Decision {successor.label} is {successor.status}; only an accepted one can take another's place."
        )
