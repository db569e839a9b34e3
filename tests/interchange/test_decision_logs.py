"""Decision logs as files: what is written is read back, and what other tools write is understood."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from archreview.interchange.decisions.log import read_log
from archreview.interchange.decisions.writing import LAYOUTS, normal, renamed, write_log
from archreview.interchange.decisions.written import canonical_name
from archreview.interchange.problems import Problems
from tests.interchange.logs import logs


def read(files):
    """The log of the files, which must be readable."""
    problems = Problems()
    log = read_log([*files.items()], problems=problems)
    assert log is not None, [str(problem) for problem in problems]
    return log


def taken_over(log):
    """The decisions of a log as a workspace without any would number and name them."""
    numbered = [
        replace(decision, number=decision.number if decision.number is not None else at)
        for at, decision in enumerate(log.decisions, start=1)
    ]
    names = {decision.file: canonical_name(decision.number or 0, decision.slug) for decision in numbered}
    return [renamed(decision, names) for decision in numbered]


def essence(decision):
    """What a reader gets from the record, whatever its file looks like."""
    return (
        decision.number,
        decision.slug,
        decision.title,
        decision.status,
        decision.day,
        decision.decision_makers,
        decision.consulted,
        decision.informed,
        decision.tags,
        decision.body,
        decision.superseded_by and decision.superseded_by.file,
        [link.file for link in decision.supersedes],
        decision.more,
    )


@given(logs(), st.sampled_from(sorted(LAYOUTS)))
def test_a_log_is_read_as_it_was_written(log, layout):
    back = taken_over(read(write_log(log, layout=layout, title="Decisions")))

    # Files with days for names come in the order of the days.
    assert sorted(map(essence, back)) == sorted(essence(normal(decision)) for decision in log)


@given(logs(), st.sampled_from(sorted(LAYOUTS)))
def test_writing_what_was_read_gives_the_same_files(log, layout):
    files = write_log(log, layout=layout, title="Decisions")

    assert write_log(taken_over(read(files)), layout=layout, title="Decisions") == files
