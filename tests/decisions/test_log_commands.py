"""The log from the command line: out into a folder, in from one, and looked after without a database."""

import io
import zipfile
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from archreview.cli import NOTHING, SOMETHING, UNUSABLE, main
from archreview.decisions.log import log_archive, log_files
from archreview.decisions.models import Decision
from archreview.interchange.decisions.folders import write_file
from tests.decisions.test_log import ADR_TOOLS, MADR, zipped


def run(*arguments):
    said, warned = io.StringIO(), io.StringIO()
    call_command(*arguments, stdout=said, stderr=warned)
    return said.getvalue(), warned.getvalue()


@pytest.fixture
def a_folder(tmp_path):
    for name, text in ADR_TOOLS.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def contents(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


# --- manage.py export_decisions ---


@pytest.mark.parametrize("layout", ["madr", "adr-tools", "log4brains"])
def test_the_folder_holds_the_log_and_a_second_export_touches_nothing(a_log, tmp_path, layout):
    run("export_decisions", str(tmp_path), "--workspace", "acme", "--format", layout)
    times = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}

    said, _ = run("export_decisions", str(tmp_path), "--format", layout)

    assert contents(tmp_path) == log_files(a_log, layout=layout)
    assert said.startswith("0 of ")
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")} == times


def test_the_zip_and_the_document_are_those_of_the_pages(a_log, tmp_path):
    run("export_decisions", str(tmp_path), "--zip")
    run("export_decisions", str(tmp_path), "--format", "pdf")

    assert (tmp_path / "decisions.zip").read_bytes() == log_archive(a_log, layout="madr")
    assert (tmp_path / "decisions.pdf").read_bytes().startswith(b"%PDF")


def test_a_record_that_left_the_log_is_named_and_not_deleted(a_log, tmp_path):
    stranger = tmp_path / "docs" / "decisions" / "0009-renamed.md"
    stranger.parent.mkdir(parents=True)
    stranger.write_text("# Renamed\n")

    _, warned = run("export_decisions", str(tmp_path))

    assert "docs/decisions/0009-renamed.md is not in the log" in warned
    assert stranger.read_text() == "# Renamed\n"


def test_a_folder_that_cannot_be_written_ends_with_a_reason(a_log, tmp_path):
    (tmp_path / "docs").write_text("a file in the place of the folder")

    with pytest.raises(CommandError, match="cannot be written"):
        run("export_decisions", str(tmp_path))


def test_with_several_workspaces_one_has_to_be_named(a_log, other_workspace, tmp_path):
    with pytest.raises(CommandError, match="--workspace: acme, globex"):
        run("export_decisions", str(tmp_path))
    with pytest.raises(CommandError, match="no workspace nowhere"):
        run("export_decisions", str(tmp_path), "--workspace", "nowhere")


def test_a_file_is_written_whole_or_not_at_all(tmp_path, monkeypatch):
    place = tmp_path / "a.md"
    place.write_bytes(b"old")

    def full(self, target):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", full)
        with pytest.raises(OSError, match="No space left"):
            write_file(place, b"new")
    assert (place.read_bytes(), [*tmp_path.iterdir()]) == (b"old", [place])
    # The same without the fault.
    assert write_file(place, b"new")
    assert place.read_bytes() == b"new"


# --- manage.py import_decisions ---


def test_a_folder_comes_in_and_a_second_time_changes_nothing(workspace, owner, a_folder):
    said, _ = run("import_decisions", str(a_folder), "--by", "olivia")
    assert "new       0002 superseded Use REST" in said
    assert Decision.objects.get(number=2).created_by == owner

    said, _ = run("import_decisions", str(a_folder))

    assert said.endswith("0 new, 0 changed, 3 unchanged, 0 kept; 2 files passed over.\n")


def test_a_dry_run_says_the_same_and_stores_nothing(workspace, a_folder):
    said, _ = run("import_decisions", str(a_folder), "--dry-run")

    assert "new       0002 superseded Use REST" in said
    assert said.endswith("Nothing is stored.\n")
    assert not Decision.objects.exists()


