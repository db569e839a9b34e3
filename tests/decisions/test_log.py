"""The log out and in: an export comes back as it went, and a log from elsewhere comes in as its makers meant it."""

import base64
import io
import re
import subprocess
import zipfile
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archreview.decisions.actions import Text, edit_draft, write_decision
from archreview.decisions.arrivals import CHANGED, KEPT, NEW, UNCHANGED, plan_import
from archreview.decisions.export import as_markdown
from archreview.decisions.guards import take_guards_off
from archreview.decisions.importing import PlanChanged, import_log
from archreview.decisions.log import log_archive, log_files
from archreview.decisions.log_document import log_pdf
from archreview.decisions.models import Decision, Status, Template
from archreview.decisions.redrafting import change_template
from archreview.decisions.sealing import is_intact
from archreview.interchange.decisions.log import read_log
from archreview.interchange.decisions.writing import LAYOUTS, write_log
from archreview.interchange.decisions.writing import write_decision as write_decision_file
from archreview.interchange.problems import Problems
from archreview.reviews.analyses import current_analysis
from archreview.workspaces.actions import create_workspace
from tests.interchange.logs import logs

STATUSES = ("accepted", "rejected", "deprecated", "proposed")
MADR = "---\nstatus: {status}\ndate: 2024-05-06\n---\n\n# {title}\n\n## Context and Problem Statement\n\nWhy.\n"


def log_from(files):
    """The log of the files, by their names."""
    problems = Problems()
    sources = [(name, text.encode() if isinstance(text, str) else text) for name, text in files.items()]
    log = read_log(sources, problems=problems)
    assert log is not None, [str(problem) for problem in problems]
    return log


def bring(workspace, files, by=None, **options):
    return import_log(workspace=workspace, log=log_from(files), by=by, **options)


def of(workspace, number):
    return Decision.objects.get(workspace=workspace, number=number)


def zipped(files):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return packed.getvalue()


def upload(client, workspace, *files, **data):
    sent = [
        SimpleUploadedFile(name, content if isinstance(content, bytes) else content.encode()) for name, content in files
    ]
    return client.post(
        reverse("decisions:log_import", args=[workspace.slug]), {"records": sent, "without_status": "accepted", **data}
    )


def agreed(client, workspace, preview):
    """The form of the preview, sent as it is."""
    names = ("archive", "seen", "without_status")
    return client.post(
        reverse("decisions:log_import", args=[workspace.slug]), {name: preview.context[name] for name in names}
    )


# --- Out ---


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_same_log_gives_the_same_bytes(a_log, layout):
    assert log_archive(a_log, layout=layout) == log_archive(a_log, layout=layout)


def test_links_between_records_are_relative_links_in_both_directions(a_log):
    files = {name: content.decode() for name, content in log_files(a_log, layout="madr").items()}

    assert (
        "Superseded by [0002 Queue for Pricing](0002-queue-for-pricing.md)."
        in files["docs/decisions/0001-call-pricing.md"]
    )
    assert "Supersedes [0001 Call Pricing](0001-call-pricing.md)." in files["docs/decisions/0002-queue-for-pricing.md"]


def test_one_decision_is_the_same_file_alone_and_in_the_log(a_log):
    files = log_files(a_log, layout="madr")

    for decision in Decision.objects.filter(workspace=a_log):
        assert files[f"docs/decisions/{decision.file_name}"].decode() == as_markdown(decision)


@pytest.mark.parametrize(("template", "layout"), [("nygard", "adr-tools"), ("log4brains", "log4brains")])
def test_a_template_is_written_as_the_layout_of_its_tool_writes_it(a_log, owner, template, layout):
    draft = change_template(of(a_log, 3), template=Template(template), own=None, version=1, by=owner)

    text = as_markdown(draft)

    read = log_from({"0003-a-draft.md": text}).decisions[0]
    assert (read.number, read.title, read.status, read.decision_makers) == (3, "A draft", "proposed", "Ana, Ben")
    assert write_decision_file(read, layout=layout) == text


