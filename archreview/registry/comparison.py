"""What an import would do, or has done, to a workspace: for the preview, and for the message afterwards."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field of one entry, with its values as statements write them; `before` is None for a new entry."""

    name: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class EntryChange:
    """What happens to one entry: `what` is new, changed or unchanged. `evidence` counts its new pieces."""

    kind: str
    id: str
    name: str
    what: str
    fields: tuple[FieldChange, ...] = ()
    evidence: int = 0


@dataclass(frozen=True, slots=True)
class Conflict:
    """A field where the import says otherwise than whoever is heard first: `kept` stays, `said` stands beside it."""

    kind: str
    id: str
    field: str
    kept: Any
    kept_by: str
    kept_at: str
    said: Any
    by_person: bool


@dataclass(frozen=True, slots=True)
class Comparison:
    """All of it. `gone` are (kind, id) of what the workspace has and the import does not mention: it stays."""

    entries: tuple[EntryChange, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    gone: tuple[tuple[str, str], ...] = ()

    def of(self, what: str) -> tuple[EntryChange, ...]:
        """The entries that are new, changed or unchanged."""
        return tuple(entry for entry in self.entries if entry.what == what)

    @property
    def new(self) -> tuple[EntryChange, ...]:
        return self.of("new")

    @property
    def changed(self) -> tuple[EntryChange, ...]:
        return self.of("changed")

    @property
    def unchanged(self) -> tuple[EntryChange, ...]:
        return self.of("unchanged")
