"""
What is exported passes markdownlint with the rules that MADR sets for its own records, and stricter ones.

The tool is looked for on the path (MARKDOWNLINT names another place); nothing is fetched. Where it is not there the
test is skipped: `npm install --global markdownlint-cli2` brings it.
"""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from archreview.decisions.actions import create_draft
from archreview.decisions.export import as_markdown
from archreview.decisions.models import Template
from archreview.decisions.record_templates import BUILT_IN
from archreview.engine.results import Subject
from tests.decisions.test_drafting import CASES, draft
from tests.decisions.test_generator import CASES as EDGES
from tests.decisions.test_generator import draft as draft_of_edge

CONFIG = Path(__file__).parent / "madr.markdownlint.yaml"


@pytest.fixture
def markdownlint(tmp_path):
    """Gives what markdownlint says of files, by their names and texts."""
    command = shutil.which(os.environ.get("MARKDOWNLINT", "markdownlint-cli2"))
    if command is None:
        pytest.skip("markdownlint-cli2 is not installed: npm install --global markdownlint-cli2")

    def run(files):
        for name, text in files.items():
            (tmp_path / name).write_text(text, encoding="utf-8")
        found = subprocess.run(
            [command, "--config", str(CONFIG), *files], cwd=tmp_path, capture_output=True, text=True, check=False
        )
        assert found.returncode in (0, 1), found.stderr
        return [line for line in found.stderr.splitlines() if ".md:" in line]

    return run


def test_it_finds_something_where_there_is_something(markdownlint):
    found = markdownlint({"bad.md": "# A\n\n- dash\n\n# B\n"})

    assert any("MD004" in line for line in found)
    assert any("MD025" in line for line in found)


@pytest.mark.parametrize("template", [Template.MADR, Template.NYGARD, Template.LOG4BRAINS])
def test_every_generated_decision_passes_in_every_template(markdownlint, template, workspace, member):
    drafts = [draft(name, matter) for name, _, matter in CASES] + [draft_of_edge(*case) for case in EDGES]
    subject = Subject("edge", "cart-inventory")
    decisions = [create_draft(workspace=workspace, draft=found, subject=subject, by=member) for found in drafts]
    for decision, found in zip(decisions, drafts, strict=True):
        decision.template, decision.body = template, BUILT_IN[template].lay(found.sections)

    assert markdownlint({decision.file_name: as_markdown(decision) for decision in decisions}) == []
