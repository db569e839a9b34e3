"""How a change of the catalog is recorded: one lock, one version, one row of history for each thing that changed."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction

from archreview.rendering import RenderingFailed, markdowns_to_html
from archreview.rules.checking import Told, check_entry
from archreview.rules.models import CatalogChange, CatalogSettings, CatalogVersion, Entry, Kind, Obligation, Rule, State
from archreview.rules.values import SETTINGS_KEY
from archreview.web.versions import ChangedMeanwhile

logger = logging.getLogger(__name__)

What = CatalogChange.What
# What names something of the catalog: its kind, and its code, its duty or `settings`.
Name = tuple[str, str]
KEPT_AS: Mapping[str, tuple[type[Rule] | type[Obligation], str]] = {
    Kind.RULE: (Rule, "code"),
    Kind.OBLIGATION: (Obligation, "duty"),
}


class InvalidEntry(ValueError):
    """An entry that cannot be kept: `problems` by the name of the field, for each entry by its key."""

    def __init__(self, problems: Mapping[str, Told]) -> None:
        self.problems = problems
        lines = [
            f"{key}, {name}: {text}" for key, told in problems.items() for name, texts in told.items() for text in texts
        ]
        super().__init__("\n".join(lines))


def locked_settings(*, seen: int | None = None) -> CatalogSettings:
    """
    Give the row of settings, locked until the transaction ends: one change of the catalog at a time.

    Raises ChangedMeanwhile where another version is in force than the one that was seen.
    """
    CatalogSettings.objects.get_or_create(pk=CatalogSettings.ONLY)
    settings = CatalogSettings.objects.select_for_update().get(pk=CatalogSettings.ONLY)
    if seen is not None and settings.version != seen:
        raise ChangedMeanwhile
    return settings


def locked_entries(settings: CatalogSettings, names: Iterable[Name]) -> dict[Name, Entry]:
    """Give the rows that there are of the names, by name; the settings are locked already."""
    wanted = list(names)
    found: dict[Name, Entry] = {}
    for kind, (model, key_name) in KEPT_AS.items():
        keys = [key for of, key in wanted if of == kind]
        if keys:
            rows = model._default_manager.select_for_update().filter(**{f"{key_name}__in": keys})
            found |= {(str(kind), getattr(row, key_name)): row for row in rows}
    if any(kind == Kind.SETTINGS for kind, _ in wanted):
        found[str(Kind.SETTINGS), SETTINGS_KEY] = settings
    return found


def put(
    settings: CatalogSettings,
    wanted: Mapping[Name, Mapping[str, Any]],
    *,
    by: User | None,
    why: str = "",
    what: str | None = None,
    try_examples: bool = True,
    built_in: bool = False,
    goes_back_to: int | None = None,
) -> list[Name]:
    """
    Let things say what is wanted of them, all in one version, and give the names of those that said something else.

    With `built_in` the contents are what the product ships, and are noted as such. Raises InvalidEntry, with all that
    is wrong with any of them, and keeps none; makes no version where nothing changes.
    """
    rows = locked_entries(settings, wanted)
    changes: list[CatalogChange] = []
    kept: list[Entry] = []
    problems: dict[str, Told] = {}
    for (kind, key), content in wanted.items():
        row = rows.get((kind, key))
        if row is None:
            model, key_name = KEPT_AS[kind]
            row = model(**{key_name: key})
        is_new = row.pk is None or (row is settings and not settings.version)
        before = None if is_new else row.content()
        row.fill(content)
        after = row.content()
        if before != after:
            problems[key] = check_entry(kind, key, after, try_examples=try_examples)
            row.revision += not is_new
            change = CatalogChange(kind=kind, key=key, before=before, after=after, why=why)
            change.what = what or _what_happened(before, after)
            changes.append(change)
        if built_in:
            row.built_in, row.newer = after, None
        if before != after or built_in:
            kept.append(row)
    refuse(problems)
    for row in kept:
        if row is not settings:
            row.save()
    if changes:
        count_version(settings, changes, by=by, why=why, goes_back_to=goes_back_to)
    elif settings in kept:
        settings.save()
    _lay_out_afterwards([row for row in kept if isinstance(row, Rule)])
    return [(change.kind, change.key) for change in changes]


def _what_happened(before: Mapping[str, Any] | None, after: Mapping[str, Any]) -> str:
    if before is None:
        return What.CREATED
    if before.get("state") == after.get("state"):
        return What.CHANGED
    return What.RETIRED if after["state"] == State.RETIRED else What.RETURNED


def count_version(
    settings: CatalogSettings,
    changes: Sequence[CatalogChange],
    *,
    by: User | None,
    why: str,
    goes_back_to: int | None = None,
) -> None:
    """Make the next version of the catalog, of these changes."""
    settings.version += 1
    settings.edition = uuid.uuid4()
    settings.save()
    name = name_of(by)
    CatalogVersion.objects.create(number=settings.version, by=by, by_name=name, why=why, goes_back_to=goes_back_to)
    for change in changes:
        change.version, change.by, change.by_name = settings.version, by, name
    CatalogChange.objects.bulk_create(changes)
    logger.info("catalog version %s by %s: %s changes", settings.version, name or "the product", len(changes))


def name_of(person: User | None) -> str:
    """Give the name that the history keeps; empty for the product itself."""
    return (person.get_full_name() or person.get_username()) if person else ""


def refuse(problems: Mapping[str, Told]) -> None:
    """Raise InvalidEntry where there is any problem."""
    found = {key: told for key, told in problems.items() if told}
    if found:
        raise InvalidEntry(found)


# --- Texts -------------------------------------------------------------------------------------


def _lay_out_afterwards(rules: Sequence[Rule]) -> None:
    """Render the texts once the rules are stored: it can take seconds, in which nothing may be locked."""
    keys = [rule.pk for rule in rules]
    if keys:
        Rule.objects.filter(pk__in=keys).update(why_html="", remedy_html="")
        transaction.on_commit(lambda: lay_out_texts(keys))


def lay_out_texts(keys: Sequence[int]) -> None:
    """
    Keep the Markdown of these rules as HTML.

    Where it cannot be rendered nothing is kept, and pages show the text as it was written.
    """
    rules = list(Rule.objects.filter(pk__in=keys).only("pk", "revision", "why", "remedy"))
    texts = tuple(text for rule in rules for text in (rule.why, rule.remedy))
    try:
        pages = iter(_rendered(texts))
    except RenderingFailed as failure:
        logger.warning("the texts of %s rules stay as they were written: %s", len(rules), failure)
        return
    for rule in rules:
        # Whoever has changed the rule meanwhile has its new texts rendered too.
        Rule.objects.filter(pk=rule.pk, revision=rule.revision).update(why_html=next(pages), remedy_html=next(pages))


@lru_cache(maxsize=2)
def _rendered(texts: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(markdowns_to_html(texts))
