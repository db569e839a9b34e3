"""
Measure the documents: python -m benchmarks.documents

P11: what a page of a report of about 300 pages costs, against WeasyPrint on the same words in paragraphs and nothing
else. Beside it stands what the whole making takes in its child process: seconds by the clock, megabytes at most.
"""

from __future__ import annotations

import logging
import os
import re
import resource
import sys
import tempfile
import time
from html import escape
from html.parser import HTMLParser
from pathlib import Path

import weasyprint

from archreview.rendering.bounded import FONT_SETTINGS, FONTS
from benchmarks.architectures import realistic

SERVICES, EDGES = 180, 500
GATE = 4.0
PAGES = re.compile(rb"/Type /Page\b")


class Silent:
    """Nobody follows a benchmark."""

    def step(self, words: str, done: int = 0, total: int = 0) -> None:
        pass

    def alive(self) -> None:
        pass

    def finish(self, words: str) -> None:
        pass


class Words(HTMLParser):
    """The texts of a document, in paragraphs."""

    def __init__(self) -> None:
        super().__init__()
        self.paragraphs: list[str] = []

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.paragraphs.append(f"<p>{escape(data.strip())}</p>")


def main() -> int:
    """Make the report in a database of its own, and print what it cost; 1 where a page costs too much."""
    with tempfile.TemporaryDirectory(prefix="archreview-") as folder:
        os.environ |= {
            "DEMO": "1",
            "DATABASE_URL": f"sqlite:///{folder}/benchmark.sqlite3",
            "DJANGO_SETTINGS_MODULE": "archreview.settings",
        }
        fonts = Path(folder) / "fonts.conf"
        fonts.write_text(FONT_SETTINGS.format(fonts=FONTS, cache=f"{folder}/cache"), encoding="utf-8")
        os.environ["FONTCONFIG_FILE"] = str(fonts)
        return measure()


def measure() -> int:
    """Measure in the database that the environment names."""
    import django

    django.setup()
    logging.disable(logging.CRITICAL)
    from django.contrib.auth.models import User
    from django.core.management import call_command
    from django.utils import timezone

    from archreview.registry.actions import import_architecture
    from archreview.rendering import long_html_to_pdf
    from archreview.rendering.documents import to_pdf
    from archreview.reviews.report.making import OWN, STYLES, Report
    from archreview.reviews.report.options import Options
    from archreview.workspaces.actions import create_workspace

    call_command("migrate", verbosity=0)
    person = User.objects.create_user("benchmark")
    workspace = create_workspace(name="Company", lead=person)
    model = realistic(services=SERVICES, edges=EDGES)
    import_architecture(workspace=workspace, architecture=model, by=person, source="architecture.yaml")
    begun = time.process_time()
    report = Report(workspace, Options(), by="benchmark", at=timezone.now())
    body = report.body(Silent())
    prepared = time.process_time() - begun

    css = (STYLES / OWN).read_text(encoding="utf-8")
    clock = time.monotonic()
    pdf = long_html_to_pdf(title="Report", body=body, pictures=report.pictures.svgs, css=(css,))
    clock = time.monotonic() - clock
    megabytes = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    processor = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    pages = count_pages(pdf)

    words = Words()
    words.feed(body)
    minimal = f"<!DOCTYPE html><html lang='en'><title>Words</title><body>{''.join(words.paragraphs)}</body></html>"
    begun = time.process_time()
    plain = weasyprint.HTML(string=minimal).write_pdf()
    plain_time, plain_pages = time.process_time() - begun, count_pages(plain)
    # In this process, as the yardstick is: without the start of a child.
    begun = time.process_time()
    to_pdf(
        f"<!DOCTYPE html><html lang='en'><title>R</title><style>{(STYLES / 'pdf.css').read_text()}{css}</style>{body}",
        variant="pdf/ua-1",
        pictures=report.pictures.svgs,
    )
    ours = time.process_time() - begun
    ratio = (ours / pages) / (plain_time / plain_pages)
    sys.stdout.write(
        f"P11  a report's page / a page of the same words  {ratio:6.2f}  (at most {GATE})\n"
        f"     {pages} pages at {ours / pages * 1000:.0f} ms against {plain_pages} pages at "
        f"{plain_time / plain_pages * 1000:.0f} ms\n"
        f"     the child: {clock:.1f} s by the clock, {processor:.1f} s of processor, {megabytes:.0f} MB; "
        f"preparing the HTML: {prepared:.1f} s; the file: {len(pdf) / 2**20:.1f} MB\n"
    )
    return int(ratio > GATE)


def count_pages(pdf: bytes) -> int:
    """Give the number of pages of a PDF that WeasyPrint has written."""
    import zlib

    text = pdf
    for packed in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL):
        try:
            text += zlib.decompress(packed)
        except zlib.error:
            continue
    return len(PAGES.findall(text))


if __name__ == "__main__":
    sys.exit(main())
