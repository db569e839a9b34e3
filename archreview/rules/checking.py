"""
What must be true of an entry before it is kept, told field by field.

Each function gives the problems by the name of the field; nothing where the entry may be kept.
"""

from __future__ import annotations

import json
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
from archreview.interchange.catalogs import CATEGORIES, CODE, DUTY, NEEDS, PARAM, SOURCE_MOST, day_of, read_examples
from archreview.interchange.documents import Problems, plain, shown
from archreview.interchange.fields import COUNT_MOST, NAME_MOST, NUMBER_MOST, TEXT_MOST
from archreview.rules.models import Kind, Rule, State
from archreview.rules.trying import try_rule
from archreview.rules.values import SETTINGS_KEY, engine_rule

Told = Mapping[str, list[str]]

REFERENCES_MOST = 20
PARAMS_MOST = 20
EXAMPLES_MOST = 20
EXAMPLES_TEXT_MOST = 100_000
# How much of a long text stands on either side of the place that a problem is at.
AROUND = 40


def check_rule(code: str, content: Mapping[str, Any], *, try_examples: bool = True) -> Told:
    """
    Check a rule: every field, every text of the language, and, where it is to be published, every example.

    A published rule needs an example that must match and one that must not, unless it cannot be tried at all because it
    needs decisions or a date. Examples are tried under the settings that every catalog begins with: they tell of the
    rule, and hold whatever limit is in force.
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
    _campaign(told, content["campaign"])
    examples = None
    if not (told["scope"] or told["params"]):
        scope, params = content["scope"], content["params"]
        for name, check_text in (("condition", check), ("severity", check_severity), ("message", check_message)):
            told[name] += explained(content[name], lambda text, using=check_text: using(text, scope, params))
        examples = _examples(told, content)
    sound = {field: problems for field, problems in told.items() if problems}
    if sound or examples is None or not (try_examples and content.get("state", State.PUBLISHED) == State.PUBLISHED):
        return sound
    if lacking := _lacking_examples(content, examples):
        return {"examples": lacking}
    trials = try_rule(engine_rule(code, content), examples)
    failing = [f"{str(trial).rstrip('.')}." for trial in trials if not trial.passes]
    return {"examples": failing} if failing else {}


def _lacking_examples(content: Mapping[str, Any], examples: Sequence[Example]) -> list[str]:
    expected = {example.expect for example in examples}
    if content["needs"] or {"match", "no_match"} <= expected:
        return []
    return ["Before it is published a rule needs an example that must match, and one that must not (no_match)."]


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


def _campaign(told: dict[str, list[str]], campaign: Any) -> None:
    if campaign == {}:
        return
    if not isinstance(campaign, dict) or set(campaign) != {"until", "note"}:
        told["campaign"].append("A campaign has a day (until) and a word for people (note).")
        return
    if not isinstance(campaign["until"], str) or day_of(campaign["until"]) is None:
        told["campaign"].append(f"{shown(str(campaign['until']))} is no day such as 2027-03-01.")
    _text(told, {"campaign": campaign["note"]}, "campaign", most=NAME_MOST, one_line=True, required=False)


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


# --- Drafts and overrides ----------------------------------------------------------------------

_TEXTS = ("title", "category", "scope", "condition", "severity", "message", "why", "remedy", "source", "examples")
_OBLIGATION_TEXTS = ("text", "condition", "when")
_FIELDS: Mapping[str, Mapping[str, tuple[type, ...]]] = {
    Kind.RULE: {
        **dict.fromkeys(_TEXTS, (str,)),
        **dict.fromkeys(("references", "needs"), (list,)),
        **dict.fromkeys(("params", "campaign"), (dict,)),
    },
    Kind.OBLIGATION: {
        **dict.fromkeys(_OBLIGATION_TEXTS, (str,)),
        **dict.fromkeys(("styles", "outcomes"), (list,)),
        "position": (int,),
    },
    Kind.SETTINGS: {"hop_limit": (int,), "default_availability": (int, float)},
}
_WORDS = {str: "a text", list: "a list of texts", dict: "a set of named values", int: "a number", float: "a number"}
# All that a draft may hold; more than any sound entry.
DRAFT_MOST = 200_000


def check_entry(kind: str, key: str, content: Mapping[str, Any], *, try_examples: bool = True) -> Told:
    """Check an entry of any kind, whatever its fields hold: a draft is kept as it was written."""
    told: defaultdict[str, list[str]] = defaultdict(list)
    for name, types in _FIELDS[kind].items():
        value = content.get(name)
        if not isinstance(value, types) or isinstance(value, bool):
            told[name].append(f"This is {_WORDS[types[0]]}." if name in content else "This is required.")
        elif isinstance(value, list) and not all(isinstance(item, str) for item in value):
            told[name].append("This is a list of texts.")
    if told:
        return dict(told)
    if kind == Kind.RULE:
        return check_rule(key, content, try_examples=try_examples)
    return check_obligation(key, content) if kind == Kind.OBLIGATION else check_settings(content)


def check_draft_key(kind: str, key: str, content: Mapping[str, Any]) -> Told:
    """Check what even a draft must be: about something with a name that will do, and of no more than fields hold."""
    if kind == Kind.RULE and not CODE.match(key):
        return {"code": [f"{shown(key)} will not do: a code is capital letters, a dash and three digits: RES-001"]}
    if kind == Kind.OBLIGATION and (not DUTY.match(key) or len(key) > 100):
        return {"duty": [f"{shown(key)} will not do: small letters, digits and _, as in dead_letter_queue"]}
    if kind == Kind.SETTINGS and key != SETTINGS_KEY:
        return {"settings": ["There is one row of settings."]}
    unknown = sorted(set(content) - set(_FIELDS[kind]))
    if unknown:
        return {"draft": [f"{shown(unknown[0])} is no field of it."]}
    if len(json.dumps(content)) > DRAFT_MOST:
        return {"draft": [f"This is too long: at most {DRAFT_MOST:,} characters are kept."]}
    return {}


def check_override(rule: Rule, content: Mapping[str, Any], reason: str) -> Told:
    """Check what a workspace changes of a rule: severity and parameters as they would be checked in the rule."""
    told: defaultdict[str, list[str]] = defaultdict(list)
    _text(told, {"reason": reason}, "reason", most=500, one_line=True)
    for name, value in content["params"].items():
        if name not in rule.params:
            told["params"].append(f"The rule has no parameter {shown(name)}.")
        elif type_in_words(value) != type_in_words(rule.params[name]):
            told["params"].append(f"{name} is {type_in_words(rule.params[name])}, as in {rule.params[name]}.")
    if not told["params"]:
        _params(told, content["params"])
    if not told["params"]:
        params = {**rule.params, **content["params"]}
        if content["severity"]:
            told["severity"] += explained(content["severity"], lambda text: check_severity(text, rule.scope, params))
        elif content["params"]:
            told["params"] += explained(rule.severity, lambda text: check_severity(text, rule.scope, params))
        if content["params"] and not told["params"]:
            told["params"] += explained(rule.condition, lambda text: check(text, rule.scope, params))
    if not (content["off"] or content["severity"] or content["params"]):
        told["severity"].append("This changes nothing: switch the rule off, or give a severity or a parameter.")
    return {field: problems for field, problems in told.items() if problems}


def type_in_words(value: Any) -> str:
    """Give what kind of value a parameter has."""
    return "true or false" if isinstance(value, bool) else "a text" if isinstance(value, str) else "a number"