def test_adr_tools_finds_its_folder_its_titles_and_its_links(a_log):
    files = {name: content.decode() for name, content in log_files(a_log, layout="adr-tools").items()}
    record = files["doc/adr/0001-call-pricing.md"]

    assert files[".adr-dir"] == "doc/adr\n"
    assert record.startswith("# 1. Call Pricing\n\nDate: ")
    # As its script `_adr_links` looks for them.
    assert re.findall(r"^(.+) \[.*\]\(0*([1-9][0-9]*).*\)", record, re.MULTILINE) == [("Superceded by", "2")]


def test_log4brains_finds_its_header_and_links_lead_to_its_names(a_log):
    files = {name: content.decode() for name, content in log_files(a_log, layout="log4brains").items()}
    day = f"{timezone.localdate():%Y%m%d}"

    assert (
        f"* Status: superseded by [{day}-queue-for-pricing]({day}-queue-for-pricing.md)"
        in files[f"docs/adr/{day}-call-pricing.md"]
    )
    assert f"[the second](./{day}-queue-for-pricing.md#context)" in files[f"docs/adr/{day}-a-draft.md"]


def test_the_document_has_contents_with_links_bookmarks_and_every_decision(a_log, tmp_path):
    path = tmp_path / "log.pdf"
    pdf = log_pdf(a_log)
    path.write_bytes(pdf)
    words = " ".join(subprocess.run(["pdftotext", "-layout", path, "-"], capture_output=True, text=True).stdout.split())

    assert pdf == log_pdf(a_log)
    assert re.search(r"0001 Call Pricing superseded 2 0002 Queue for Pricing accepted 3 0003 A draft proposed 4", words)
    assert "superseded by 0002 Queue for Pricing" in words


# --- Back ---


@pytest.mark.parametrize("layout", LAYOUTS)
def test_importing_our_own_export_again_changes_nothing(a_log, owner, layout):
    before = [*Decision.objects.order_by("pk").values()]

    plan = bring(a_log, log_files(a_log, layout=layout), by=owner)

    assert [arrival.what for arrival in plan.arrivals] == [UNCHANGED] * 3
    assert [*Decision.objects.order_by("pk").values()] == before


@pytest.mark.parametrize("layout", LAYOUTS)
def test_an_export_taken_in_elsewhere_goes_out_as_the_same_files(a_log, other_workspace, outsider, layout):
    other_workspace.name = a_log.name
    other_workspace.save()
    files = log_files(a_log, layout=layout)

    bring(other_workspace, files, by=outsider)

    assert log_files(other_workspace, layout=layout) == files
    assert of(other_workspace, 1).superseded_by == of(other_workspace, 2)


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(log=logs(), layout=st.sampled_from(sorted(LAYOUTS)))
def test_whatever_a_log_says_it_comes_in_and_goes_out_as_the_same_files(owner, log, layout):
    files = write_log(log, layout=layout, title="Decisions of Elsewhere")
    with transaction.atomic():
        elsewhere = create_workspace(name="Elsewhere", slug="elsewhere", lead=owner)
        bring(elsewhere, files, by=owner)
        back = log_files(elsewhere, layout=layout)
        again = plan_import(workspace=elsewhere, log=log_from(back))
        transaction.set_rollback(True)

    # One that names a successor which was not accepted is what its file calls it only once that one is.
    if all(
        old.superseded_by is None or of_log(log, old.superseded_by.file).status not in ("proposed", "rejected")
        for old in log
    ):
        assert back == files
    assert {arrival.what for arrival in again.arrivals} == {UNCHANGED}


def of_log(log, file):
    return next(decision for decision in log if decision.file == file)


# --- In ---


