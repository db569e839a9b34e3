"""
The child process: limits itself, reads `job.json` in its folder, writes `result`.

It ends with 0 when the result is there, with LIBRARY_MISSING where this machine cannot make it, and otherwise with 1.
Run by `archreview.rendering.bounded`.
"""

import json
import resource
import sys
from pathlib import Path
from typing import Any

from archreview.rendering.bounded import LIBRARY_MISSING, PAGES


def main() -> int:
    """Do the job of the folder that this process was started in."""
    job = json.loads(Path("job.json").read_text(encoding="utf-8"))
    _limit(job["limits"])
    try:
        result = _do(job)
    except (MemoryError, RecursionError, ValueError) as error:
        sys.stderr.write(f"{type(error).__name__}: {error}\n"[:1000])
        return 1
    part = Path("result.part")
    part.write_bytes(result)
    # Only a whole result gets the name that the other side reads.
    part.rename("result")
    return 0


def _limit(limits: dict[str, float]) -> None:
    memory, cpu, size = int(limits["memory"]), int(limits["cpu_seconds"]), int(limits["file_size"])
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu, cpu))
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _do(job: dict[str, Any]) -> bytes:
    # Imported after the limits are set; a preview of Markdown does not wait for the PDF maker.
    if job["what"] == "markdown":
        from archreview.rendering.markup import to_html

        return json.dumps([to_html(text) for text in job["texts"]]).encode()
    try:
        from archreview.rendering.documents import to_pdf
    except OSError as error:
        sys.stderr.write(f"{error}\n"[:1000])
        sys.exit(LIBRARY_MISSING)
    return to_pdf(job["html"], variant=job["variant"], pictures=job["pictures"], laid_out=_laid_out)


def _laid_out(pages: int) -> None:
    Path(PAGES).write_text(str(pages), encoding="ascii")


if __name__ == "__main__":
    sys.exit(main())
