"""What an import would do, or has done, to a workspace: for the preview, and for the message afterwards."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, NamedTuple


class FieldChange(NamedTuple):
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

    def to_json(self) -> dict[str, Any]:
        """Write what a preview shows of it as JSON: all but the fields of what is new."""
        return {
            "entries": [
                [
                    one.kind,
                    one.id,
                    one.name,
                    one.what,
                    [] if one.what == "new" else [[each.name, each.before, each.after] for each in one.fields],
                    one.evidence,
                ]
                for one in self.entries
            ],
            "conflicts": [asdict(one) for one in self.conflicts],
            "gone": self.gone,
        }

    @classmethod
    def from_json(cls, written: dict[str, Any]) -> Comparison:
        """Read what `to_json` wrote."""
        return cls(
            entries=tuple(
                EntryChange(kind, id_, name, what, tuple(FieldChange(*each) for each in fields), evidence)
                for kind, id_, name, what, fields, evidence in written["entries"]
            ),
            conflicts=tuple(Conflict(**one) for one in written["conflicts"]),
            gone=tuple((kind, id_) for kind, id_ in written["gone"]),
        )

    @property
    def new(self) -> tuple[EntryChange, ...]:
        return self.of("new")

    @property
    def changed(self) -> tuple[EntryChange, ...]:
        return self.of("changed")

    @property
    def unchanged(self) -> tuple[EntryChange, ...]:
        return self.of("unchanged")
