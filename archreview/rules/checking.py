"""
What must be true of an entry before it is kept, told field by field.

Each function gives the problems by the name of the field; nothing where the entry may be kept.
"""

from __future__ import annotations

import math
import unicodedata
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from archreview.engine.catalog import SCOPES, Example
from archreview.engine.language import check, check_message, check_severity
from archreview.engine.language.problems import Problem
from archreview.engine.language.schema import TREE_OUTCOMES
from archreview.engine.model import STYLES
from archreview.interchange.catalogs import CATEGORIES, CODE, DUTY, NEEDS, PARAM, SOURCE_MOST, read_examples
from archreview.interchange.documents import Problems, plain, shown
from archreview.interchange.fields import COUNT_MOST, NAME_MOST, NUMBER_MOST, TEXT_MOST
from archreview.rules.trying import try_rule
from archreview.rules.values import engine_rule

Told = Mapping[str, list[str]]

REFERENCES_MOST = 20
PARAMS_MOST = 20
EXAMPLES_MOST = 20
EXAMPLES_TEXT_MOST = 100_000
# How much of a long text stands on either side of the place that a problem is at.
AROUND = 40


def check_rule(code: str, content: Mapping[str, Any], *, try_examples: bool = True) -> Told:
    """
    Check a rule: every field, every text of the language, and, where it is enabled, every example.

    Examples are tried under the settings that every catalog begins with: they tell of the rule, and hold whatever limit
    is in force.
    """
    told: defaultdict[str, list[str]] = defaultdict(list)
    if not CODE.match(code):
        told["code"].append(f"{shown(code)} will not do: a code is capital letters, a dash and three digits: RES-001")
    _text(told, content, "title", most=NAME_MOST, one_line=True)
    _text(told, content, "source", most=NAME_MOST, one_line=True, required=False)
    _text(told, content, "why", most=TEXT_MOST)
    _text(told, content, "remedy", most=TEXT_MOST)
    _one_of(told, content, "category", CATEGORIES)
    _one_of(told, content, "scope", SCOPES)
    _all_of(told, content, "needs", NEEDS)
    _references(told, content["references"])
    _params(told, content["params"])
    examples = None
    if not (told["scope"] or told["params"]):
        scope, params = content["scope"], content["params"]
        for name, check_text in (("condition", check), ("severity", check_severity), ("message", check_message)):
            told[name] += explained(content[name], lambda text, using=check_text: using(text, scope, params))
        examples = _examples(told, content)
    sound = {field: problems for field, problems in told.items() if problems}
    if sound or not (examples and content["enabled"] and try_examples):
        return sound
    trials = try_rule(engine_rule(code, content), examples)
    failing = [f"{str(trial).rstrip('.')}." for trial in trials if not trial.passes]
    return {"examples": failing} if failing else {}


def check_obligation(duty: str, content: Mapping[str, Any]) -> Told:
    """Check an obligation."""
    told: defaultdict[str, list[str]] = defaultdict(list)
    if not DUTY.match(duty) or len(duty) > 100:
        told["duty"].append(f"{shown(duty)} will not do: small letters, digits and _, as in dead_letter_queue")
    _text(told, content, "text", most=TEXT_MOST)
    told["condition"] += explained(content["condition"], lambda text: check(text, "edge"))
    if content["when"]:
        told["when"] += explained(content["when"], lambda text: check(text, "edge"))
    _all_of(told, content, "styles", STYLES)
    _all_of(told, content, "outcomes", TREE_OUTCOMES)
    if not content["styles"] and not content["outcomes"]:
        told["styles"].append("An obligation belongs to styles, outcomes or both; choose one at least.")
    _whole(told, content, "position")
    return {field: problems for field, problems in told.items() if problems}


def check_settings(content: Mapping[str, Any]) -> Told:
    """Check the settings."""
    told: defaultdict[str, list[str]] = defaultdict(list)
    _whole(told, content, "hop_limit")
    value = content["default_availability"]
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0 < value <= 100:
        told["default_availability"].append("This is a percentage: over 0, at most 100.")
    return dict(told)


# --- Texts of the language ---------------------------------------------------------------------


def explained(text: str, check_text: Any) -> list[str]:
    """Give each problem of a text with the place that it is at, shown under the text."""
    if len(text) > SOURCE_MOST:
        return [f"This is too long: {len(text):,} characters."]
    return [pointed_at(problem, text) for problem in check_text(text)]


