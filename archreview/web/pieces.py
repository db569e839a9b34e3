"""The values that shared templates show."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class VerdictPart:
    """One part of the verdict line; `tone` is "", good, bad or warn."""

    label: str
    value: str
    url: str = ""
    note: str = ""
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Difference:
    """A field in which two people's texts differ, in words as the form shows them."""

    label: str
    theirs: str
    mine: str
