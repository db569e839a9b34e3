"""
The command `archreview`: a review of files without a server.

    archreview check FILE... [options]
    archreview decisions check PATH
    archreview decisions index PATH [--output FILE]

Exit codes: 0 nothing at or over the threshold, 1 something, 2 unusable input or a wrong call. Everything that
takes time to import is imported where it is used.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

    from archreview.engine.catalog import Catalog
    from archreview.engine.model import Architecture
    from archreview.engine.results import Review
    from archreview.interchange.baselines import Baseline
    from archreview.interchange.documents import Limits, Problem, Problems

NOTHING, SOMETHING, UNUSABLE = 0, 1, 2

FORMATS = ("text", "json")
LATER_FORMATS = ("sarif", "junit", "markdown")
THRESHOLDS = ("critical", "high", "medium", "low", "never")
MOST_ERRORS = 50
STANDARD_INPUT = "-"

# A file on one's own disk is not a stranger's upload: whole landscapes are read.
MAX_BYTES = 64_000_000
MAX_NODES = 5_000_000


class Unusable(Exception):
    """The input or the call cannot be used; `lines` say why."""

    def __init__(self, *lines: str) -> None:
        super().__init__(*lines)
        self.lines = lines


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; give its exit code."""
    parser = _parser()
    options = parser.parse_args(arguments)
    if options.version:
        print(f"archreview {_version()}")
        return NOTHING
    if options.command is None:
        parser.print_usage(sys.stderr)
        return UNUSABLE
    try:
        return _decisions(options) if options.command == "decisions" else _check(options)
    except Unusable as unusable:
        for line in unusable.lines:
            print(line, file=sys.stderr)
    except BrokenPipeError:
        # Whoever read our output has read enough; what Python would flush on its way out goes nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except Exception:
        # A traceback ends with 1, and 1 means that something was found.
        import traceback

        traceback.print_exc()
        print("archreview: this is a fault of archreview itself, not of your files", file=sys.stderr)
    return UNUSABLE


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="archreview", description="Reviews how services talk to each other.", allow_abbrev=False
    )
    parser.add_argument("--version", action="store_true", help="say which version this is")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    check = commands.add_parser(
        "check",
        help="review files and say what is wrong",
        description="Reviews an architecture in files. Needs no server, no database and no network.",
        epilog="Exit codes: 0 nothing at or over the threshold, 1 something, 2 unusable input or a wrong call.",
        allow_abbrev=False,
    )
    check.add_argument("files", nargs="+", metavar="FILE", help="architecture.yaml, a folder, or - for standard input")
    check.add_argument("--format", default="text", choices=(*FORMATS, *LATER_FORMATS), help="default: text")
    check.add_argument("--from", dest="form", metavar="FORMAT", help="read the files as this format")
    check.add_argument("--catalog", metavar="FILE", help="another catalog of rules than the built-in one")
    check.add_argument("--as-of", metavar="DATE", type=_date, help="the day to reckon ages from, as in 2026-11-02")
    check.add_argument(
        "--fail-on", default="high", choices=THRESHOLDS, help="the mildest severity that fails; default: high"
    )
    check.add_argument(
        "--baseline", metavar="FILE", help="a JSON result of an earlier run: what is in it does not fail"
    )
    check.add_argument("--strict", action="store_true", help="open questions fail too")
    check.add_argument("--output", metavar="FILE", help="write there instead of to standard output")
    _add_decisions(commands)
    return parser