def test_a_zip_comes_in_as_a_folder_does(workspace, tmp_path):
    (tmp_path / "log.zip").write_bytes(zipped(ADR_TOOLS))

    run("import_decisions", str(tmp_path / "log.zip"))

    assert Decision.objects.count() == 3


def test_one_bad_record_keeps_all_out_and_is_named(workspace, a_folder):
    (a_folder / "doc" / "adr" / "0004-bad.md").write_text("---\nstatus: [\n---\n# Bad\n")

    with pytest.raises(CommandError, match=r"(?s)Nothing is stored:.*doc/adr/0004-bad.md:\d"):
        run("import_decisions", str(a_folder))
    assert not Decision.objects.exists()


def test_an_account_that_is_not_there_is_told(workspace, a_folder):
    with pytest.raises(CommandError, match="no account nobody"):
        run("import_decisions", str(a_folder), "--by", "nobody")


# --- archreview decisions ---


def test_a_sound_log_is_checked_without_a_word_too_many(a_folder, capsys):
    assert main(["decisions", "check", str(a_folder)]) == NOTHING
    assert capsys.readouterr().out == "3 decisions, 0 problems\n"


def test_everything_that_does_not_hold_together_is_told_with_file_and_line(tmp_path, capsys):
    files = {
        "0001-a.md": MADR.format(status="superseded by [b](0002-b.md)", title="A") + "\n[gone](0099-gone.md)\n",
        "0002-c.md": MADR.format(status="accepted", title="C") + "\n`[code](0098-code.md)`\n",
        "0003-d.md": MADR.format(status="superseded by ADR-0042", title="D"),
        "0003-e.md": "# 3. E\n\nDate: 2020-01-01\n\n## Status\n\nAccepted\n\nSupercedes [2. C](0002-c.md)\n",
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text)

    assert main(["decisions", "check", str(tmp_path)]) == SOMETHING

    told = capsys.readouterr().out.replace(f"{tmp_path}/", "").splitlines()
    assert told == [
        "0003-e.md:1: the number 0003 is that of '0003-d.md' too",
        "0003-d.md:2: superseded by 'ADR-0042', which is not in the log",
        "0003-e.md:9: supersedes '0002-c.md', which does not say so itself",
        "0001-a.md:12: links to '0099-gone.md', which is not there",
        "4 decisions, 4 problems",
    ]


def test_a_strict_check_asks_for_status_and_date(tmp_path, capsys):
    (tmp_path / "0001-a.md").write_text("# A\n")

    assert main(["decisions", "check", str(tmp_path)]) == NOTHING
    assert main(["decisions", "check", "--strict", str(tmp_path)]) == SOMETHING


def test_what_cannot_be_read_ends_with_two(tmp_path, capsys):
    assert main(["decisions", "check", str(tmp_path / "nowhere")]) == UNUSABLE
    assert "cannot be read: No such file or directory" in capsys.readouterr().err
    (tmp_path / "0001-a.md").write_bytes(b"\xff\xfe#")
    assert main(["decisions", "index", str(tmp_path)]) == UNUSABLE
    assert "0001-a.md:1: the file is UTF-16" in capsys.readouterr().err


def test_the_index_names_every_decision_with_its_link(a_folder, tmp_path, capsys):
    assert (
        main(["decisions", "index", str(a_folder / "doc" / "adr"), "--output", str(tmp_path / "index.md")]) == NOTHING
    )

    page = (tmp_path / "index.md").read_text()
    assert "| [Use REST](0002-use-rest.md) | superseded by [Use gRPC](0003-use-grpc.md) | 2016-02-13 |" in page


def test_the_zip_of_the_log_unpacks_into_the_files(a_log):
    with zipfile.ZipFile(io.BytesIO(log_archive(a_log, layout="madr"))) as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == log_files(a_log, layout="madr")
        assert {member.date_time for member in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
