"""What changes a draft as a whole: another template, or the text generated anew. Writes through `edit_draft`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User

from archreview.decisions.actions import GENERATED, Text, edit_draft
from archreview.decisions.draft import Draft
from archreview.decisions.merging import MergedSection, merged_sections
from archreview.decisions.models import Decision, Template, WorkspaceTemplate
from archreview.decisions.record_templates import RecordTemplate, template_of
from archreview.workspaces.models import Workspace

MINE, THEIRS, BOTH = "mine", "theirs", "both"
GENERATED_ANEW = "Generated anew"


@dataclass(frozen=True, slots=True)
class Anew:
    """A draft beside what would be generated for it today."""

    draft: Draft
    generated: str
    sections: tuple[MergedSection, ...]

    @property
    def contradictions(self) -> tuple[MergedSection, ...]:
        """The sections in which somebody has to choose."""
        return tuple(section for section in self.sections if section.is_contradictory)


def change_template(
    decision: Decision, *, template: Template, own: WorkspaceTemplate | None, version: int, by: User
) -> Decision:
    """
    Lay the draft into another template. What people wrote stays, under a standard heading where it has no field.

    Raises AlreadyDecided for what is no draft, ChangedMeanwhile when somebody has saved since `version` was read, and
    BadTemplate where an own template cannot be read any more.
    """
    text = own.text if own is not None else ""
    old, new = template_in_use(decision), template_of(template, text)
    return edit_draft(
        decision,
        text=_text(decision, _laid_anew(decision.body, old, new)),
        version=version,
        by=by,
        note=f"Laid into {own.name if own is not None else template.label}"[:200],
        also={
            "template": template,
            "template_name": own.name if own is not None else "",
            "template_text": text,
            "generated_body": _laid_anew(decision.generated_body, old, new),
        },
    )


def beside(decision: Decision, draft: Draft) -> Anew:
    """The draft as it stands beside a new one: what people changed, what the generator would write, both together."""
    template = template_in_use(decision)
    generated = template.lay(draft.sections)
    sections = merged_sections(
        template.read(decision.generated_body), template.read(decision.body), template.read(generated)
    )
    return Anew(draft, generated, tuple(sections))


def take_anew(
    decision: Decision, anew: Anew, *, choices: Mapping[str, str], workspace: Workspace, version: int, by: User
) -> Decision:
    """
    Give the draft what would be generated today together with what people wrote.

    `choices` says by section whose text stays where the two contradict: mine (also where nothing is said), theirs or
    both. The title and the people stay as they are, and so does what the decision binds where somebody has chosen it.
    Raises what `edit_draft` raises.
    """
    content = {section.section: _kept(section, choices.get(section.section, MINE)) for section in anew.sections}
    draft = anew.draft
    return edit_draft(
        decision,
        text=_text(decision, template_in_use(decision).lay(content, keep_all=True)),
        version=version,
        by=by,
        note=GENERATED_ANEW,
        also={
            "generated_body": anew.generated,
            **_bound(decision, draft),
            "pictures": draft.pictures_as_json(),
            "catalog_version": draft.catalog_version,
            "revision": workspace.revision,
        },
    )


def template_in_use(decision: Decision) -> RecordTemplate:
    """The template that the decision is laid into."""
    return template_of(decision.template, decision.template_text)


def _bound(decision: Decision, draft: Draft) -> dict[str, object]:
    """What the decision rests on, and what must hold: as generated today, or as somebody has chosen it since."""
    facts = [fact.as_json() for fact in draft.facts]
    generated = decision.versions.filter(note__in=(GENERATED, GENERATED_ANEW)).order_by("-number").first()
    if generated is None or _in_any_order(generated.confirmation) == _in_any_order(decision.confirmation):
        return {"facts": facts, "confirmation": draft.confirmation.as_json()}
    known = {(fact["kind"], fact["id"], fact["fact"]) for fact in facts}
    chosen = [fact for fact in decision.facts if (fact["kind"], fact["id"], fact["fact"]) not in known]
    return {"facts": [*facts, *chosen]}


def _in_any_order(confirmation: Mapping[str, Any]) -> dict[str, object]:
    """What must hold, to compare: the editor writes the same in another order."""
    return {
        name: sorted(json.dumps(part, sort_keys=True) for part in value) if isinstance(value, list) else value
        for name, value in confirmation.items()
    }


def _kept(section: MergedSection, choice: str) -> str:
    if section.text is not None:
        return section.text
    if choice == THEIRS:
        return section.theirs
    return f"{section.mine}\n\n{section.theirs}" if choice == BOTH else section.mine


def _laid_anew(body: str, old: RecordTemplate, new: RecordTemplate) -> str:
    return new.lay(old.read(body), keep_all=True) if body.strip() else ""


def _text(decision: Decision, body: str) -> Text:
    return Text(
        title=decision.title,
        body=body,
        decision_makers=decision.decision_makers,
        consulted=decision.consulted,
        informed=decision.informed,
        tags=decision.tags,
    )
