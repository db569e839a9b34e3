"""MADR 3 and 4: the header is front matter, YAML between two lines of dashes at the top of the file."""

from __future__ import annotations

from archreview.interchange.decisions.header import Header
from archreview.interchange.documents import (
    Limits,
    ListNode,
    MappingNode,
    Node,
    Problems,
    RefusedNode,
    ScalarNode,
    read_document,
    shown,
)

MATTER_LIMITS = Limits(max_bytes=20_000, max_depth=6, max_nodes=500)
MATTER_LINES = 300
# What static site generators want to know; nothing of it belongs to the decision.
OF_THE_SITE = frozenset({"parent", "nav_order", "layout", "has_children", "permalink", "grand_parent", "nav_exclude"})


def read_front_matter(lines: list[str], header: Header) -> int | None:
    """Read the front matter, if there is any; give the line behind it, None where it cannot be read."""
    if lines[0].rstrip() != "---":
        return 0
    ends = (at for at, line in enumerate(lines) if at and line.rstrip() in ("---", "..."))
    end = next(ends, None)
    if end is None or end > MATTER_LINES:
        header.problems.add(
            header.file,
            1,
            "",
            "the front matter has no end" if end is None else f"the front matter has more than {MATTER_LINES} lines",
            "close it with a line of three dashes",
        )
        return None
    matter = lines[1:end]
    if not any(line.strip() and not line.lstrip().startswith("#") for line in matter):
        return end + 1
    before = len(header.problems)
    # The line in front keeps the count of the file.
    text = "\n".join(["", *matter, ""])
    root = read_document(text, file=header.file, problems=header.problems, limits=MATTER_LIMITS)
    if root is None or len(header.problems) > before:
        return None
    if not isinstance(root, MappingNode):
        header.problems.at(root, "the front matter must be keys with values, such as “status: accepted”")
        return None
    left_out = []
    for key, node in root.entries.items():
        words = _words(node, header.problems)
        if key.lower() == "title":
            header.title = words
        elif not header.take(key, words, node.line, escaped=False) and key not in OF_THE_SITE:
            left_out.append(key)
    if left_out:
        header.remark(1, f"left out of the front matter: {', '.join(shown(key, quote='') for key in left_out)}")
    return end + 1


def pass_over_links(lines: list[str], start: int, header: Header) -> int:
    """
    Pass over the sentences that say in the text what the front matter says: `Supersedes [0003 …](0003-….md).`

    Gives the line behind them, `start` where not all of them stand there.
    """
    expected = [("Supersedes", link) for link in header.supersedes]
    expected += [("Superseded by", link) for link in header.superseded_by[:1]]
    expected = [(words, link) for words, link in expected if link.file]
    there = lines[start : start + len(expected)]
    if not expected or len(there) < len(expected):
        return start
    for (words, link), line in zip(expected, there, strict=True):
        name = link.file.rpartition("/")[2]
        if not (line.startswith(f"{words} [") and line.endswith(f"]({name}).")):
            return start
    return start + len(expected)


def _words(node: Node, problems: Problems) -> str:
    """A value of the front matter as a text; a list becomes words with commas."""
    if isinstance(node, ScalarNode):
        return "" if node.value is None else node.text
    if isinstance(node, ListNode):
        return ", ".join(filter(None, (_words(item, problems) for item in node.items)))
    if not isinstance(node, RefusedNode):
        problems.at(node, "must be a text or a list of texts")
    return ""
