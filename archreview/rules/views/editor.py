"""The editors of the desk: one entry of the catalog, from its first draft to being retired."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from archreview.engine.language import NAMES_OF_SCOPE, Entry, names_of
from archreview.rules import actions
from archreview.rules.actions import InvalidEntry
from archreview.rules.checking import type_in_words
from archreview.rules.dry_runs import DryRun, dry_run
from archreview.rules.live import Look, Told, look_at
from archreview.rules.models import Draft, Kind, Rule, State
from archreview.rules.models import Entry as Row
from archreview.rules.queries import current_catalog, current_version, draft_of, entry_of, history_of
from archreview.rules.telling import label_of, told_change, written
from archreview.rules.values import SETTINGS_KEY
from archreview.rules.views.desk import Rights, address_of, rights
from archreview.rules.written import FIELDS, Field, content_from, example_to_begin_with, new_content, shown_value
from archreview.web.answers import announce, wants_partial
from archreview.web.pieces import Difference
from archreview.web.requests import HtmxRequest
from archreview.web.versions import ChangedMeanwhile
from archreview.workspaces.queries import memberships_of

CHANGES_SHOWN = 20
NOUNS = {Kind.RULE: "rule", Kind.OBLIGATION: "obligation", Kind.SETTINGS: "settings of the catalog"}
KEY_LABELS = {Kind.RULE: "Code", Kind.OBLIGATION: "Duty"}
KEY_HELP = {
    Kind.RULE: "Capital letters, a dash and three digits, as in OWN-001. It stays.",
    Kind.OBLIGATION: "Small letters, digits and _, as in dead_letter_queue. It stays.",
}
# What stands for a code or a duty that is not written yet.
_UNNAMED = {Kind.RULE: "NEW-000", Kind.OBLIGATION: "not_named_yet", Kind.SETTINGS: SETTINGS_KEY}
# How conditions are written, for the reference beside the editor.
SNIPPETS = (
    (" && ", "and"),
    (" || ", "or"),
    ("!", "not"),
    (" == ", "is; the opposite is !="),
    (" >= ", "at least; also > < <= on numbers"),
    (' in ["", ""]', "is one of"),
    (' ? "high" : "medium"', "if so the first, else the second"),
    ("known(", "whether somebody has said it"),
    ("size(", "how many there are in a list"),
    (".exists(s, s.)", "so for one of a list, such as flow.steps"),
    (".all(s, s.)", "so for each of a list"),
)
STEPS = ("publish", "rebase", "discard", "retire", "take-back", "save", "check", "dry-run")


@dataclass(frozen=True, slots=True)
class ShownField:
    """A field with what stands in it and what is wrong with that."""

    field: Field
    value: Any
    problems: list[Told]


@dataclass(frozen=True, slots=True)
class Root:
    """The names that begin alike, as the reference beside the editor lists them."""

    name: str
    entries: tuple[Entry, ...]


@require_http_methods(["GET", "HEAD", "POST"])
def rule(request: HtmxRequest, code: str) -> HttpResponse:
    """Show a rule with its draft, and take what is done with it."""
    return _editor(request, Kind.RULE, code)


@require_http_methods(["GET", "HEAD", "POST"])
def new_rule(request: HtmxRequest) -> HttpResponse:
    """Show an empty rule, and take its first draft."""
    return _editor(request, Kind.RULE, "")


@require_http_methods(["GET", "HEAD", "POST"])
def obligation(request: HtmxRequest, duty: str) -> HttpResponse:
    """Show an obligation with its draft, and take what is done with it."""
    return _editor(request, Kind.OBLIGATION, duty)


@require_http_methods(["GET", "HEAD", "POST"])
def new_obligation(request: HtmxRequest) -> HttpResponse:
    """Show an empty obligation, and take its first draft."""
    return _editor(request, Kind.OBLIGATION, "")


@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: HtmxRequest) -> HttpResponse:
    """Show the settings of the catalog with their draft, and take what is done with them."""
    return _editor(request, Kind.SETTINGS, SETTINGS_KEY)


def _editor(request: HtmxRequest, kind: Kind, key: str) -> HttpResponse:
    may = rights(request, kind)
    editor = _Editor(request, kind, key, may)
    if key and editor.row is None and editor.draft is None:
        raise Http404
    if request.method != "POST":
        return editor.page()
    # These buttons have no room for the name of their step beside what they say.
    unnamed = "dry-run" if "as" in request.POST or "only" in request.POST else "check"
    do = request.POST.get("do", unnamed)
    if do not in STEPS:
        return HttpResponseBadRequest("There is no such step.", content_type="text/plain; charset=utf-8")
    if do != "check" and not may.write:
        raise PermissionDenied("You may look at the catalog, and not change it.")
    if do in ("publish", "retire", "take-back") and not may.publish:
        raise PermissionDenied("Publishing and retiring need a right of their own; an administrator gives it.")
    editor.content = content_from(kind, request.POST)
    editor.key = key or request.POST.get("key", "").replace("\x00", "").strip()
    editor.why = request.POST.get("reason", "").replace("\x00", "").strip()[:500]
    if do == "check":
        return editor.checked()
    editor.is_being_begun = False
    if do == "dry-run":
        return editor.tried_in_workspaces()
    return editor.do(do)


class _Editor:
    """One entry on the desk: what is in force, what is drafted, and what the person has written."""

    def __init__(self, request: HtmxRequest, kind: Kind, key: str, may: Rights) -> None:
        self.request, self.kind, self.key, self.may = request, kind, key, may
        self.is_new = not key
        self.row: Row | None = entry_of(kind, key) if key else None
        self.draft: Draft | None = draft_of(kind, key) if key else None
        self.in_force: Mapping[str, Any] | None = self.row.written() if self.row else None
        self.content: Mapping[str, Any] = {
            **new_content(kind),
            **(self.draft.content if self.draft else self.in_force or {}),
        }
        self.why = self.draft.why if self.draft else ""
        # While something new is being written, what is still empty is no mistake.
        self.is_being_begun = self.is_new

    # -- steps --

    def checked(self) -> HttpResponse:
        """Say what is to be said of what is written, and store nothing."""
        look = self.look()
        if wants_partial(self.request):
            response = render(self.request, "rules/desk/_check.html", {**self._context(look), "is_part": True})
            return announce(response, look.summary)
        return self.page(look)

    def tried_in_workspaces(self) -> HttpResponse:
        """Say what it would change, and store nothing."""
        look = self.look()
        found: DryRun | None = None
        retiring = self.request.POST.get("as") == "retired"
        if look.is_readable or retiring:
            state = {} if self.kind == Kind.SETTINGS else {"state": str(State.RETIRED if retiring else State.PUBLISHED)}
            base = self.in_force if retiring and self.in_force is not None else self.content
            wanted = {(str(self.kind), self.key or _UNNAMED[self.kind]): {**base, **state}}
            found = dry_run(wanted, person=self.request.user, only=self.request.POST.get("only", ""))
        extra = {"dry_run": found, "was_tried": True, "is_retiring": retiring}
        if wants_partial(self.request):
            response = render(self.request, "rules/desk/_dry_run.html", {**self._context(look), **extra})
            return announce(response, found.summary if found else "No dry run: mend the problems first.")
        return self.page(look, extra=extra)

    def do(self, step: str) -> HttpResponse:
        """Take a step of the entry's life, and lead to where it stands then."""
        if self.is_new and (entry_of(self.kind, self.key) or draft_of(self.kind, self.key)):
            taken = Told(f"{self.key} is there already: open it from the desk, or choose another.")
            return self.page(status=422, extra={"refused": True, "refusals": {KEY_LABELS[self.kind]: [taken]}})
        try:
            said = self._done(step)
        except InvalidEntry as refusal:
            told = refusal.problems.get(self.key, {})
            problems = {name: [Told(text.splitlines()[0]) for text in texts] for name, texts in told.items()}
            look = self.look()
            shown = {"code", "duty", *look.problems}
            rest = {name: texts for name, texts in problems.items() if name not in shown}
            return self.page(look, status=422, extra={"refused": True, "refusals": rest})
        except ChangedMeanwhile:
            return self._conflict()
        messages.success(self.request, said)
        there = step != "discard" or not self.is_only_drafted
        return redirect(address_of(self.kind, self.key) if there else reverse("catalog:desk"))

    @property
    def is_only_drafted(self) -> bool:
        """Whether nothing of it has been in force yet."""
        return self.row is None

    @property
    def _says_nothing_new(self) -> bool:
        """Whether what is written is what is in force, and nobody has drafted anything else."""
        is_in_force = self.row is not None and getattr(self.row, "state", State.PUBLISHED) == State.PUBLISHED
        return is_in_force and self.draft is None and self.content == self.in_force

    @property
    def _seen(self) -> int:
        seen = self.request.POST.get("seen", "0")
        return int(seen) if seen.isdecimal() and len(seen) < 10 else 0

    def _done(self, step: str) -> str:
        by, key, kind = self.request.user, self.key, self.kind
        if step in ("save", "publish") and self._says_nothing_new:
            return f"{key} says this already: nothing was stored."
        if step == "save":
            self._save()
            return f"Kept as a draft: {key}. Nothing that is judged by has changed."
        if step == "publish":
            draft = self._save()
            actions.publish_draft(kind, key, by=by, why=self.why, seen=draft.version)
            return f"In force now: {key}, version {current_version()} of the catalog."
        if step == "rebase":
            actions.put_draft_on_what_is_in_force(kind, key, seen=self._seen)
            return "The draft counts as begun from what is in force now."
        if step == "discard":
            actions.discard_draft(kind, key, seen=self._seen)
            return f"The draft of {key} is thrown away."
        move = actions.retire if step == "retire" else actions.take_back
        moved = move(kind, [key], by=by, why=self.why)
        if not moved:
            raise ChangedMeanwhile
        return (
            f"{'Retired' if step == 'retire' else 'In force again'}: {key}, version {current_version()} of the catalog."
        )

    def _save(self) -> Draft:
        """Keep what is written as a draft, where that is not what is kept already."""
        draft = draft_of(self.kind, self.key)
        same = draft is not None and draft.version == self._seen and draft.content == self.content
        if draft is None or not same or draft.why != self.why:
            draft = actions.save_draft(
                self.kind, self.key, self.content, by=self.request.user, why=self.why, seen=self._seen
            )
        # From here on there is something of this name, whatever becomes of it: the page goes on as that one's.
        was_new, self.is_new = self.is_new, False
        self.draft = draft
        if was_new and not draft.is_of_something_new:
            # Somebody else has put something of this name in force since it was looked for.
            raise ChangedMeanwhile
        return draft

    def _conflict(self) -> HttpResponse:
        """Show what somebody else has made of it meanwhile, beside what this person has written."""
        self.row, self.draft = entry_of(self.kind, self.key), draft_of(self.kind, self.key)
        self.in_force = self.row.written() if self.row else None
        moved = bool(self.draft and self.row and self.draft.based_on != self.row.revision)
        other = self.in_force if moved or self.draft is None else self.draft.content
        theirs = [
            Difference(label_of(name), written((other or {}).get(name, "")), written(value))
            for name, value in self.content.items()
            if (other or {}).get(name) != value
        ]
        extra = {"conflict": True, "theirs": theirs, "base_moved": moved}
        return self.page(status=409, extra=extra)

    # -- what is shown --

    def look(self) -> Look:
        """Look at what is written, as it would be published."""
        published = current_catalog().rules if self.kind == Kind.RULE else ()
        return look_at(self.kind, self.key or _UNNAMED[self.kind], self.content, published)

    def page(
        self, look: Look | None = None, *, status: int = 200, extra: Mapping[str, Any] | None = None
    ) -> HttpResponse:
        """Give the whole page."""
        context = {**self._context(look or self.look()), **self._page_context(), **(extra or {})}
        return render(self.request, "rules/desk/editor.html", context, status=status)

    def _context(self, look: Look) -> dict[str, Any]:
        lacking = [name for name in look.problems if self.is_being_begun and not self.content.get(name, self.key)]
        problems = {name: told for name, told in look.problems.items() if name not in lacking}
        fields = {
            field.name: ShownField(
                field, shown_value(field, self.content.get(field.name, "")), problems.get(field.name, [])
            )
            for field in FIELDS[self.kind]
        }
        labels = {name: shown.field.label for name, shown in fields.items()}
        return {
            "may": self.may,
            "kind": str(self.kind),
            "key": self.key,
            "noun": NOUNS[self.kind],
            "look": look,
            "fields": fields,
            "is_part": False,
            "is_new": self.is_new,
            "wrong": [(name, labels.get(name) or KEY_LABELS.get(self.kind, name)) for name in problems],
            "wrong_count": sum(map(len, problems.values())),
            "lacking": [(name, labels[name]) for name in lacking if name in labels],
            "params": self._params(),
            # While nothing is written there, that is no problem yet.
            "key_problems": look.problems.get("key", []) if self.key or not self.is_new else [],
            "action": address_of(self.kind, self.key) if not self.is_new else self.request.path,
        }

    def _params(self) -> list[tuple[str, str, str]]:
        """The rule's own parameters, with their types and values, as far as they can be read."""
        params = self.content.get("params")
        if not isinstance(params, dict):
            return []
        return [(name, type_in_words(value), json.dumps(value, ensure_ascii=False)) for name, value in params.items()]

    def _page_context(self) -> dict[str, Any]:
        scope = self.content.get("scope", "edge") if self.kind == Kind.RULE else "edge"
        known_scope = scope if scope in NAMES_OF_SCOPE else "edge"
        scopes = NAMES_OF_SCOPE if self.kind == Kind.RULE else ("edge",)
        history = (
            [told_change(change) for change in history_of(self.kind, self.key)[:CHANGES_SHOWN]] if self.key else []
        )
        membership = memberships_of(self.request.user).first()
        slug = membership.workspace.slug if membership else ""
        state = getattr(self.row, "state", "") if self.row else ""
        return {
            "row": self.row,
            "draft": self.draft,
            "state": state,
            "is_retired": state == State.RETIRED,
            "key_label": KEY_LABELS.get(self.kind, ""),
            "key_help": KEY_HELP.get(self.kind, ""),
            "reason": self.why,
            "seen": self.draft.version if self.draft else 0,
            "base_moved": bool(self.draft and self.row and self.draft.based_on != self.row.revision),
            "drafted": self._drafted(),
            "scope": known_scope,
            "reference": [(each, _roots_of(each)) for each in scopes] if self.kind != Kind.SETTINGS else [],
            "beginnings": [
                (each, expect, example_to_begin_with(each, expect))
                for each in scopes
                for expect in ("match", "no_match", "ask")
            ],
            "snippets": SNIPPETS,
            "history": history,
            "catalog_url": reverse("rules:rule", args=[slug, self.key]) if slug and isinstance(self.row, Rule) else "",
            "refusals": {},
        }

    def _drafted(self) -> list[Difference]:
        """What the draft says otherwise than what is in force."""
        if self.draft is None or self.in_force is None:
            return []
        return [
            Difference(label_of(name), written(self.in_force.get(name, "")), written(value))
            for name, value in self.draft.content.items()
            if self.in_force.get(name) != value
        ]


def _roots_of(scope: str) -> list[Root]:
    names = names_of(scope)
    return [
        Root(root, tuple(entry for path, entry in names.items() if path.startswith(f"{root}.")))
        for root in NAMES_OF_SCOPE[scope]
    ]
