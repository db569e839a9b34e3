"""A report as a file: what a PDF must carry, what a page may load, and what hostile texts do to it: nothing."""

import html
import io
import re
import subprocess
import threading
from typing import Any

import pypdf
import pytest
import weasyprint
from django.contrib.auth.models import User
from weasyprint.urls import URLFetcher

from archreview.decisions.actions import Text, write_decision
from archreview.jobs.kinds import JobFailed, JobStopped
from archreview.jobs.models import Job
from archreview.registry.actions import import_architecture, state_facts
from archreview.registry.models import Channel, Edge, EdgeEvidence, Flow, Service, Statement, System
from archreview.rendering import RenderingFailed, html_to_pdf, long_html_to_pdf, texts
from archreview.rendering.bounded import Limits
from archreview.reviews.report.making import make_report
from archreview.reviews.report.options import Options
from archreview.workspaces.models import Workspace
from tests.registry.conftest import SHOP, architecture_of
from tests.rendering.bombs import PDF_BOMBS
from tests.rendering.canary import SECRET, inflated
from tests.rendering.live import live_parts
from tests.rendering.payloads import SCRIPTS, fetch_payloads
from tests.web.test_access import Loads

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


@pytest.fixture
def made(owner, silent):
    """The file that a job with these options makes."""

    def make(workspace, **options):
        job = Job(workspace=workspace, kind="report", options=Options(**options).as_json(), asked_by=owner)
        return make_report(job, silent)

    return make


@pytest.fixture(scope="module")
def kept() -> dict[str, bytes]:
    """What took long to make and is the same for every test."""
    return {}


@pytest.fixture
def pdf(shop, owner, made, kept):
    if "pdf" not in kept:
        write_decision(workspace=shop, text=Text(title="Queue the mail", body="## Why\n\nIt is slow."), by=owner)
        kept["pdf"] = made(shop).content
    return kept["pdf"]


def outline_of(reader, items=None, depth=0):
    for item in reader.outline if items is None else items:
        if isinstance(item, list):
            yield from outline_of(reader, item, depth + 1)
        else:
            yield depth, item.title, reader.get_destination_page_number(item)


def test_it_has_bookmarks_for_chapters_and_their_parts(pdf):
    reader = pypdf.PdfReader(io.BytesIO(pdf))
    outline = list(outline_of(reader))
    chapters = [title for depth, title, _ in outline if depth == 0]

    assert chapters == [
        *("Contents", "Summary", "Flows", "Findings", "Open questions", "Decisions", "Map", "Edges"),
        "How to read this report",
    ]
    assert "Check out" in [title for depth, title, _ in outline if depth == 1]
    pages = [page for depth, _, page in outline if depth == 0]
    assert pages == sorted(pages)


def test_the_contents_name_the_pages_that_their_links_lead_to(pdf):
    reader = pypdf.PdfReader(io.BytesIO(pdf))
    page_of = {title: page + 1 for depth, title, page in outline_of(reader) if depth == 0}
    contents = reader.pages[1].extract_text()

    for title, page in page_of.items():
        if title != "Contents":
            assert re.search(rf"{re.escape(title)}[ .]*{page}\b", contents), (title, page, contents)


def test_every_link_within_it_leads_somewhere(pdf):
    reader = pypdf.PdfReader(io.BytesIO(pdf))
    known = set(reader.named_destinations)
    wanted = set()
    for page in reader.pages:
        for annotation in page.get("/Annots") or []:
            target = annotation.get_object()
            if "/Dest" in target:
                wanted.add(str(target["/Dest"]))
            elif "/A" in target:
                raise AssertionError(f"a link out of the report: {target['/A']}")

    assert len(wanted) > 10
    assert wanted <= known


def test_it_is_tagged_and_carries_its_fonts(pdf, tmp_path):
    path = tmp_path / "report.pdf"
    path.write_bytes(pdf)
    fonts = subprocess.run(["pdffonts", str(path)], capture_output=True, check=True).stdout.decode().splitlines()[2:]
    reader = pypdf.PdfReader(io.BytesIO(pdf))
    root: Any = reader.trailer["/Root"]
    properties: Any = reader.metadata

    assert all(line.split()[-5:-2] == ["yes", "yes", "yes"] for line in fonts), fonts
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en"
    assert "/StructTreeRoot" in root
    assert b"pdfuaid" in inflated(pdf)
    assert properties.title == "Architecture review of Acme"
    assert properties.author == "Olivia Owner"


