"""The catalog and single rules as files: what is written, and what a file would change before it is taken."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from archreview.engine.catalog import Catalog
from archreview.interchange.catalogs import read_examples, read_pack
from archreview.interchange.documents import Problems
from archreview.interchange.writers.catalogs import write_catalog
from archreview.interchange.writers.examples import write_examples
from archreview.rules.checking import check_entry
from archreview.rules.models import Kind
from archreview.rules.queries import EntryDifference, contents_of_version, current_version, differences_between
from archreview.rules.values import SETTINGS_KEY, Contents, contents_of_catalog, whole_catalog


class RefusedPack(ValueError):
    """A file of rules is refused; `lines` has every problem, each with file and line."""

    def __init__(self, lines: Iterable[str]) -> None:
        self.lines = tuple(lines)
        super().__init__("\n".join(self.lines))


@dataclass(frozen=True, slots=True)
class ReadPack:
    """What a file says, checked like anything that is published, and what it would change here."""

    contents: Contents
    differences: tuple[EntryDifference, ...]


def export_catalog(codes: Iterable[str] | None = None) -> str:
    """
    Give the catalog in force, or these rules of it, as a file; retired rules stand in it switched off.

    Raises KeyError with the code that there is no rule of.
    """
    number = current_version()
    contents = contents_of_version(number)
    catalog = whole_catalog(number, contents)
    examples = {rule.code: contents[Kind.RULE, rule.code]["examples"] for rule in catalog.rules}
    if codes is None:
        return write_catalog(catalog, examples=_written_anew(catalog, examples))
    by_code = {rule.code: rule for rule in catalog.rules}
    chosen = replace(catalog, rules=tuple(by_code[code] for code in dict.fromkeys(codes)), obligations=())
    return write_catalog(chosen, examples=_written_anew(chosen, examples), with_settings=False)


def _written_anew(catalog: Catalog, examples: dict[str, str]) -> dict[str, str]:
    """Give the texts of examples that can be read no longer: the others are written from what they say."""
    return {rule.code: examples[rule.code] for rule in catalog.rules if not rule.examples}


def read_rules_file(data: bytes, *, file: str) -> ReadPack:
    """
    Read a file of rules and say what it would change.

    Raises RefusedPack with every problem of the file, in the language and in the examples, at its line. Where
    obligations have no place here yet they go to the end.
    """
    problems = Problems()
    pack = read_pack(data, file=file, problems=problems)
    if pack is None:
        raise RefusedPack(map(str, problems))
    now = contents_of_version(current_version())
    wanted = dict(contents_of_catalog(pack.catalog))
    if not pack.names_settings:
        del wanted[Kind.SETTINGS, SETTINGS_KEY]
    last = max((content["position"] for (kind, _), content in now.items() if kind == Kind.OBLIGATION), default=0)
    for name, content in wanted.items():
        if name[0] == Kind.OBLIGATION:
            place = now[name]["position"] if name in now else last + content["position"]
            wanted[name] = {**content, "position": place}
        elif name[0] == Kind.RULE and name in now and _say_the_same(content, now[name]):
            # However it was written, it says what stands here.
            wanted[name] = {**content, "examples": now[name]["examples"]}
    told = []
    for (kind, key), content in wanted.items():
        for field, texts in check_entry(kind, key, content).items():
            told += [f"{file}:{pack.lines.get(key, 1)}: {key}: {field}: {text}" for text in texts]
    if told:
        raise RefusedPack(told)
    return ReadPack(wanted, tuple(differences_between({n: now[n] for n in wanted if n in now}, wanted)))


def _say_the_same(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether the examples of two rules are the same, however they are written."""
    texts = (
        write_examples(read_examples(content["examples"], scope=content["scope"], problems=Problems()) or ())
        for content in (one, other)
    )
    return len(set(texts)) == 1