def test_every_record_of_madrs_own_log_comes_in_with_title_status_and_links(workspace, owner, shared_data):
    folder = shared_data / "adr" / "madr-4.0" / "docs" / "decisions"
    files = {path.name: path.read_bytes() for path in sorted(folder.iterdir())}
    titles = {
        int(name[:4]): re.findall(r"^# (.+)$", text.decode(), re.MULTILINE)[0]
        for name, text in files.items()
        if name[:4].isdigit()
    }

    plan = bring(workspace, files, by=owner)

    stored = {decision.number: decision for decision in Decision.objects.filter(workspace=workspace)}
    assert len(plan.arrivals) == len(stored) == 19
    assert {number: decision.title for number, decision in stored.items()} == titles
    assert {number for number, decision in stored.items() if decision.status == "proposed"} == {3}
    assert "Status as written: on hold" in stored[3].body
    assert "[ADR-0013](0013-use-yaml-front-matter-for-meta-data.md)" in stored[8].body
    assert not plan.log.faults
    assert set(plan.log.passed_over) == {".markdownlint.yml", "adr-template.md", "index.md"}
    assert {arrival.what for arrival in plan_import(workspace=workspace, log=log_from(files)).arrivals} == {UNCHANGED}


NYGARD = "# {number}. {title}\n\nDate: {day}\n\n## Status\n\n{status}\n\n## Context\n\nWhy.\n\n## Decision\n\nThis.\n"
ADR_TOOLS = {
    "doc/adr/0001-record-decisions.md": NYGARD.format(
        number=1, title="Record decisions", day="2016-02-12", status="Accepted"
    ),
    "doc/adr/0002-use-rest.md": NYGARD.format(
        number=2, title="Use REST", day="2016-02-13", status="Superceded by [3. Use gRPC](0003-use-grpc.md)"
    ),
    "doc/adr/0003-use-grpc.md": NYGARD.format(
        number=3,
        title="Use gRPC",
        day="2016-03-01",
        status="Accepted\n\nSupercedes [2. Use REST](0002-use-rest.md)\n\n"
        "Amends [1. Record decisions](0001-record-decisions.md)",
    ),
    "doc/adr/README.md": "# Architecture Decision Records\n",
    ".adr-dir": "doc/adr\n",
}


def test_a_log_of_adr_tools_comes_in_with_status_dates_and_links(workspace, owner):
    plan = bring(workspace, ADR_TOOLS, by=owner)

    one, two, three = Decision.objects.filter(workspace=workspace).order_by("number")
    assert [one.title, two.title, three.title] == ["Record decisions", "Use REST", "Use gRPC"]
    assert [one.status, two.status, three.status] == ["accepted", "superseded", "accepted"]
    assert [one.date, two.date, three.date] == [date(2016, 2, 12), date(2016, 2, 13), date(2016, 3, 1)]
    assert two.superseded_by == three
    assert three.body.startswith("## Context\n\nWhy.")
    assert "* Amends [1. Record decisions](0001-record-decisions.md)" in three.body
    assert not plan.log.faults


MADR_2 = """# Use Plain JUnit5

* Status: superseded by [ADR-0002](0002-use-kotest.md)
* Deciders: Ana, Ben <!-- optional -->
* Date: 2019-11-05

Technical Story: [A ticket](https://example.com/1)

## Context and Problem Statement

<!-- how do we test? -->
How?
"""


def test_records_of_madr_2_and_3_come_in_with_their_headers(workspace, owner):
    madr_3 = (
        '---\nstatus: "accepted"\ndate: 2023-01-02\ndeciders: [Ana, Ben]\nconsulted: Cleo\ninformed: everyone\n'
        "tags: [tests, kotlin]\n---\n# Use Kotest\n\n## Context and Problem Statement\n\nBetter.\n"
    )

    bring(workspace, {"0001-use-plain-junit5.md": MADR_2, "0002-use-kotest.md": madr_3}, by=owner)

    one, two = Decision.objects.filter(workspace=workspace).order_by("number")
    assert (one.status, one.superseded_by, one.decision_makers, one.date) == (
        "superseded",
        two,
        "Ana, Ben",
        date(2019, 11, 5),
    )
    assert one.body.startswith("Technical Story: [A ticket](https://example.com/1)\n\n## Context")
    assert (two.decision_makers, two.consulted, two.informed, two.tags) == (
        "Ana, Ben",
        "Cleo",
        "everyone",
        "tests, kotlin",
    )