def test_every_picture_says_in_words_what_it_shows(shop, made):
    page = made(shop, form="html").content.decode()
    pictures = re.findall(r"<img [^>]*>", page)

    assert len(pictures) > 3
    assert all(re.search(r' alt="[^"]{10,}"', picture) for picture in pictures)


def test_every_page_has_its_running_heads_and_no_page_is_empty(pdf):
    reader = pypdf.PdfReader(io.BytesIO(pdf))
    pages = [page.extract_text() for page in reader.pages]

    for number, text in enumerate(pages[1:], start=2):
        assert "Architecture review of Acme" in text
        assert f"{number} / {len(pages)}" in text
        assert len(text) > 150, f"page {number}: {text}"


def test_the_html_page_loads_nothing_and_runs_nothing(shop, made):
    made_file = made(shop, form="html")
    page = made_file.content.decode()

    assert made_file.name.endswith("-review-" + made_file.name[-15:])
    assert "default-src 'none'; img-src data:; style-src 'unsafe-inline'" in page
    assert not re.search(r"<(script|link|iframe|object|embed|form)\b", page)
    assert {address.partition(";")[0] for address in re.findall(r'src="([^"]*)"', page)} == {"data:image/svg+xml"}
    assert not re.search(r'(?:src|href)="(?!#|data:image/svg)', page)
    assert "url(" not in page


def fill_every_text(workspace: Workspace, text: str, by: User) -> None:
    """Put the text wherever a person can write one: names, descriptions, notes, sources, decisions, people."""
    short = " ".join(text.split())[:190]
    import_architecture(workspace=workspace, architecture=architecture_of(SHOP), by=by, source="architecture.yaml")
    edge = Edge.objects.get(slug="cart-inventory")
    state_facts(subject=edge, values={"expectation": text, "idempotency_key": short, "technology": short}, by=by)
    for model in (Service, Channel, Flow, System):
        fields = {field.name for field in model._meta.get_fields()}
        model.objects.update(name=short, **({"description": text} if "description" in fields else {}))
    Edge.objects.update(name=short, description=text)
    Statement.objects.update(note=text, by=short, source=short)
    EdgeEvidence.objects.update(source=text, window=text)
    write_decision(
        workspace=workspace, text=Text(title=short, body=f"## {short}\n\n{text}", decision_makers=short), by=by
    )
    Workspace.objects.filter(pk=workspace.pk).update(name=text[:100], description=text)
    User.objects.filter(pk=by.pk).update(first_name=text[:140], last_name=text[:140])
    workspace.refresh_from_db()
    by.refresh_from_db()


def test_no_text_makes_a_report_fetch_anything(workspace, owner, made, canary):
    for piece in fetch_payloads(canary.address + "/x").values():
        fill_every_text(workspace, piece, owner)
        page = made(workspace, form="html").content.decode()
        # Written out, not acted on: the piece can be read in the report.
        assert html.escape(piece[:90], quote=False)[:40] in page.replace("&#x27;", "'").replace("&quot;", '"')
        loads = Loads()
        loads.feed(page)
        assert [
            address for address in loads.loaded if not address.startswith(("#", "data:image/svg+xml;base64,"))
        ] == []
    every = "".join(fetch_payloads(canary.address + "/x").values())
    fill_every_text(workspace, every[:3900], owner)
    content = made(workspace).content

    assert content.startswith(b"%PDF")
    assert canary.hits == []
    assert SECRET not in inflated(content)


def test_the_same_texts_fetch_where_they_are_not_escaped_and_nothing_stops_them(workspace, owner, report_of, canary):
    every = "".join(fetch_payloads(canary.address + "/x").values())
    fill_every_text(workspace, every[:3900], owner)
    _, body = report_of(workspace, chapters=("findings",))
    weasyprint.HTML(string=f"<!DOCTYPE html>{html.unescape(body)}", url_fetcher=URLFetcher(timeout=5)).write_pdf()

    assert len(canary.hits) > 2


