"""What a name of a condition refers to: a line of the schema, a parameter of the rule, or a macro's variable."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from archreview.engine.language.problems import nearest, shown
from archreview.engine.language.schema import BOOLEAN, NAMES_OF_SCOPE, TEXT, Entry, Kind, Type, names_of
from archreview.engine.language.syntax import Name

Param = float | str | bool
Params = Mapping[str, Param]
Variables = Mapping[str, Type]

NO_PARAMS: Params = {}
NO_VARIABLES: Variables = {}

# What other languages write for something unknown, and for true and false.
_NOTHING = frozenset({"null", "nil", "none", "None", "NULL", "undefined", "unknown"})
_TRUTH: Mapping[str, str] = {"true": "true", "yes": "true", "false": "false", "no": "false"}


@dataclass(frozen=True, slots=True)
class Reference:
    """
    What a name refers to.

    `entry` is its line of the schema, read from the variable `of` where that is not empty. `param` is the value of a
    parameter. With neither, it is the variable `of` itself.
    """

    type: Type
    optional: bool
    entry: Entry | None = None
    of: str = ""
    param: Param | None = None


@dataclass(frozen=True, slots=True)
class Unresolved:
    """A name that refers to nothing, and why."""

    message: str
    suggestion: str = ""


def resolve(name: Name, *, scope: str, params: Params, variables: Variables) -> Reference | Unresolved:
    """Give what a name refers to in a rule of the scope, inside macros with the variables."""
    path, root = name.path, name.words[0]
    if root in variables:
        return _resolve_variable(name, variables[root])
    if root == "params":
        return _resolve_param(name, params)
    entries = names_of(scope)
    entry = entries.get(path)
    if entry is not None:
        return Reference(entry.type, entry.optional, entry=entry)
    known = [*entries, *(f"params.{key}" for key in params)]
    roots = NAMES_OF_SCOPE[scope]
    if root in roots and len(name.words) == 1:
        return Unresolved(f"{root} is no value by itself; name one of its facts, as in {root}.id")
    if root not in roots and any(root in others for others in NAMES_OF_SCOPE.values()):
        starts = " or ".join((", ".join(roots), "params"))
        return Unresolved(f"a rule on {_some(scope)} has no {root}; names start with {starts}", _suggest(path, known))
    if len(name.words) == 1 and (found := _no_name(path, scope)):
        return found
    return Unresolved(f"there is no {shown(path)}", _suggest(path, known))


def _no_name(word: str, scope: str) -> Unresolved | None:
    """Give what is to be said of a word that was meant as a value; None where it looks like a name."""
    if any(word in entry.type.choices for entry in names_of(scope).values()):
        return Unresolved(f"there is no name {word}: texts stand in double quotes", f'"{word}"')
    if word in _NOTHING:
        return Unresolved(f"there is no {word}: known(...) says whether somebody has said it")
    if word.lower() in _TRUTH:
        return Unresolved(f"there is no {word}", _TRUTH[word.lower()])
    return None


def _resolve_variable(name: Name, of: Type) -> Reference | Unresolved:
    variable = name.words[0]
    if len(name.words) == 1:
        if of.kind is Kind.STEP:
            return Unresolved(
                f"{shown(variable)} is no value by itself; name one of its facts, as in {shown(variable)}.style"
            )
        return Reference(of, optional=False, of=variable)
    if of.kind is not Kind.STEP:
        return Unresolved(f"{shown(variable)} is a {of} and has no facts of its own")
    entries = names_of("edge")
    entry = entries.get(".".join(("edge", *name.words[1:])))
    if entry is not None:
        return Reference(entry.type, entry.optional, entry=entry, of=variable)
    known = [variable + path.removeprefix("edge") for path in entries if path.startswith("edge.")]
    return Unresolved(f"there is no {shown(name.path)}", _suggest(name.path, known))


def _resolve_param(name: Name, params: Params) -> Reference | Unresolved:
    key = ".".join(name.words[1:])
    if key not in params:
        known = [f"params.{key}" for key in params]
        message = f"the rule has no parameter {shown(key)}" if key else "params is no value by itself; name one of them"
        return Unresolved(message, _suggest(name.path, known))
    value = params[key]
    if isinstance(value, float) and not math.isfinite(value):
        return Unresolved(f"the parameter {shown(key)} is no number")
    if isinstance(value, bool):
        return Reference(BOOLEAN, optional=False, param=value)
    elif isinstance(value, str):
        return Reference(TEXT, optional=False, param=value)
    return Reference(Type(Kind.NUMBER, least=value, most=value), optional=False, param=value)


def _suggest(path: str, known: list[str]) -> str:
    """Give the name that was probably meant: one with the same last part before one that looks alike."""
    word = path.rpartition(".")[2]
    same = [name for name in known if name.rpartition(".")[2] == word]
    return nearest(path, same) or (same[0] if same else "") or nearest(path, known)


def _some(scope: str) -> str:
    return f"an {scope}" if scope[0] in "aeiou" else f"a {scope}"
