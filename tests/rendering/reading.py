"""A PDF as a reader's tools see it: poppler's commands, run on a document in memory."""

import os
import shutil
import subprocess

import pytest


def poppler(command: str, pdf: bytes, *options: str) -> str:
    """
    Give what one of poppler's commands (pdftotext, pdfinfo, pdffonts) prints about a document.

    Skips the test where poppler is not installed; under CI, where `.ci/run` installs it, that is a failure.
    """
    if shutil.which(command) is None:
        missing = f"no {command} on PATH (on Debian: apt-get install poppler-utils)"
        if os.environ.get("CI"):
            pytest.fail(missing)
        pytest.skip(missing)
    output = ["-"] if command == "pdftotext" else []
    return subprocess.run([command, *options, "-", *output], input=pdf, capture_output=True, check=True).stdout.decode()
