"""What writes and decides a decision. The text is laid out before a transaction, so that none waits for a child."""

import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import count
from types import MappingProxyType
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify

from archreview.decisions.draft import Draft
from archreview.decisions.matter import Matter
from archreview.decisions.models import (
    PEOPLE_LENGTH,
    STEPS,
    TITLE_LENGTH,
    Decision,
    DecisionVersion,
    Status,
    WorkingCopy,
)
from archreview.decisions.sealing import content_hash_of
from archreview.engine.results import Subject
from archreview.rendering import RenderingFailed, markdown_to_html
from archreview.web.versions import ChangedMeanwhile
from archreview.workspaces.actions import touch
from archreview.workspaces.models import Workspace

logger = logging.getLogger(__name__)

SLUG_LENGTH = 80
# The note at a text that the generator wrote.
GENERATED = "Generated"
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


@dataclass(frozen=True, slots=True)
class Terms:
    """
    What an accepted decision binds: what must hold, as it is stored, and whose place it takes.

    `facts` are those that it rests on; None leaves them as they are.
    """

    confirmation: Mapping[str, Any]
    facts: list[dict[str, Any]] | None = None
    will_supersede: Decision | None = None


def create_draft(
    *, workspace: Workspace, draft: Draft, subject: Subject, by: User, matter: Matter | None = None
) -> Decision:
    """
    A proposed decision with the generated text, under the next free number.

    `matter` is what the draft was asked to be about; it is kept, so that the draft can be generated anew. Where the
    text cannot be laid out it is stored all the same, and its page shows it as it was written.
    """
    text = Text(
        title=draft.title,
        body=draft.markdown,
        decision_makers=", ".join(draft.people.decision_makers)[:PEOPLE_LENGTH],
        consulted=", ".join(draft.people.consulted)[:PEOPLE_LENGTH],
        informed=", ".join(draft.people.informed)[:PEOPLE_LENGTH],
    )
    return _create(workspace=workspace, text=text, by=by, draft=draft, subject=subject, matter=matter)


def write_decision(*, workspace: Workspace, text: Text, by: User, terms: Terms | None = None) -> Decision:
    """A proposed decision that a person wrote from the first word on."""
    return _create(workspace=workspace, text=text, by=by, draft=None, subject=None, terms=terms)


def edit_draft(
    decision: Decision,
    *,
    text: Text,
    version: int,
    by: User,
    terms: Terms | None = None,
    note: str = "",
    also: Mapping[str, object] = MappingProxyType({}),
) -> Decision:
    """
    Give the draft another text, if its version is still the one that the person opened; without `terms` these stay.

    `note` says in the list of versions what was done; `also` are further fields that are stored together with it. What
    the person had typed and not saved is done with. Raises AlreadyDecided for what is no draft, and ChangedMeanwhile
    when somebody else has saved since.
    """
    rendered = _rendered(text.body)
    changes: dict[str, Any] = {
        "title": text.title,
        "slug": slug_of(text.title),
        "body": text.body,
        "rendered": rendered,
        "decision_makers": text.decision_makers,
        "consulted": text.consulted,
        "informed": text.informed,
        "tags": text.tags,
        **_terms(terms),
        **also,
    }
    with transaction.atomic():
        # A request that keeps what was typed before this saving waits here, and then finds that it was overtaken.
        Workspace.objects.select_for_update().get(pk=decision.workspace_id)
        changed = Decision.objects.filter(pk=decision.pk, version=version, status=Status.PROPOSED).update(
            **changes, date=timezone.localdate(), updated_at=timezone.now(), version=version + 1
        )
        decision.refresh_from_db()
        if not changed:
            raise _refusal(decision)
        _keep_version(decision, by=by, note=note)
        WorkingCopy.objects.filter(decision=decision, person=by).delete()
    return decision