def test_a_log_of_log4brains_comes_in_by_its_days(workspace, owner):
    after = "[20201026-use-log4brains](20201026-use-log4brains.md)"
    files = {
        "docs/adr/20200924-use-madr.md": f"# Use MADR\n\n- Status: superseded by {after}\n- Date: 2020-09-25\n"
        f"- Tags: doc, process\n\n## Context\n\nWe record.\n\n## Links\n\n- Relates to {after}\n",
        "docs/adr/20201026-use-log4brains.md": "# Use log4brains\n\n- Status: accepted\n- Deciders: Thomas\n\n"
        "## Context\n\nMore.\n",
        "docs/adr/20201103-maybe.md": "# Maybe\n\n- Status: draft\n\n## Context\n\nLater.\n",
        "docs/adr/index.md": "# Index\n",
        ".log4brains.yml": "project:\n  name: x\n",
    }

    plan = bring(workspace, files, by=owner)

    one, two, three = Decision.objects.filter(workspace=workspace).order_by("number")
    assert [one.status, two.status, three.status] == ["superseded", "accepted", "proposed"]
    assert [one.date, two.date, three.date] == [date(2020, 9, 25), date(2020, 10, 26), date(2020, 11, 3)]
    assert one.superseded_by == two
    assert (one.tags, two.decision_makers) == ("doc, process", "Thomas")
    assert "[20201026-use-log4brains](0002-use-log4brains.md)" in one.body
    assert not plan.log.faults


def test_anything_with_a_title_comes_in_with_what_is_known(workspace, owner):
    plan = bring(
        workspace, {"Kafka.md": "Some badge\n\nUse Kafka\n=========\n\nBecause.\n"}, by=owner, without_status="proposed"
    )

    decision = of(workspace, 1)
    assert (decision.title, decision.status, decision.body) == ("Use Kafka", "proposed", "Some badge\n\nBecause.")
    assert [remark.message for remark in plan.log.remarks] == ["no status is stated", "no date is stated"]


def test_a_number_that_is_taken_here_gives_way_and_links_follow(a_log, owner):
    files = {
        "0001-use-go.md": MADR.format(status="accepted", title="Use Go"),
        "0007-use-rust.md": MADR.format(status="accepted", title="Use Rust") + "\nUnlike [Go](0001-use-go.md).\n",
    }

    plan = bring(a_log, files, by=owner)

    assert [(arrival.number_there, arrival.decision.number) for arrival in plan.arrivals] == [(1, 8), (7, 7)]
    assert of(a_log, 8).title == "Use Go"
    assert "[Go](0008-use-go.md)" in of(a_log, 7).body
    assert {arrival.what for arrival in plan_import(workspace=a_log, log=log_from(files)).arrivals} == {UNCHANGED}


def test_the_next_decision_stands_behind_all_that_came_in(workspace, owner):
    bring(workspace, {"0005-use-go.md": MADR.format(status="accepted", title="Use Go")}, by=owner)

    assert write_decision(workspace=workspace, text=Text("Next", "Text."), by=owner).number == 6


def test_our_own_numbers_begin_at_one_still(workspace, owner):
    with pytest.raises(IntegrityError), transaction.atomic():
        Decision.objects.create(workspace=workspace, number=0, title="Zero", body="Text.", created_by=owner)


def test_a_file_changes_a_draft_and_never_what_is_decided(a_log, owner):
    files = {name: content.decode() for name, content in log_files(a_log, layout="madr").items()}
    files = {
        name: text.replace("## Context", "## The context").replace("See [", "Look at [") for name, text in files.items()
    }

    plan = bring(a_log, files, by=owner)

    assert [arrival.what for arrival in plan.arrivals] == [KEPT, KEPT, CHANGED]
    assert of(a_log, 1).body == "## Context\n\nOld."
    assert of(a_log, 3).body.startswith("Look at [")
    assert of(a_log, 3).versions.first().note == "Imported from docs/decisions/0003-a-draft.md"


def test_a_file_can_say_that_a_draft_was_accepted_since(a_log, owner):
    files = {
        name: content.decode().replace("status: proposed", "status: accepted")
        for name, content in log_files(a_log, layout="madr").items()
    }

    bring(a_log, files, by=owner)

    assert of(a_log, 3).status == Status.ACCEPTED
    assert is_intact(of(a_log, 3))


