"""
The language of conditions: a small part of CEL that computes with unknown facts. docs/rule-language.md describes it.

`check`, `check_severity` and `check_message` tell what is wrong with a text, all at once. The `compile_` functions
give functions over the facts of facts.py, and raise ConditionError where `check` would tell of anything.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from archreview.engine.language.compiler import (
    CompiledRule,
    Condition,
    Message,
    RuleSet,
    Severity,
    compile_condition,
    compile_message,
    compile_rules,
    compile_severity,
)
from archreview.engine.language.problems import ConditionError, Problem
from archreview.engine.language.references import NO_PARAMS, Params
from archreview.engine.language.schema import NAMES_OF_SCOPE, Entry, names_of
from archreview.engine.language.words import in_words, severity_in_words

__all__ = [
    "NAMES_OF_SCOPE",
    "CompiledRule",
    "Condition",
    "ConditionError",
    "Entry",
    "Message",
    "Problem",
    "RuleSet",
    "Severity",
    "check",
    "check_message",
    "check_severity",
    "compile_condition",
    "compile_message",
    "compile_rules",
    "compile_severity",
    "in_words",
    "names_of",
    "severity_in_words",
]


def check(source: str, scope: str, params: Params = NO_PARAMS) -> tuple[Problem, ...]:
    """Give all that is wrong with a condition, in the order of the text; nothing where it may be compiled."""
    return _problems(compile_condition, source, scope, params)


def check_severity(source: str, scope: str, params: Params = NO_PARAMS) -> tuple[Problem, ...]:
    """Give all that is wrong with a severity: one of the severities, or an expression that gives one."""
    return _problems(compile_severity, source, scope, params)


def check_message(template: str, scope: str, params: Params = NO_PARAMS) -> tuple[Problem, ...]:
    """Give all that is wrong with a message: braces that do not pair, names that do not exist."""
    return _problems(compile_message, template, scope, params)


def _problems(
    compile_text: Callable[[str, str, Params], Any], text: str, scope: str, params: Params
) -> tuple[Problem, ...]:
    try:
        compile_text(text, scope, params)
    except ConditionError as error:
        return error.problems
    return ()
