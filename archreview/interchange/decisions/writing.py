"""
A log of decisions as files, in the layouts that the usual tools read. The same log gives the same bytes.

- `madr`: docs/decisions/0007-title.md with front matter (MADR 4), as Backstage's ADR page reads it too
- `adr-tools`: doc/adr/0007-….md with `Date:` and a section "Status", and `.adr-dir`
- `log4brains`: docs/adr/20261102-title.md with a list below the title, and `.log4brains.yml`

Every decision that is written has a number, a status and a day. `reading.py` reads all three back as they were.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import yaml

from archreview.interchange.decisions.status_section import END_OF_STATUS
from archreview.interchange.decisions.words import file_order
from archreview.interchange.decisions.written import (
    SUPERSEDED,
    Link,
    WrittenDecision,
    canonical_name,
    safe_slug,
    tidy,
)
from archreview.interchange.markdown import as_title, escaped, path_from, plain, relinked

# What each of these says is one line, however long.
WIDTH = 1_000_000
PEOPLE = (
    ("decision_makers", "decision-makers", "Deciders"),
    ("consulted", "consulted", "Consulted"),
    ("informed", "informed", "Informed"),
    ("tags", "tags", "Tags"),
)
LINTING = (
    "# As MADR has it: lines may be long, and headings may come again.\ndefault: true\nMD013: false\nMD024: false\n"
)
ANNOTATION = """\
# Add the annotation to the catalog-info.yaml of the component that the decisions are about.
metadata:
  annotations:
    backstage.io/adr-location: {folder}
"""


@dataclass(frozen=True, slots=True)
class Layout:
    """A way to lay a log out: the folder of its records, how a record is named and written, what stands beside."""

    name: str
    title: str
    about: str
    folder: str
    name_of: Callable[[WrittenDecision], str]
    write: Callable[[WrittenDecision, Mapping[str, WrittenDecision]], str]
    index: str
    extras: Callable[[str], Mapping[str, str]]


def write_log(decisions: Sequence[WrittenDecision], *, layout: str, title: str) -> dict[str, bytes]:
    """
    The files of the log by their paths, in the order of the paths; `title` names the log in its index.

    Links between the decisions, and those in their texts, lead to the names that the layout gives.
    """
    form = LAYOUTS[layout]
    names = _names(decisions, form)
    named = {names[decision.file]: decision for decision in decisions}
    named = {name: named[name] for name in sorted(named, key=file_order)}
    files = {f"{form.folder}/{form.index}": index_of([*named.items()], title=title), **form.extras(title)}
    for name, decision in named.items():
        files[f"{form.folder}/{name}"] = form.write(renamed(decision, names), named)
    return {path: files[path].encode() for path in sorted(files)}


def write_decision(decision: WrittenDecision, *, beside: Sequence[WrittenDecision] = (), layout: str = "madr") -> str:
    """One decision as it stands in a log of that layout; `beside` are those that it links to."""
    return LAYOUTS[layout].write(normal(decision), {other.file: other for other in beside})


def normal(decision: WrittenDecision) -> WrittenDecision:
    """The decision as it comes back from its file: texts of one line on one line, the body tidy."""
    return replace(
        decision,
        title=plain(decision.title),
        body=tidy(decision.body),
        decision_makers=plain(decision.decision_makers),
        consulted=plain(decision.consulted),
        informed=plain(decision.informed),
        tags=plain(decision.tags),
    )


def renamed(decision: WrittenDecision, names: Mapping[str, str]) -> WrittenDecision:
    """
    The decision with the name that `names` gives for its path, and with all its links to files that have a new name.

    The new names stand in one folder.
    """

    def link(old: Link) -> Link:
        return replace(old, file=names.get(old.file, old.file))

    def target(path: str) -> str | None:
        old = path_from(decision.file, path)
        new = names.get(old)
        # What leads there already stays as somebody wrote it.
        if new is None or (
            old.rpartition("/")[2] == new and old.rpartition("/")[0] == decision.file.rpartition("/")[0]
        ):
            return None
        return f"./{new}" if path.startswith("./") else new

    return replace(
        normal(decision),
        file=names[decision.file],
        body=relinked(tidy(decision.body), target),
        superseded_by=decision.superseded_by and link(decision.superseded_by),
        supersedes=tuple(sorted(map(link, decision.supersedes), key=lambda link: file_order(link.file))),
    )


def index_of(decisions: Sequence[tuple[str, WrittenDecision]], *, title: str) -> str:
    """A page with a table of the decisions, each with the name of its file, linked."""
    rows = [
        f"| [{escaped(decision.title)}]({name}) | {_index_status(decision, decisions)} | {decision.day or ''} |"
        for name, decision in decisions
    ]
    table = "\n".join(["| Decision | Status | Date |", "| --- | --- | --- |", *rows])
    return f"# {as_title(title)}\n\n{table if rows else 'No decisions yet.'}\n"


def _index_status(decision: WrittenDecision, decisions: Sequence[tuple[str, WrittenDecision]]) -> str:
    link = decision.superseded_by
    if decision.status != SUPERSEDED or link is None:
        return decision.status
    for name, other in decisions:
        if other.file == link.file:
            return f"superseded by [{escaped(other.title)}]({name})"
    return f"superseded by {escaped(link.text)}"


# --- Names and links ---------------------------------------------------------------------------


def _names(decisions: Sequence[WrittenDecision], form: Layout) -> dict[str, str]:
    """The name of each decision's file in the layout, no two alike."""
    names: dict[str, str] = {}
    taken: set[str] = set()
    for decision in decisions:
        name = form.name_of(decision)
        stem, count = name.removesuffix(".md"), 1
        while name in taken:
            count += 1
            name = f"{stem}-{count}.md"
        taken.add(name)
        names[decision.file] = name
    return names


