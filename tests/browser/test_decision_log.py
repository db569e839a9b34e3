"""A log comes in by hand: choose a zip, look at what would happen, agree, follow a link between two records."""

import io
import zipfile

import pytest
from playwright.sync_api import expect

from archreview.decisions.models import Decision
from tests.browser.conftest import NARROW, WIDE
from tests.decisions.test_log import ADR_TOOLS, MADR


@pytest.fixture
def a_zip(tmp_path):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, text in ADR_TOOLS.items():
            archive.writestr(name, text)
        archive.writestr("doc/adr/0004-go.md", MADR.format(status="superseded by ADR-0123", title="Use Go"))
    path = tmp_path / "log.zip"
    path.write_bytes(packed.getvalue())
    return path


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
def test_a_lead_brings_a_log_along(
    open_page, sign_in, owner, workspace, a_zip, assert_accessible, assert_no_sideways_scroll, size
):
    page = open_page(size=size)
    sign_in(page, owner)
    page.goto("/w/acme/decisions/")
    page.get_by_role("link", name="Import", exact=True).last.click()
    page.get_by_label("Files").set_input_files(a_zip)
    page.get_by_role("button", name="Preview").click()

    expect(page.get_by_role("heading", name="Preview of the import")).to_be_visible()
    assert_accessible(page)
    assert_no_sideways_scroll(page)
    assert Decision.objects.count() == 0
    page.get_by_role("button", name="Import 4 decisions").click()

    expect(page.get_by_text("Imported: 4 new, 0 changed, 0 unchanged.")).to_be_visible()
    page.get_by_role("link", name="Use gRPC").click()
    page.get_by_role("link", name="1. Record decisions").click()
    expect(page.get_by_role("heading", name="Record decisions")).to_be_visible()
