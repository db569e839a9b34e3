"""Reading a drawing back: is it XML, what is in it, what must never be in it."""

import re
from xml.etree import ElementTree

SVG = "{http://www.w3.org/2000/svg}"


def read(svg: str) -> ElementTree.Element:
    """The drawing as a tree, checked for what no drawing may hold."""
    root = ElementTree.fromstring(svg)  # noqa: S314 - we have just written it
    assert root.tag == f"{SVG}svg"
    assert root.get("viewBox")
    assert root.get("role") in ("img", "group")
    assert root[0].tag == f"{SVG}title" and root[0].text
    for element in root.iter():
        assert element.tag.removeprefix(SVG) in {
            "svg", "title", "desc", "g", "a", "path", "rect", "circle", "polygon", "text"
        }  # fmt: skip
        for name, value in element.attrib.items():
            assert name != "style" and not name.startswith("on")
            assert not re.search(r"url\(|javascript:", value) or name == "aria-label"
    return root


def words_of(root: ElementTree.Element) -> list[str]:
    return [element.text or "" for element in root.iter(f"{SVG}text")]


def classes_of(root: ElementTree.Element) -> set[str]:
    return {name for element in root.iter() for name in (element.get("class") or "").split()}


def titles_of(root: ElementTree.Element) -> list[str]:
    return [element.text or "" for element in root.iter(f"{SVG}title")]