def _numbered(decision: WrittenDecision) -> str:
    return canonical_name(decision.number or 0, safe_slug(decision.slug))


def _dated(decision: WrittenDecision) -> str:
    day = f"{decision.day:%Y%m%d}" if decision.day else "00000000"
    slug = safe_slug(decision.slug)
    return f"{day.zfill(8)}-{slug}.md" if slug else f"{day.zfill(8)}.md"


# --- One record in each form -------------------------------------------------------------------


def _madr(decision: WrittenDecision, named: Mapping[str, WrittenDecision]) -> str:
    status = decision.status
    sentences = [f"Supersedes {_labelled(link, named)}." for link in decision.supersedes]
    if decision.superseded_by is not None:
        link = decision.superseded_by
        status = f"superseded by [{_label(link, named)}]({link.file})"
        sentences.append(f"Superseded by {_labelled(link, named)}.")
    front: dict[str, object] = {"status": status, "date": decision.day}
    front |= {key: getattr(decision, name) for name, key, _ in PEOPLE if getattr(decision, name)}
    if decision.supersedes:
        front["supersedes"] = ", ".join(f"[{_label(link, named)}]({link.file})" for link in decision.supersedes)
    matter = yaml.safe_dump(front, sort_keys=False, allow_unicode=True, width=WIDTH)
    return _joined(f"---\n{matter}---", f"# {as_title(decision.title)}", "\n".join(sentences), decision.body)


def _adr_tools(decision: WrittenDecision, named: Mapping[str, WrittenDecision]) -> str:
    header = [f"Date: {decision.day}"]
    header += [f"{label}: {escaped(getattr(decision, name))}" for name, _, label in PEOPLE if getattr(decision, name)]
    # adr-tools spells it with a c, and looks for it so; a superseded record has no status beside its successor.
    status = [] if decision.superseded_by else [decision.status.capitalize()]
    status += [f"Supercedes {_counted(link, named)}" for link in decision.supersedes]
    if decision.superseded_by:
        status.append(f"Superceded by {_counted(decision.superseded_by, named)}")
    if not decision.body.startswith("## "):
        status.append(END_OF_STATUS)
    title = f"# {decision.number}. {as_title(decision.title)}"
    return _joined(title, "\n".join(header), "## Status", *status, decision.body)


