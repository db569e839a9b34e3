"""
What changes the catalog. Nothing else writes to it.

Every action checks what it is given, raises the catalog's version by one in the transaction of the change, and keeps
what the thing said before and after with who changed it.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, TypeVar

from django.contrib.auth.models import User
from django.db import transaction

from archreview.engine.catalog import Catalog
from archreview.rendering import RenderingFailed, markdowns_to_html
from archreview.rules.checking import Told, check_obligation, check_rule, check_settings
from archreview.rules.models import CatalogChange, CatalogSettings, Entry, Obligation, Rule, hash_of
from archreview.rules.values import obligation_content, rule_content, settings_content
from archreview.web.versions import ChangedMeanwhile

logger = logging.getLogger(__name__)

Kind, What = CatalogChange.Kind, CatalogChange.What
SETTINGS_KEY = "settings"

E = TypeVar("E", bound=Entry)


class InvalidEntry(ValueError):
    """An entry that cannot be kept: `problems` by the name of the field, for each entry by its key."""

    def __init__(self, problems: Mapping[str, Told]) -> None:
        self.problems = problems
        lines = [
            f"{key}, {name}: {text}" for key, told in problems.items() for name, texts in told.items() for text in texts
        ]
        super().__init__("\n".join(lines))


@dataclass(slots=True)
class Loaded:
    """
    What loading a catalog did, by keys.

    `kept` are those that an administrator has changed, and that the catalog now says something new about; `gone` came
    with an earlier catalog and this one lacks them. Neither is touched.
    """

    version: int = 0
    added: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)

    @property
    def changed(self) -> bool:
        """Whether there is a new version of the catalog now."""
        return bool(self.added or self.updated)


# --- Loading -----------------------------------------------------------------------------------


def load_catalog(catalog: Catalog, *, by: User | None = None, try_examples: bool = True) -> Loaded:
    """
    Take what a catalog says, but for what an administrator has changed.

    Loading the same catalog again changes nothing. Raises InvalidEntry, and takes nothing, where a rule is unsound or,
    where they are tried, fails one of its examples.
    """
    rules = {rule.code: rule_content(rule) for rule in catalog.rules}
    duties = {rule.duty: obligation_content(rule, place) for place, rule in enumerate(catalog.obligations, start=1)}
    loaded = Loaded()
    with transaction.atomic():
        settings = _locked_settings()
        changes: list[CatalogChange] = []
        own_settings = _take_settings(settings, settings_content(catalog), loaded, changes)
        new_rules = _take(Rule, Kind.RULE, "code", rules, loaded, changes)
        new_duties = _take(Obligation, Kind.OBLIGATION, "duty", duties, loaded, changes)
        _refuse(_problems_of_all(new_rules, new_duties, own_settings, try_examples=try_examples))
        if loaded.changed:
            _store(Rule, new_rules)
            _store(Obligation, new_duties)
            _count_version(settings, changes, by=by)
            _lay_out_afterwards(new_rules)
        loaded.version = settings.version
    return loaded


def _take(
    model: type[E],
    kind: CatalogChange.Kind,
    key_name: str,
    shipped: Mapping[str, Mapping[str, Any]],
    loaded: Loaded,
    changes: list[CatalogChange],
) -> list[E]:
    """Give the rows that loading makes or changes, unsaved, and note what happens to each."""
    rows = {getattr(row, key_name): row for row in model._default_manager.select_for_update()}
    taken = []
    for key, content in shipped.items():
        row, digest = rows.pop(key, None), hash_of(dict(content))
        if row is None:
            row = model(**{key_name: key}, **content, built_in_hash=digest)
            loaded.added.append(key)
            changes.append(CatalogChange(kind=kind, key=key, what=What.LOADED, after=dict(content)))
        elif digest == row.built_in_hash:
            continue
        elif row.content_hash() in (row.built_in_hash, digest):
            changes.append(
                CatalogChange(kind=kind, key=key, what=What.LOADED, before=row.content(), after=dict(content))
            )
            _fill(row, content, built_in_hash=digest)
            loaded.updated.append(key)
        else:
            loaded.kept.append(key)
            continue
        taken.append(row)
    loaded.gone += sorted(key for key, row in rows.items() if not row.is_own)
    return taken


def _take_settings(
    settings: CatalogSettings, content: Mapping[str, Any], loaded: Loaded, changes: list[CatalogChange]
) -> list[CatalogSettings]:
    digest, is_new = hash_of(dict(content)), not settings.version
    if digest == settings.built_in_hash:
        return []
    if not is_new and settings.content_hash() not in (settings.built_in_hash, digest):
        loaded.kept.append(SETTINGS_KEY)
        return []
    before = None if is_new else settings.content()
    changes.append(
        CatalogChange(kind=Kind.SETTINGS, key=SETTINGS_KEY, what=What.LOADED, before=before, after=dict(content))
    )
    _fill(settings, content, built_in_hash=digest)
    (loaded.added if is_new else loaded.updated).append(SETTINGS_KEY)
    return [settings]


def _fill(row: Entry, content: Mapping[str, Any], *, built_in_hash: str) -> None:
    for name, value in content.items():
        setattr(row, name, value)
    row.built_in_hash = built_in_hash
    row.revision += 1


def _store(model: type[E], rows: Sequence[E]) -> None:
    model._default_manager.bulk_create([row for row in rows if row.pk is None])
    for row in rows:
        if not row._state.adding:
            row.save()


def _problems_of_all(
    rules: Iterable[Rule],
    obligations: Iterable[Obligation],
    own_settings: Iterable[CatalogSettings],
    *,
    try_examples: bool,
) -> dict[str, Told]:
    problems: dict[str, Told] = {}
    for row in own_settings:
        problems[SETTINGS_KEY] = check_settings(row.content())
    for rule in rules:
        problems[rule.code] = check_rule(rule.code, rule.content(), try_examples=try_examples)
    for obligation in obligations:
        problems[obligation.duty] = check_obligation(obligation.duty, obligation.content())
    return problems


# --- One entry ---------------------------------------------------------------------------------


def change_rule(rule: Rule, *, by: User | None, why: str = "") -> Rule:
    """
    Keep a rule as it is given: a new one, or the stored one with its fields changed.

    Raises InvalidEntry where it is unsound or, being enabled, fails one of its examples, and ChangedMeanwhile where
    its revision is no longer that of the row.
    """
    with transaction.atomic():
        settings = _locked_settings()
        _refuse({rule.code: check_rule(rule.code, rule.content())})
        if _keep(rule, Kind.RULE, rule.code, settings, by=by, why=why):
            _lay_out_afterwards([rule])
    return rule


def switch_rules(rules: Iterable[Rule], *, enabled: bool, by: User | None) -> list[str]:
    """
    Switch rules on or off, all in one version, and give the codes of those that were not so before.

    Raises InvalidEntry, and switches none, where one to be switched on fails an example.
    """
    keys = [rule.pk for rule in rules]
    with transaction.atomic():
        settings = _locked_settings()
        found = list(Rule.objects.select_for_update().filter(pk__in=keys).exclude(enabled=enabled))
        changes = []
        for rule in found:
            before = rule.content()
            rule.enabled = enabled
            rule.revision += 1
            changes.append(
                CatalogChange(kind=Kind.RULE, key=rule.code, what=What.CHANGED, before=before, after=rule.content())
            )
        _refuse({rule.code: check_rule(rule.code, rule.content()) for rule in found})
        Rule.objects.bulk_update(found, ["enabled", "revision"])
        if changes:
            _count_version(settings, changes, by=by)
    return [rule.code for rule in found]


def delete_rule(rule: Rule, *, by: User | None, why: str = "") -> None:
    """Delete a rule that an administrator wrote. A shipped one is switched off instead: it would be loaded again."""
    _delete(rule, Kind.RULE, rule.code, by=by, why=why)


def change_obligation(obligation: Obligation, *, by: User | None, why: str = "") -> Obligation:
    """Keep an obligation as it is given. Raises InvalidEntry and ChangedMeanwhile."""
    with transaction.atomic():
        settings = _locked_settings()
        _refuse({obligation.duty: check_obligation(obligation.duty, obligation.content())})
        _keep(obligation, Kind.OBLIGATION, obligation.duty, settings, by=by, why=why)
    return obligation


def delete_obligation(obligation: Obligation, *, by: User | None, why: str = "") -> None:
    """Delete an obligation that an administrator wrote."""
    _delete(obligation, Kind.OBLIGATION, obligation.duty, by=by, why=why)


def change_settings(
    *, hop_limit: int, default_availability: float, by: User | None, why: str = "", revision: int | None = None
) -> CatalogSettings:
    """
    Change the settings: the limit in calls, the availability in percent.

    With a revision, raises ChangedMeanwhile where the row has another by now. Raises InvalidEntry.
    """
    with transaction.atomic():
        settings = _locked_settings()
        if revision is not None and settings.revision != revision:
            raise ChangedMeanwhile
        before = settings.content()
        settings.hop_limit, settings.default_availability = hop_limit, default_availability
        _refuse({SETTINGS_KEY: check_settings(settings.content())})
        if settings.content() != before:
            settings.revision += 1
            change = CatalogChange(
                kind=Kind.SETTINGS,
                key=SETTINGS_KEY,
                what=What.CHANGED,
                before=before,
                after=settings.content(),
                why=why,
            )
            _count_version(settings, [change], by=by)
    return settings


def _keep(
    entry: Entry, kind: CatalogChange.Kind, key: str, settings: CatalogSettings, *, by: User | None, why: str
) -> bool:
    """Store an entry and say whether anything changed."""
    before = None
    if entry.pk is not None:
        stored = type(entry)._default_manager.select_for_update().filter(pk=entry.pk).first()
        if stored is None or stored.revision != entry.revision:
            raise ChangedMeanwhile
        before = stored.content()
        if before == entry.content():
            return False
        entry.revision += 1
    entry.save()
    what = What.CREATED if before is None else What.CHANGED
    change = CatalogChange(kind=kind, key=key, what=what, before=before, after=entry.content(), why=why)
    _count_version(settings, [change], by=by)
    return True


def _delete(entry: Entry, kind: CatalogChange.Kind, key: str, *, by: User | None, why: str) -> None:
    if not entry.is_own:
        raise InvalidEntry({key: {"code": ["It came with the product, and would come again: switch it off instead."]}})
    with transaction.atomic():
        settings = _locked_settings()
        before = entry.content()
        entry.delete()
        change = CatalogChange(kind=kind, key=key, what=What.DELETED, before=before, why=why)
        _count_version(settings, [change], by=by)


# --- Shared ------------------------------------------------------------------------------------


def _locked_settings() -> CatalogSettings:
    """Give the row of settings, locked until the transaction ends: one change of the catalog at a time."""
    CatalogSettings.objects.get_or_create(pk=CatalogSettings.ONLY)
    return CatalogSettings.objects.select_for_update().get(pk=CatalogSettings.ONLY)


def _count_version(settings: CatalogSettings, changes: Sequence[CatalogChange], *, by: User | None) -> None:
    """Make the next version of the catalog, of these changes."""
    settings.version += 1
    settings.edition = uuid.uuid4()
    settings.save()
    name = (by.get_full_name() or by.get_username()) if by else ""
    for change in changes:
        change.version, change.by, change.by_name = settings.version, by, name
    CatalogChange.objects.bulk_create(changes)
    logger.info("catalog version %s by %s: %s changes", settings.version, name or "the product", len(changes))


def _refuse(problems: Mapping[str, Told]) -> None:
    found = {key: told for key, told in problems.items() if told}
    if found:
        raise InvalidEntry(found)


def _lay_out_afterwards(rules: Sequence[Rule]) -> None:
    """Render the texts once the rules are stored: it can take seconds, in which nothing may be locked."""
    keys = [rule.pk for rule in rules]
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