def decide(decision: Decision, *, to: Status, version: int, by: User, successor: Decision | None = None) -> Decision:
    """
    Accept or reject a draft, deprecate an accepted decision, or replace it with an accepted `successor`.

    A draft that is accepted takes the place of the decision that it names. What the readers of a decided decision rely
    on gets its hash, and the analysis begins to look at it, or ceases. Raises NoSuchStep for a step that does not
    exist, and ChangedMeanwhile when somebody has saved since.
    """
    with transaction.atomic():
        # First the workspace, as whoever gives a number does, so that no two wait for each other.
        workspace = Workspace.objects.select_for_update().get(pk=decision.workspace_id)
        found = Decision.objects.select_for_update().get(pk=decision.pk)
        if found.version != version:
            raise ChangedMeanwhile
        if to not in STEPS[found.status]:
            raise NoSuchStep(f"A decision that is {found.status} cannot become {Status(to).label.lower()}.")
        if found.is_draft:
            _seal(found, to=to, by=by)
            if to == Status.ACCEPTED and found.will_supersede is not None:
                _take_the_place_of(found.will_supersede, successor=found, by=by)
        else:
            if to == Status.SUPERSEDED:
                if successor is not None:
                    successor.refresh_from_db()
                _check_successor(found, successor)
                found.superseded_by = successor
            _step(found, to=to, by=by)
        touch(workspace)
    decision.refresh_from_db()
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


def _seal(decision: Decision, *, to: Status, by: User) -> None:
    """Decide a draft: from here on the database keeps it as it is."""
    now = timezone.now()
    decision.status = to
    decision.date = timezone.localdate(now)
    decision.decided_by, decision.decided_at, decision.updated_at = by, now, now
    decision.decided_name = (by.get_full_name() or by.get_username())[:200]
    decision.decision_makers = decision.decision_makers or decision.decided_name
    # From here on the text is the decision's own, whoever wrote which part; version 1 holds the generated one.
    decision.generated_body = ""
    decision.version += 1
    decision.content_hash = content_hash_of(decision)
    decision.save(force_update=True)
    _keep_version(decision, by=by, note=to.label)


def _step(decision: Decision, *, to: Status, by: User) -> None:
    """Let a decided decision go on; of all its columns only these may change."""
    decision.status = to
    decision.version += 1
    decision.updated_at = timezone.now()
    decision.save(force_update=True, update_fields=["status", "superseded_by", "version", "updated_at"])
    note = to.label if decision.superseded_by is None else f"{to.label} by {decision.superseded_by.label}"
    _keep_version(decision, by=by, note=note)


def _take_the_place_of(named: Decision, *, successor: Decision, by: User) -> None:
    """Supersede the decision that the new one names."""
    old = Decision.objects.select_for_update().get(pk=named.pk)
    if old.workspace_id != successor.workspace_id or old.status != Status.ACCEPTED:
        raise NoSuchStep(
            f"It would take the place of decision {old.label}, which is {old.status}; only an accepted one can be "
            "superseded. Choose another in the editor, or none."
        )
    old.superseded_by = successor
    _step(old, to=Status.SUPERSEDED, by=by)


def slug_of(title: str) -> str:
    """The title as a part of a file's name: `publish-order-placed-on-kafka`; empty where no letter is left."""
    return slugify(CAMEL.sub("-", title))[:SLUG_LENGTH].strip("-_")


def _create(
    *,
    workspace: Workspace,
    text: Text,
    by: User,
    draft: Draft | None,
    subject: Subject | None,
    matter: Matter | None = None,
    terms: Terms | None = None,
) -> Decision:
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
            **_terms(terms),
        )
        if draft is not None:
            decision.generated_body = draft.markdown
            decision.facts = [fact.as_json() for fact in draft.facts]
            decision.confirmation = draft.confirmation.as_json()
            decision.pictures = draft.pictures_as_json()
            decision.catalog_version = draft.catalog_version
            decision.revision = workspace.revision
            decision.matter = matter.as_json() if matter is not None else {}
        if subject is not None:
            decision.subject_kind, decision.subject_id = subject.kind, subject.id
        decision.full_clean(exclude=["body"] if not text.body else None)
        decision.save(force_insert=True)
        _keep_version(decision, by=by, note=GENERATED if draft is not None else "")
        if draft is None:
            WorkingCopy.objects.filter(workspace=workspace, decision=None, person=by).delete()
    return decision


def _terms(terms: Terms | None) -> dict[str, Any]:
    if terms is None:
        return {}
    facts = {} if terms.facts is None else {"facts": terms.facts}
    return {"confirmation": dict(terms.confirmation), "will_supersede": terms.will_supersede, **facts}


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
        confirmation=decision.confirmation,
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