def _log4brains(decision: WrittenDecision, named: Mapping[str, WrittenDecision]) -> str:
    status = decision.status
    if decision.superseded_by is not None:
        status = f"superseded by {_by_slug(decision.superseded_by)}"
    header = [f"* Status: {status}"]
    header += [
        f"* {label}: {escaped(getattr(decision, name))}" for name, _, label in PEOPLE[:1] if getattr(decision, name)
    ]
    header.append(f"* Date: {decision.day}")
    header += [
        f"* {label}: {escaped(getattr(decision, name))}" for name, _, label in PEOPLE[1:] if getattr(decision, name)
    ]
    # The file's name has the day instead; by this, whoever reads the log back knows which decision it is.
    header.append(f"* Record: {_numbered(decision).removesuffix('.md')}")
    if decision.supersedes:
        header.append(f"* Supersedes: {', '.join(map(_by_slug, decision.supersedes))}")
    return _joined(f"# {as_title(decision.title)}", "\n".join(header), decision.body)


def _joined(*parts: str) -> str:
    return "\n\n".join(part for part in parts if part) + "\n"


def _label(link: Link, named: Mapping[str, WrittenDecision]) -> str:
    other = named.get(link.file)
    return f"{other.number:04d}" if other and other.number is not None else link.text


def _labelled(link: Link, named: Mapping[str, WrittenDecision]) -> str:
    other = named.get(link.file)
    text = f"{other.number or 0:04d} {escaped(other.title)}" if other else escaped(link.text)
    return f"[{text}]({link.file})"


def _counted(link: Link, named: Mapping[str, WrittenDecision]) -> str:
    other = named.get(link.file)
    text = f"{other.number}. {escaped(other.title)}" if other else escaped(link.text)
    return f"[{text}]({link.file})"


def _by_slug(link: Link) -> str:
    return f"[{link.file.removesuffix('.md')}]({link.file})"


# --- The layouts -------------------------------------------------------------------------------


def _log4brains_settings(title: str) -> str:
    project = yaml.safe_dump({"name": plain(title)}, allow_unicode=True, width=WIDTH).strip()
    return f"---\nproject:\n  {project}\n  adrFolder: ./docs/adr\n"


LAYOUTS: Mapping[str, Layout] = {
    layout.name: layout
    for layout in (
        Layout(
            name="madr",
            title="MADR and Backstage",
            about="docs/decisions/0007-title.md with front matter, an index, and the annotation for Backstage.",
            folder="docs/decisions",
            name_of=_numbered,
            write=_madr,
            index="index.md",
            extras=lambda title: {
                "docs/decisions/.markdownlint.yml": LINTING,
                "catalog-info.snippet.yaml": ANNOTATION.format(folder="docs/decisions"),
            },
        ),
        Layout(
            name="adr-tools",
            title="adr-tools",
            about="doc/adr/0007-title.md with a date and a section “Status” as Nygard had it, and .adr-dir.",
            folder="doc/adr",
            name_of=_numbered,
            write=_adr_tools,
            index="README.md",
            extras=lambda title: {".adr-dir": "doc/adr\n", "doc/adr/.markdownlint.yml": LINTING},
        ),
        Layout(
            name="log4brains",
            title="log4brains",
            about="docs/adr/20261102-title.md with a list below the title, and .log4brains.yml.",
            folder="docs/adr",
            name_of=_dated,
            write=_log4brains,
            index="index.md",
            extras=lambda title: {
                ".log4brains.yml": _log4brains_settings(title),
                "docs/adr/.markdownlint.yml": LINTING,
            },
        ),
    )
}
