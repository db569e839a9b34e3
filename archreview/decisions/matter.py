"""What a decision is to be about: the one input of the generator beside the model and what is known of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any


class About(StrEnum):
    """The kinds of decisions that can be drafted."""

    EDGE = "edge"
    FLOW = "flow"
    FINDINGS = "findings"
    WAIVER = "waiver"


@dataclass(frozen=True, slots=True)
class Change:
    """An edge that is to talk in another way; `way` is a key of `ways.WAYS`."""

    edge: str
    way: str


@dataclass(frozen=True, slots=True)
class Dissent:
    """Somebody who was against it, and why."""

    by: str
    why: str


@dataclass(frozen=True, slots=True)
class Waiver:
    """A risk that is accepted: why, who approves, until when, and what would make them look again before."""

    reason: str
    approver: str
    expires: date
    reconsider: str = ""


@dataclass(frozen=True, slots=True)
class Matter:
    """
    What a decision is to be about.

    `id` names the edge or the flow, `findings` are fingerprints. `changes` says what was agreed on elsewhere, as by a
    proposal or in a meeting; without them the generator proposes its own. `dissent` is told with the outcome.
    """

    about: About
    id: str = ""
    findings: tuple[str, ...] = ()
    changes: tuple[Change, ...] = ()
    waiver: Waiver | None = None
    dissent: tuple[Dissent, ...] = ()

    def as_json(self) -> dict[str, object]:
        """The matter as it is stored with a draft, so that the draft can be generated anew."""
        found: dict[str, object] = {"about": str(self.about), "id": self.id, "findings": list(self.findings)}
        if self.changes:
            found["changes"] = [{"edge": change.edge, "way": change.way} for change in self.changes]
        if self.dissent:
            found["dissent"] = [{"by": voice.by, "why": voice.why} for voice in self.dissent]
        if self.waiver is not None:
            waiver = self.waiver
            found["waiver"] = {
                "reason": waiver.reason,
                "approver": waiver.approver,
                "expires": waiver.expires.isoformat(),
                "reconsider": waiver.reconsider,
            }
        return found


def matter_from_json(data: Mapping[str, Any]) -> Matter | None:
    """A stored matter; None where nothing was stored, as with a decision that a person wrote."""
    if not data:
        return None
    waiver = data.get("waiver")
    return Matter(
        About(data["about"]),
        data.get("id", ""),
        tuple(data.get("findings", ())),
        tuple(Change(change["edge"], change["way"]) for change in data.get("changes", ())),
        Waiver(**{**waiver, "expires": date.fromisoformat(waiver["expires"])}) if waiver else None,
        tuple(Dissent(voice["by"], voice["why"]) for voice in data.get("dissent", ())),
    )


class NothingToDecide(Exception):
    """There is nothing to write a decision about; the text is a sentence for the person who asked."""
