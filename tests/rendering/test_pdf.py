import re
import resource
import subprocess
import time

import pytest
import weasyprint
from weasyprint.html import UA_STYLESHEET
from weasyprint.urls import URLFetcher

from archreview.rendering import RenderingFailed, html_to_pdf
from archreview.rendering.bounded import Limits, Line, run
from archreview.rendering.documents import LeanDocument, NothingIsFetched, lean_stylesheet, to_pdf
from tests.rendering.bombs import PDF_BOMBS
from tests.rendering.canary import SECRET, inflated
from tests.rendering.payloads import fetch_payloads
from tests.rendering.reading import poppler


def test_nothing_is_fetched_whatever_the_document_asks_for(canary):
    pieces = fetch_payloads(canary.address + "/x")
    assert len(pieces) >= 23

    pdf = html_to_pdf(title="T", body="".join(pieces.values()))

    assert canary.hits == []
    assert SECRET not in inflated(pdf)


def test_no_file_gets_into_a_document(tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_bytes(SECRET)

    pdf = html_to_pdf(title="T", body="".join(fetch_payloads(f"file://{secret}").values()))

    assert SECRET not in inflated(pdf)


def test_the_payloads_fetch_where_nothing_stops_them(canary):
    fetching = []
    for name, piece in fetch_payloads(canary.address + "/x").items():
        before = len(canary.hits)
        weasyprint.HTML(string=f"<!DOCTYPE html>{piece}", url_fetcher=URLFetcher(timeout=5)).write_pdf()
        if len(canary.hits) > before:
            fetching.append(name)

    assert len(fetching) >= 14, fetching


def test_a_file_gets_in_where_nothing_stops_it(tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_bytes(SECRET)

    pdf = weasyprint.HTML(string=f'<link rel="attachment" href="file://{secret}">').write_pdf()

    assert SECRET in inflated(pdf)


@pytest.mark.parametrize(
    "address", ["http://example.org/", "file:///etc/passwd", "data:text/css,a", "ftp://x/", "about:blank"]
)
def test_the_fetcher_refuses_every_address(address):
    for ask in (NothingIsFetched().fetch, NothingIsFetched().open, NothingIsFetched()):
        with pytest.raises(ValueError, match="nothing is fetched"):
            ask(address)


@pytest.mark.parametrize("name", PDF_BOMBS)
def test_a_bomb_is_contained(name):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    begun = time.monotonic()
    limits = Limits(memory=2**30, cpu_seconds=2, file_size=50 * 2**20, wall_seconds=12, wait_seconds=1)

    try:
        html_to_pdf(title="T", body=PDF_BOMBS[name], limits=limits)
    except RenderingFailed as failure:
        assert "Markdown export" in str(failure)

    # Twelve seconds by the clock, and however long a busy machine needs to begin and to end a process.
    assert time.monotonic() - begun < 90
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50 * 1024


def test_a_bomb_is_refused_and_not_only_slow():
    limits = Limits(memory=2**30, cpu_seconds=2, file_size=2**20, wall_seconds=10, wait_seconds=1)

    with pytest.raises(RenderingFailed, match="too large or too deeply nested"):
        html_to_pdf(title="T", body=PDF_BOMBS["nested flex"], limits=limits)


def test_a_child_that_sleeps_is_ended_by_the_clock():
    limits = Limits(memory=2**30, cpu_seconds=30, file_size=2**20, wall_seconds=0.2, wait_seconds=1)

    with pytest.raises(RenderingFailed):
        html_to_pdf(title="T", body="<p>x</p>", limits=limits)


def test_a_file_over_the_limit_is_refused():
    limits = Limits(memory=2**30, cpu_seconds=10, file_size=2_000, wall_seconds=60, wait_seconds=1)

    with pytest.raises(RenderingFailed):
        html_to_pdf(title="T", body="<p>x</p>", limits=limits)


def test_who_does_not_get_a_turn_is_told_so():
    line = Line()
    assert line.enter(0)
    limits = Limits(memory=2**30, cpu_seconds=5, file_size=2**20, wall_seconds=60, wait_seconds=0.05)

    with pytest.raises(RenderingFailed, match="busy"):
        run({"what": "markdown", "texts": ["x"]}, limits=limits, line=line, busy="busy", failed="failed")

    line.leave()
    done = run({"what": "markdown", "texts": ["x"]}, limits=limits, line=line, busy="busy", failed="failed")
    assert done == b'["<p>x</p>"]'


def test_the_child_knows_none_of_our_secrets(monkeypatch, tmp_path):
    monkeypatch.setenv("SECRET_KEY", "a-secret-key-of-more-than-thirty-two-letters")
    seen = {}
    real = subprocess.Popen

    def watch(*args, **kwargs):
        seen.update(kwargs["env"])
        return real(*args, **kwargs)

    monkeypatch.setattr("archreview.rendering.bounded.subprocess.Popen", watch)
    html_to_pdf(title="T", body="<p>x</p>")

    assert seen
    assert "SECRET_KEY" not in seen
    assert "DATABASE_URL" not in seen


def test_a_document_carries_its_fonts_and_its_tags():
    pdf = html_to_pdf(
        title="A <title> & more", body="<h1>Heading</h1><p>Text → x</p><pre><code>code</code></pre>", author="Ana"
    )
    fonts = poppler("pdffonts", pdf).splitlines()[2:]
    properties = poppler("pdfinfo", pdf)

    assert any("Inter" in line for line in fonts)
    assert any("Go-Mono" in line for line in fonts)
    assert all(line.split()[-5:-2] == ["yes", "yes", "yes"] for line in fonts), fonts
    assert re.search(r"Tagged:\s+yes", properties)
    assert "A <title> & more" in properties
    assert re.search(r"Author:\s+Ana", properties)
    assert b"pdfuaid" in inflated(pdf)


def test_the_same_document_twice_is_the_same_file():
    html = "<!DOCTYPE html><html lang=en><title>T</title><h1>A</h1><p>b</p>"

    assert to_pdf(html, variant="pdf/ua-1") == to_pdf(html, variant="pdf/ua-1")


def for_every_element(stylesheet):
    """The pseudo-elements that the style sheet gives to every element, each with a style of its own."""
    return sorted(pseudo for *_, pseudo, _ in stylesheet.matcher.other_selectors if pseudo is not None)


def test_no_element_has_styles_for_notes_that_nobody_writes():
    """What makes long documents fit into memory; WeasyPrint's own style sheet is the control."""
    assert for_every_element(lean_stylesheet()) == []
    assert len(for_every_element(UA_STYLESHEET)) >= 5
    # Only a release that still asks the method gains by it.
    assert LeanDocument(string="<p>x")._ua_stylesheets() == [lean_stylesheet()]
    assert weasyprint.HTML(string="<p>x")._ua_stylesheets() == [UA_STYLESHEET]


def test_list_items_keep_their_marks():
    text = subprocess.run(
        ["pdftotext", "-", "-"],
        input=html_to_pdf(title="T", body="<ul><li>a</li></ul><ol><li>b</li></ol>"),
        capture_output=True,
        check=True,
    ).stdout.decode()

    assert re.search(r"•\s+a", text)
    assert re.search(r"1\.\s+b", text)
