"""A log of decisions, read from its files: which of them are records, and whether their links hold together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from archreview.interchange.decisions.reading import has_a_title, read_decision
from archreview.interchange.decisions.words import file_order, read_file_name
from archreview.interchange.decisions.written import SUPERSEDED, Link, Log, WrittenDecision
from archreview.interchange.markdown import links_in, path_from
from archreview.interchange.problems import Problem, Problems, shown

ENDINGS = (".md", ".markdown")
# Beside the records, the tools keep these in the same folder.
NO_RECORDS = frozenset({"index", "readme", "changelog", "contributing", "license", "toc", "decisions"})
MOST_FAULTS = 200


@dataclass(frozen=True, slots=True)
class LogLimits:
    """How large a log may be: files in all, records, bytes of text. These suit an upload that somebody waits for."""

    most_files: int = 2_000
    most_records: int = 300
    most_bytes: int = 1_000_000


LOG_LIMITS = LogLimits()
# Where a worker stores it: the log of a large company, which a request still reads and previews in a second or two.
LARGE_LOG_LIMITS = LogLimits(most_files=10_000, most_records=2_000, most_bytes=8_000_000)


def is_markdown(path: str) -> bool:
    """Whether a file can be a record by its ending."""
    return path.lower().endswith(ENDINGS)


def read_log(sources: Sequence[tuple[str, bytes]], *, problems: Problems, limits: LogLimits = LOG_LIMITS) -> Log | None:
    """
    Read the records among the files; None, with every reason in `problems`, where a single one cannot be read.

    Paths have slashes. Where some files are named like records (`0007-….md`, `20261102-….md`), the others are passed
    over, and so are an index, a template and what is not Markdown.
    """
    files = sorted(sources, key=lambda source: file_order(source[0]))
    records, passed_over = _records(files)
    if len(records) > limits.most_records:
        problems.add(
            records[0][0],
            1,
            "",
            f"there are {len(records):,} records, at most {limits.most_records:,} are read at once",
            "import them in parts, or with manage.py import_decisions",
        )
        return None
    total = sum(len(content) for _, content in records)
    if total > limits.most_bytes:
        problems.add(
            records[0][0],
            1,
            "",
            f"the records hold {total:,} bytes, at most {limits.most_bytes:,} are read at once",
            "import them in parts, or with manage.py import_decisions",
        )
        return None
    remarks: list[Problem] = []
    read = [read_decision(content, file=file, problems=problems, remarks=remarks) for file, content in records]
    if problems:
        return None
    if not records:
        problems.add(
            files[0][0] if files else "",
            1,
            "",
            "there are no decision records",
            "a record is a Markdown file that begins with a title",
        )
        return None
    decisions = [decision for decision in read if decision is not None]
    return _Log(decisions, all_files={file for file, _ in sources}, remarks=remarks, passed_over=passed_over).checked(
        problems
    )


def _records(files: Sequence[tuple[str, bytes]]) -> tuple[list[tuple[str, bytes]], tuple[str, ...]]:
    """The files that are records, and the names of the others."""
    markdown = [(file, content) for file, content in files if is_markdown(file) and not _is_something_else(file)]
    named = [(file, content) for file, content in markdown if read_file_name(file).is_a_record]
    records = named or [
        (file, content) for file, content in markdown if has_a_title(content[:20_000].decode("utf-8", "replace"))
    ]
    # A file alone that has no title is told of, not passed over in silence.
    records = records or markdown[:1]
    taken = {file for file, _ in records}
    return records, tuple(file for file, _ in files if file not in taken)


def _is_something_else(path: str) -> bool:
    stem = path.rpartition("/")[2].rpartition(".")[0].lower()
    return stem in NO_RECORDS or "template" in stem.split("-") or stem.startswith((".", "_"))


class _Log:
    """The records of a log, looked up by path and by number."""

    def __init__(
        self,
        decisions: list[WrittenDecision],
        *,
        all_files: set[str],
        remarks: list[Problem],
        passed_over: tuple[str, ...],
    ) -> None:
        self._decisions = decisions
        self._by_file = {decision.file: decision for decision in decisions}
        self._by_number: dict[int, list[WrittenDecision]] = defaultdict(list)
        for decision in decisions:
            if decision.number is not None:
                self._by_number[decision.number].append(decision)
        self._all_files = all_files
        self._remarks = remarks
        self._passed_over = passed_over
        self._faults: list[Problem] = []

    def checked(self, problems: Problems) -> Log | None:
        """The log with its links resolved; None where decisions supersede each other in a circle."""
        self._check_numbers()
        self._decisions = [self._resolved(decision) for decision in self._decisions]
        self._by_file = {decision.file: decision for decision in self._decisions}
        self._check_successors()
        for decision in self._decisions:
            self._check_links(decision)
        for circle in _circles(self._by_file):
            first = self._by_file[circle[0]]
            names = ", ".join(shown(file) for file in circle)
            problems.add(first.file, first.line, "", f"these supersede each other in a circle: {names}")
        if problems:
            return None
        return Log(tuple(self._decisions), tuple(self._faults), tuple(self._remarks), self._passed_over)

    def _check_numbers(self) -> None:
        for number, decisions in sorted(self._by_number.items()):
            for decision in decisions[1:]:
                self._fault(
                    decision, decision.line, f"the number {number:04d} is that of {shown(decisions[0].file)} too"
                )

    def _resolved(self, decision: WrittenDecision) -> WrittenDecision:
        successor = decision.superseded_by and self._found(decision.superseded_by, decision)
        supersedes = tuple(self._found(link, decision) for link in decision.supersedes)
        return replace(decision, superseded_by=successor, supersedes=supersedes)

    def _found(self, link: Link, decision: WrittenDecision) -> Link:
        """The link with the path of the record that it leads to, if that is in the log."""
        if link.file in self._by_file:
            return replace(link, found=True)
        candidates = [] if link.number is None else self._by_number.get(link.number, [])
        folder = _folder(link.file or decision.file)
        meant = [other for other in candidates if _folder(other.file) == folder]
        if not link.file:
            meant = meant or candidates
        # A link by number, or by a file name whose words have changed since, is good while only one has the number.
        if len(meant) == 1 and meant[0].file != decision.file:
            return replace(link, file=meant[0].file, found=True)
        return link

    def _check_successors(self) -> None:
        for decision in self._decisions:
            successor = decision.superseded_by
            if decision.status == SUPERSEDED and successor is None:
                self._fault(decision, decision.line, "superseded, and by which decision is not said")
            if successor is not None and not successor.found:
                self._fault(decision, successor.line, f"superseded by {shown(successor.text)}, which is not in the log")
            for link in decision.supersedes:
                other = self._by_file.get(link.file) if link.found else None
                if other is None:
                    self._fault(decision, link.line, f"supersedes {shown(link.text)}, which is not in the log")
                elif other.superseded_by is None or other.superseded_by.file != decision.file:
                    self._fault(decision, link.line, f"supersedes {shown(other.file)}, which does not say so itself")

    def _check_links(self, decision: WrittenDecision) -> None:
        for line, target in links_in(decision.body):
            path = path_from(decision.file, target)
            if is_markdown(path) and path not in self._all_files and not path.startswith(".."):
                self._fault(decision, decision.body_line + line, f"links to {shown(path)}, which is not there")

    def _fault(self, decision: WrittenDecision, line: int, message: str) -> None:
        if len(self._faults) < MOST_FAULTS:
            self._faults.append(Problem(decision.file, line, "", message))


def _folder(path: str) -> str:
    return path.rpartition("/")[0]


def _circles(decisions: Mapping[str, WrittenDecision]) -> Iterable[list[str]]:
    """The circles of decisions each of which is superseded by the next."""
    done: set[str] = set()
    for file in decisions:
        walked: dict[str, None] = {}
        at: str | None = file
        while at is not None and at not in done and at not in walked:
            walked[at] = None
            successor = decisions[at].superseded_by
            at = successor.file if successor is not None and successor.found else None
        if at is not None and at in walked:
            path = list(walked)
            yield path[path.index(at) :]
        done.update(walked)
