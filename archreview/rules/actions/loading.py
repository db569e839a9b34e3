"""How what the product ships gets into the catalog, and what becomes of what somebody has changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction

from archreview.engine.catalog import Catalog
from archreview.rules.actions.drafting import save_draft
from archreview.rules.actions.record import Name, What, count_version, locked_entries, locked_settings, put
from archreview.rules.models import CatalogChange, CatalogSettings, Draft, Entry, Kind, Obligation, Rule
from archreview.rules.values import SETTINGS_KEY, contents_of_catalog
from archreview.web.versions import ChangedMeanwhile


@dataclass(slots=True)
class Loaded:
    """
    What loading a catalog did, by keys.

    `kept` are those that an administrator has changed, and that the catalog now says something new about: that is kept
    beside the change until somebody decides. `gone` came with an earlier catalog and this one lacks them; they stay.
    """

    version: int = 0
    added: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    changed: bool = False


def load_catalog(catalog: Catalog, *, by: User | None = None, try_examples: bool = True) -> Loaded:
    """
    Take what a catalog that the product ships says, but for what an administrator has changed.

    Loading the same catalog again changes nothing. Raises InvalidEntry, and takes nothing, where a rule is unsound or,
    where they are tried, fails one of its examples.
    """
    shipped = contents_of_catalog(catalog)
    loaded = Loaded()
    with transaction.atomic():
        settings = locked_settings()
        wanted: dict[Name, Mapping[str, Any]] = {}
        rows = _all_entries(settings)
        for name, content in shipped.items():
            row, key = rows.get(name), name[1]
            if row is None:
                loaded.added.append(key)
                wanted[name] = content
            elif content == row.built_in:
                _offer(row, None)
            elif row.content() in (row.built_in, content):
                loaded.updated.append(key)
                wanted[name] = content
            else:
                loaded.kept.append(key)
                _offer(row, content)
        loaded.gone += sorted(name[1] for name, row in rows.items() if name not in shipped and not row.is_own)
        loaded.changed = bool(put(settings, wanted, by=by, what=What.LOADED, try_examples=try_examples, built_in=True))
        loaded.version = settings.version
    return loaded


def take_theirs(kind: str, key: str, *, by: User | None, why: str = "", revision: int) -> None:
    """
    Decide for what a newer release ships: it replaces what somebody had changed here.

    Raises ChangedMeanwhile where there is nothing to decide, or the entry has another revision than was seen, and
    InvalidEntry where it is unsound here.
    """
    with transaction.atomic():
        settings = locked_settings()
        row = _undecided(settings, (kind, key), revision)
        put(settings, {(kind, key): row.newer or {}}, by=by, why=why, what=What.LOADED, built_in=True)


def keep_ours(kind: str, key: str, *, by: User | None, why: str = "", revision: int) -> None:
    """
    Decide for what was changed here: nothing that is judged by changes, and the newer release is not offered again.

    The decision is a version like any other, so that the history has it with a name. Raises ChangedMeanwhile where
    there is nothing to decide, or the entry has another revision than was seen.
    """
    with transaction.atomic():
        settings = locked_settings()
        row = _undecided(settings, (kind, key), revision)
        row.built_in, row.newer = row.newer, None
        row.revision += 1
        row.save()
        content = row.content()
        kept = CatalogChange(kind=kind, key=key, what=What.KEPT, before=content, after=content, why=why)
        count_version(settings, [kept], by=by, why=why)


def draft_of_both(kind: str, key: str, *, by: User | None, revision: int) -> Draft:
    """
    Draft what each of the two changed since what was shipped before; where both changed a field, it has ours.

    Raises ChangedMeanwhile where there is nothing to decide, where the entry has another revision than was seen, and
    where there is a draft already.
    """
    with transaction.atomic():
        row = _undecided(locked_settings(), (kind, key), revision)
        base, theirs = row.built_in or {}, row.newer or {}
        content = {
            name: theirs.get(name, ours) if ours == base.get(name) else ours for name, ours in row.written().items()
        }
        return save_draft(kind, key, content, by=by, why="From the newer release and the change made here")


def _undecided(settings: CatalogSettings, name: Name, revision: int) -> Entry:
    row = locked_entries(settings, [name]).get(name)
    if row is None or row.newer is None or row.revision != revision:
        raise ChangedMeanwhile
    return row


def _offer(row: Entry, content: Mapping[str, Any] | None) -> None:
    if row.newer != content:
        row.newer = content
        row.save(update_fields=["newer"])


def _all_entries(settings: CatalogSettings) -> dict[Name, Entry]:
    found: dict[Name, Entry] = {(str(Kind.RULE), row.code): row for row in Rule.objects.select_for_update()}
    found |= {(str(Kind.OBLIGATION), row.duty): row for row in Obligation.objects.select_for_update()}
    if settings.version:
        found[str(Kind.SETTINGS), SETTINGS_KEY] = settings
    return found