def pointed_at(problem: Problem, text: str) -> str:
    """
    Give a problem in three lines: what it is, the text around it, and a caret under each character of the place.

        at 6: there is no edge.circut_breaker; did you mean "edge.circuit_breaker"?
        edge.circut_breaker == false
        ^^^^^^^^^^^^^^^^^^^
    """
    start, end = max(0, problem.position - AROUND), min(len(text), problem.position + problem.length + AROUND)
    before = _aligned(text[start : problem.position])
    place = _aligned(text[problem.position : problem.position + max(1, problem.length)])
    after = _aligned(text[problem.position + max(1, problem.length) : end])
    if len(place) > 2 * AROUND:
        place, after = place[: 2 * AROUND], "..."
    left, right = "..." if start else "", "..." if end < len(text) and after != "..." else ""
    line = f"{left}{before}{place}{after}{right}"
    carets = " " * _width(left + before) + "^" * max(1, _width(place))
    return f"{problem}\n{line}\n{carets}"


def _aligned(text: str) -> str:
    """Give a text on one line in which every character can be seen."""
    return plain(text.replace("\n", " ").replace("\t", " "))


def _width(text: str) -> int:
    """Give the columns that a text takes in letters of one width: wide letters take two, accents of their own none."""
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in ("W", "F") else 1 for c in text
    )


# --- Fields ------------------------------------------------------------------------------------


def _text(
    told: dict[str, list[str]],
    content: Mapping[str, Any],
    name: str,
    *,
    most: int,
    one_line: bool = False,
    required: bool = True,
) -> None:
    value = content[name]
    if not isinstance(value, str):
        told[name].append("This is a text.")
    elif required and not value.strip():
        told[name].append("This is required.")
    elif len(value) > most:
        told[name].append(f"This is too long: {len(value):,} characters; at most {most:,} are kept.")
    elif wrong := _invisible(value, one_line=one_line):
        told[name].append(f"This holds a character that is not seen: {plain(wrong)}")


def _invisible(text: str, *, one_line: bool) -> str | None:
    allowed = "" if one_line else "\n\t"
    return next((c for c in text if c not in allowed and unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp")), None)


def _one_of(told: dict[str, list[str]], content: Mapping[str, Any], name: str, known: Sequence[str]) -> None:
    if content[name] not in known:
        told[name].append(f"{shown(str(content[name]))} is none of {', '.join(known)}.")


def _all_of(told: dict[str, list[str]], content: Mapping[str, Any], name: str, known: Sequence[str]) -> None:
    for value in content[name]:
        if value not in known:
            told[name].append(f"{shown(str(value))} is none of {', '.join(known)}.")


def _whole(told: dict[str, list[str]], content: Mapping[str, Any], name: str) -> None:
    value = content[name]
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= COUNT_MOST:
        told[name].append("This is a whole number of 0 or more.")


def _references(told: dict[str, list[str]], references: Sequence[str]) -> None:
    if len(references) > REFERENCES_MOST:
        told["references"].append(f"There are too many: at most {REFERENCES_MOST} are kept.")
    for reference in references[:REFERENCES_MOST]:
        _text(told, {"references": reference}, "references", most=1_000, one_line=True)


def _params(told: dict[str, list[str]], params: Mapping[str, Any]) -> None:
    if len(params) > PARAMS_MOST:
        told["params"].append(f"There are too many: at most {PARAMS_MOST} are kept.")
        return
    for name, value in params.items():
        if not PARAM.match(name) or len(name) > 100:
            told["params"].append(f"{shown(name)} is no name of a parameter: small letters, digits and _.")
        elif isinstance(value, str):
            _text(told, {"params": value}, "params", most=NAME_MOST, one_line=True, required=False)
        elif not isinstance(value, bool | int | float):
            told["params"].append(f"{name} is a number, a text, true or false.")
        elif not isinstance(value, bool) and (not math.isfinite(value) or abs(value) > NUMBER_MOST):
            told["params"].append(f"{name} is no number that can be computed with.")


def _examples(told: dict[str, list[str]], content: Mapping[str, Any]) -> tuple[Example, ...] | None:
    text = content["examples"]
    if len(text) > EXAMPLES_TEXT_MOST:
        told["examples"].append(f"This is too long: at most {EXAMPLES_TEXT_MOST:,} characters are kept.")
        return None
    problems = Problems()
    examples = read_examples(text, scope=content["scope"], problems=problems)
    for problem in problems.all()[:10]:
        hint = f"; {problem.suggestion}" if problem.suggestion else ""
        path = f"{plain(problem.path)}: " if problem.path else ""
        told["examples"].append(f"Line {problem.line}: {path}{problem.message}{hint}")
    if examples and len(examples) > EXAMPLES_MOST:
        told["examples"].append(f"There are too many: at most {EXAMPLES_MOST} are kept.")
    return examples