def test_what_comes_in_as_decided_is_sealed_and_checked_from_then_on(workspace, owner):
    files = {f"000{n}-{status}.md": MADR.format(status=status, title=status) for n, status in enumerate(STATUSES, 1)}
    bring(workspace, files, by=owner)

    assert {(row.status, bool(row.content_hash)) for row in Decision.objects.all()} == {
        ("accepted", True),
        ("rejected", True),
        ("deprecated", True),
        ("proposed", False),
    }
    assert all(map(is_intact, Decision.objects.all()))
    workspace.refresh_from_db()
    assert [*current_analysis(workspace).decision_reviews] == ["0001"]


def test_a_log_in_which_one_decision_is_not_as_decided_goes_out_to_nobody(a_log, viewer_client):
    take_guards_off(connection)
    Decision.objects.filter(workspace=a_log, number=2).update(body="Mine.")

    for name in ("log_zip", "log_pdf"):
        answer = viewer_client.get(reverse(f"decisions:{name}", args=[a_log.slug]))
        assert answer.status_code == 409
        assert "Decision 0002 is not what was decided" in answer.content.decode()
    with pytest.raises(CommandError, match="0002 is not what was decided"):
        call_command("export_decisions", "/nowhere")


def test_a_file_can_say_that_another_has_taken_the_place_since(workspace, owner):
    bring(workspace, {"0001-go.md": MADR.format(status="accepted", title="Go")}, by=owner)
    files = {
        "0001-go.md": MADR.format(status="superseded by [rust](0002-rust.md)", title="Go"),
        "0002-rust.md": MADR.format(status="accepted", title="Rust"),
    }

    plan = bring(workspace, files, by=owner)

    old = of(workspace, 1)
    assert [arrival.what for arrival in plan.arrivals] == [CHANGED, NEW]
    assert (old.status, old.superseded_by, old.version) == ("superseded", of(workspace, 2), 2)
    assert [version.status for version in old.versions.all()] == ["superseded", "accepted"]


def test_a_successor_that_is_nowhere_is_told_and_its_name_stays_in_the_text(workspace, owner):
    plan = bring(workspace, {"0001-use-go.md": MADR.format(status="superseded by ADR-0123", title="Use Go")}, by=owner)

    decision = of(workspace, 1)
    assert [fault.message for fault in plan.log.faults] == ["superseded by 'ADR-0123', which is not in the log"]
    assert decision.status == Status.DEPRECATED
    assert decision.body.endswith("## More Information\n\n* Superseded by ADR-0123")
    assert {arrival.what for arrival in plan_import(workspace=workspace, log=plan.log).arrivals} == {UNCHANGED}


def test_nothing_is_stored_where_the_decisions_changed_since_the_preview(a_log, owner, member):
    log = log_from({"0004-use-go.md": MADR.format(status="accepted", title="Use Go")})
    seen = plan_import(workspace=a_log, log=log).fingerprint
    write_decision(workspace=a_log, text=Text("In between", "Text."), by=member)

    with pytest.raises(PlanChanged):
        import_log(workspace=a_log, log=log, by=owner, seen=seen)

    assert Decision.objects.filter(workspace=a_log).count() == 4
    # The same import, seen as it is now, goes through.
    import_log(workspace=a_log, log=log, by=owner, seen=plan_import(workspace=a_log, log=log).fingerprint)
    assert Decision.objects.filter(workspace=a_log).count() == 5


def test_a_plan_takes_one_query_however_long_the_log(workspace, django_assert_num_queries):
    files = {f"{number:04d}-x.md": MADR.format(status="accepted", title=f"Title {number}") for number in range(60)}

    with django_assert_num_queries(1):
        plan_import(workspace=workspace, log=log_from(files))


# --- Pages ---


def test_a_lead_sees_a_preview_and_then_imports_it(owner_client, workspace):
    preview = upload(owner_client, workspace, ("log.zip", zipped(ADR_TOOLS)))

    assert preview.status_code == 200
    assert Decision.objects.count() == 0
    assert [arrival.decision.title for arrival in preview.context["new"]] == [
        "Record decisions",
        "Use REST",
        "Use gRPC",
    ]

    agreed(owner_client, workspace, preview)

    assert [*Decision.objects.order_by("number").values_list("status", flat=True)] == [
        "accepted",
        "superseded",
        "accepted",
    ]
    again = upload(owner_client, workspace, ("log.zip", zipped(ADR_TOOLS)))
    assert "All of these records are here already." in again.content.decode()