def test_no_text_comes_alive_in_the_html_page(workspace, owner, made):
    allowed = live_parts(made(workspace, form="html").content.decode())
    fill_every_text(workspace, "\n\n".join(SCRIPTS)[:3900], owner)
    page = made(workspace, form="html").content.decode()
    alive = [part for part in live_parts(page) if part not in allowed]

    # Our own pictures and anchors, and nothing else.
    assert {part.partition("=")[0] for part in alive} <= {"img", "img src", "h3 id", "h2 id", "img src=data:image"}


@pytest.mark.parametrize("name", PDF_BOMBS)
def test_a_bomb_is_contained_while_the_site_answers(name, owner_client):
    limits = Limits(memory=2**30, cpu_seconds=2, file_size=50 * 2**20, wall_seconds=20, wait_seconds=1)
    ended = threading.Event()

    def explode():
        try:
            long_html_to_pdf(title="T", body=PDF_BOMBS[name], pictures={}, limits=limits)
        except RenderingFailed as failure:
            assert "too large for one PDF" in str(failure)
        ended.set()

    thread = threading.Thread(target=explode)
    thread.start()
    # Neither the pages nor another document wait for it.
    assert owner_client.get("/w/acme/").status_code == 200
    assert html_to_pdf(title="T", body="<p>x</p>").startswith(b"%PDF")
    thread.join(timeout=120)

    assert ended.is_set()


def test_bombs_in_texts_are_texts(workspace, owner, made):
    fill_every_text(workspace, "".join(bomb[:700] for bomb in PDF_BOMBS.values()), owner)

    assert made(workspace).content.startswith(b"%PDF")


def test_a_report_does_not_hold_up_a_decision():
    assert texts._long_line.enter(0)
    try:
        assert html_to_pdf(title="T", body="<p>x</p>").startswith(b"%PDF")
        with pytest.raises(RenderingFailed, match="Other long documents"):
            limits = Limits(memory=2**30, cpu_seconds=5, file_size=2**20, wall_seconds=5, wait_seconds=0.05)
            long_html_to_pdf(title="T", body="<p>x</p>", pictures={}, limits=limits)
    finally:
        texts._long_line.leave()


def test_a_report_that_nobody_wants_any_more_is_not_made(shop, owner, monkeypatch):
    said = []

    class Cancelled:
        """Somebody cancels it while the pages are laid out."""

        def step(self, words, done=0, total=0):
            said.append(words)
            if "laid out" in words:
                raise JobStopped

        def alive(self):
            raise JobStopped

        def finish(self, words):
            raise JobStopped

    # Somebody looks often, so that the test need not take long.
    monkeypatch.setattr("archreview.rendering.bounded.BEAT", 0.01)
    job = Job(workspace=shop, kind="report", options=Options().as_json(), asked_by=owner)
    with pytest.raises(JobStopped):
        make_report(job, Cancelled())

    assert said[-1].startswith(("Laying out", "Page"))


def test_a_report_that_is_too_large_says_what_to_do(shop, made, monkeypatch):
    monkeypatch.setattr(texts, "LONG_HTML_LIMIT", 1000)

    with pytest.raises(JobFailed, match="Leave parts out, or take one system"):
        made(shop)


def test_a_picture_has_an_address_only_in_its_own_document():
    svg = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><text y="8">seen</text></svg>'
    body = '<p>x</p><img src="picture:0" alt="a"><img src="picture:1" alt="another">'

    with_picture = long_html_to_pdf(title="T", body=body, pictures={"picture:0": svg})
    without = long_html_to_pdf(title="T", body=body, pictures={})

    assert "seen" in pypdf.PdfReader(io.BytesIO(with_picture)).pages[0].extract_text()
    assert "seen" not in pypdf.PdfReader(io.BytesIO(without)).pages[0].extract_text()


def test_who_follows_is_told_the_pages_and_can_end_it(monkeypatch):
    monkeypatch.setattr("archreview.rendering.bounded.BEAT", 0.05)
    seen: list[int] = []
    body = "".join(f"<p style='break-before: page'>{number}</p>" for number in range(400))
    long_html_to_pdf(title="T", body=body, pictures={}, follow=seen.append)
    assert max(seen) > 1

    class Enough(Exception):
        pass

    def enough(pages):
        raise Enough

    with pytest.raises(Enough):
        long_html_to_pdf(title="T", body=body, pictures={}, follow=enough)