def _add_decisions(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    decisions = commands.add_parser(
        "decisions",
        help="look after a folder of decision records",
        description="Reads the decision records of a folder: MADR, adr-tools, log4brains, or Markdown with a title.",
        allow_abbrev=False,
    )
    ways = decisions.add_subparsers(dest="way", metavar="WAY", required=True)
    check = ways.add_parser(
        "check",
        help="say what is wrong with the records and the links between them",
        epilog="Exit codes: 0 nothing is wrong, 1 something, 2 a record cannot be read, or a wrong call.",
        allow_abbrev=False,
    )
    check.add_argument("path", metavar="PATH", help="the folder of the records, or one of them")
    check.add_argument("--strict", action="store_true", help="records without a status or a date are wrong too")
    index = ways.add_parser(
        "index",
        help="write a page with a table of the records",
        epilog="The same records give the same page. Links in it are good in the folder itself.",
        allow_abbrev=False,
    )
    index.add_argument("path", metavar="PATH", help="the folder of the records")
    index.add_argument("--title", default="Decisions", help="the heading of the page; default: Decisions")
    index.add_argument("--output", metavar="FILE", help="write there instead of to standard output")


def _check(options: argparse.Namespace) -> int:
    if options.format in LATER_FORMATS:
        raise Unusable(f"archreview: --format {options.format} is not available yet; use {' or '.join(FORMATS)}")
    architecture = _architecture(options.files, options.form)
    catalog = _catalog(options.catalog)
    baseline = _baseline(options.baseline)

    from archreview.engine.review import Settings, review

    result = review(architecture, catalog, Settings(as_of=options.as_of))
    gone: tuple[str, ...] = ()
    if baseline is not None:
        from archreview.interchange.baselines import against_baseline

        result, gone = against_baseline(result, baseline)
    if options.format == "json":
        from archreview.interchange.writers.results import to_dict, to_json

        text = to_json(to_dict(result, gone=gone))
    else:
        text = _text(result, catalog, options, gone=[(baseline or {})[fingerprint] for fingerprint in gone])
    _put_out(text, options.output)
    return _exit_code(result, fail_on=options.fail_on, strict=options.strict)


def _exit_code(result: Review, *, fail_on: str, strict: bool) -> int:
    if strict and result.questions:
        return SOMETHING
    # The severities from the worst to the threshold; "never" is past them all.
    failing = THRESHOLDS[: THRESHOLDS.index(fail_on) + 1] if fail_on != "never" else ()
    found = any(finding.severity in failing and not finding.known for finding in result.findings)
    return SOMETHING if found else NOTHING


def _decisions(options: argparse.Namespace) -> int:
    from archreview.interchange.decisions.folders import FOLDER_LIMITS, read_folder
    from archreview.interchange.decisions.log import read_log
    from archreview.interchange.documents import Problems

    problems = Problems()
    path = Path(options.path)
    sources = read_folder(path, problems=problems)
    log = None if problems else read_log(sources, problems=problems, limits=FOLDER_LIMITS)
    folder = path if path.is_dir() else path.parent
    if log is None:
        raise Unusable(*_error_lines(_below(folder, problems.all())))
    if options.way == "index":
        from archreview.interchange.decisions.writing import index_of

        _put_out(
            index_of([(decision.file, decision) for decision in log.decisions], title=options.title), options.output
        )
        return NOTHING
    wrong = _below(folder, [*log.faults, *(log.remarks if options.strict else ())])
    lines = [*_error_lines(wrong), f"{len(log.decisions)} decisions, {len(wrong)} problems"]
    _put_out("".join(f"{line}\n" for line in lines), None)
    return SOMETHING if wrong else NOTHING


def _below(folder: Path, problems: Sequence[Problem]) -> list[Problem]:
    """Name the files as they are found from where the command runs."""
    return [replace(problem, file=str(folder / problem.file)) for problem in problems]


# --- What goes in ------------------------------------------------------------------------------


def _architecture(names: Sequence[str], form: str | None) -> Architecture:
    from archreview.interchange.documents import Problems
    from archreview.interchange.readers import FORMATS as READERS

    if form is not None and form not in READERS:
        raise Unusable(f"archreview: --from {form} is not available; it can be {', '.join(READERS)}")
    if names.count(STANDARD_INPUT) > 1:
        raise Unusable("archreview: standard input can be read only once")
    problems = Problems()
    sources = []
    for name in names:
        for file in _files(name, problems):
            content = _content(file, problems)
            if content is not None:
                sources.append((file, content))
    reader = READERS[form or next(iter(READERS))]
    architecture = reader.read(sources, problems=problems, limits=_limits())
    if problems or architecture is None:
        raise Unusable(*_error_lines(problems.all()))
    return architecture


def _files(name: str, problems: Problems) -> list[str]:
    """Give the files that a name on the command line stands for."""
    from archreview.interchange.readers import files_in

    if name == STANDARD_INPUT or not Path(name).is_dir():
        return [name]
    files = [str(path) for path in files_in(Path(name))]
    if not files:
        problems.add(name, 1, "", "the folder holds no architecture.yaml")
    return files


def _content(file: str, problems: Problems) -> bytes | None:
    """Give what a file holds, up to just over what is read of it; None where it cannot be opened."""
    try:
        if file == STANDARD_INPUT:
            return sys.stdin.buffer.read(MAX_BYTES + 1)
        with Path(file).open("rb") as opened:
            return opened.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        problems.add(file, 1, "", f"cannot be read: {reason}")
        return None


def _catalog(file: str | None) -> Catalog:
    from archreview.interchange.catalogs import read_catalog
    from archreview.interchange.documents import Problems

    problems = Problems()
    path = file or str(_built_in_catalog())
    content = _content(path, problems)
    catalog = None if content is None else read_catalog(content, file=path, problems=problems)
    if problems or catalog is None:
        raise Unusable(*_error_lines(problems.all()))
    return catalog


def _built_in_catalog() -> Path:
    return Path(__file__).resolve().parent.parent / "fixtures" / "catalog.yaml"


def _baseline(file: str | None) -> Baseline | None:
    if file is None:
        return None
    from archreview.interchange.baselines import read_baseline
    from archreview.interchange.documents import Problems

    problems = Problems()
    content = _content(file, problems)
    baseline = None if content is None else read_baseline(content, file=file, problems=problems)
    if problems:
        raise Unusable(*_error_lines(problems.all()))
    return baseline


def _limits() -> Limits:
    from archreview.interchange.documents import Limits

    return Limits(max_bytes=MAX_BYTES, max_nodes=MAX_NODES)


def _date(text: str) -> date:
    from datetime import date

    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no date such as 2026-11-02") from None


def _version() -> str:
    from importlib.metadata import version

    return version("archreview")


# --- What goes out -----------------------------------------------------------------------------


def _error_lines(problems: Sequence[Problem]) -> list[str]:
    lines = [str(problem) for problem in problems[:MOST_ERRORS]]
    if len(problems) > MOST_ERRORS:
        lines.append(f"and {len(problems) - MOST_ERRORS} more")
    return lines


def _text(result: Review, catalog: Catalog, options: argparse.Namespace, *, gone: Sequence[str]) -> str:
    import shutil

    from archreview.interchange.writers.text import to_text

    colours = (
        options.output is None
        and sys.stdout.isatty()
        and not os.environ.get("NO_COLOR")
        and os.environ.get("TERM") != "dumb"
    )
    return to_text(result, catalog, colours=colours, width=shutil.get_terminal_size((100, 24)).columns, gone=gone)


def _put_out(text: str, file: str | None) -> None:
    # JSON is UTF-8 whatever the terminal's language is.
    content = text.encode("utf-8")
    if file is None:
        sys.stdout.flush()
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
        return
    try:
        Path(file).write_bytes(content)
    except OSError as error:
        raise Unusable(f"archreview: {file} cannot be written: {error.strerror}") from None


if __name__ == "__main__":
    sys.exit(main())