def test_several_files_come_in_together(owner_client, workspace):
    files = [
        (name, MADR.format(status="accepted", title=title))
        for name, title in [("0001-a.md", "A title"), ("0002-b.md", "B title")]
    ]

    agreed(owner_client, workspace, upload(owner_client, workspace, *files))

    assert Decision.objects.count() == 2


def test_all_errors_are_told_at_once_with_file_and_line_and_nothing_is_stored(owner_client, workspace):
    files = {
        "0001-fine.md": MADR.format(status="accepted", title="Fine"),
        "0002-bomb.md": "---\na: &a [x]\nb: [*a, *a]\n---\n\n# Bomb\n",
        "0003-title.md": "No title at all.\n",
        "0004-latin.md": b"# T\xfctel\n",
        "0005-open.md": "---\nstatus: accepted\n\n# Open\n",
        "0006-long.md": f"# {'x' * 300}\n",
    }
    page = upload(owner_client, workspace, ("log.zip", zipped(files)))

    told = [f"{problem.file}:{problem.line}" for problem in page.context["problems"]]
    assert page.status_code == 422
    assert told == [
        "0002-bomb.md:2",
        "0002-bomb.md:3",
        "0002-bomb.md:3",
        "0003-title.md:1",
        "0004-latin.md:1",
        "0005-open.md:1",
        "0006-long.md:1",
    ]
    assert Decision.objects.count() == 0


def test_a_preview_that_comes_back_torn_stores_nothing(owner_client, workspace):
    url = reverse("decisions:log_import", args=[workspace.slug])

    for archive in ("not base64!", base64.b64encode(b"PK\x03\x04torn").decode(), ""):
        page = owner_client.post(url, {"archive": archive, "seen": "x", "without_status": "accepted"})
        assert page.status_code == 422
        assert "Choose the files once more" in page.content.decode()
    assert Decision.objects.count() == 0


def test_who_agrees_to_an_old_preview_sees_the_new_one(owner_client, a_log, member):
    preview = upload(owner_client, a_log, ("0004-use-go.md", MADR.format(status="accepted", title="Use Go")))
    write_decision(workspace=a_log, text=Text("In between", "Text."), by=member)

    page = agreed(owner_client, a_log, preview)

    assert page.status_code == 409
    assert "The decisions have changed since you looked." in page.content.decode()
    assert Decision.objects.count() == 4


def test_a_link_in_a_text_leads_to_the_decisions_page(viewer_client, a_log):
    here = reverse("decisions:decision", args=[a_log.slug, 3])

    assert "0001-call-pricing.md" in viewer_client.get(here).content.decode()
    assert viewer_client.get(f"{here}0001-call-pricing.md").headers["Location"] == reverse(
        "decisions:decision", args=[a_log.slug, 1]
    )
    assert viewer_client.get(f"{here}0099-nothing.md").status_code == 404
    assert viewer_client.get(f"{here}readme.md").status_code == 404


def test_a_viewer_takes_the_log_as_zip_and_as_pdf(viewer_client, a_log):
    url = reverse("decisions:log_zip", args=[a_log.slug])
    packed = viewer_client.get(url, {"layout": "adr-tools"})

    assert zipfile.ZipFile(io.BytesIO(packed.content)).read(".adr-dir") == b"doc/adr\n"
    assert packed.headers["Content-Disposition"] == 'attachment; filename="decisions-adr-tools.zip"'
    assert viewer_client.get(reverse("decisions:log_pdf", args=[a_log.slug])).content.startswith(b"%PDF")
    assert viewer_client.get(url, {"layout": "word"}).status_code == 404


def test_an_edited_draft_keeps_its_tags(workspace, member):
    draft = write_decision(workspace=workspace, text=Text("A", "B", tags="one"), by=member)

    edit_draft(draft, text=Text("A", "B", tags="one, two"), version=1, by=member)

    assert of(workspace, 1).tags == "one, two"
