"""Archives from strangers: each is refused with a reason or read, nothing is stored, nothing grows."""

import io
import stat
import struct
import tracemalloc
import zipfile

import pytest
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archreview.decisions.models import Decision
from archreview.interchange.decisions.archives import read_archive, write_archive
from archreview.interchange.decisions.log import read_log
from archreview.interchange.problems import Problems
from tests.decisions.test_log import ADR_TOOLS, MADR, upload, zipped
from tests.work import within

RECORD = MADR.format(status="accepted", title="A title")


def made(build):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        build(archive)
    return packed.getvalue()


def with_name(name):
    return made(lambda archive: archive.writestr(zipfile.ZipInfo(name), RECORD))


def a_symlink():
    member = zipfile.ZipInfo("0001-passwords.md")
    member.create_system = 3
    member.external_attr = (stat.S_IFLNK | 0o777) << 16
    return made(lambda archive: archive.writestr(member, "/etc/passwd"))


def an_encrypted_one():
    data = bytearray(zipped({"0001-x.md": RECORD}))
    data[6] |= 1
    central = data.rfind(b"PK\x01\x02")
    data[central + 8] |= 1
    return bytes(data)


def with_a_nul():
    return zipped({"0001-xAx.md": RECORD}).replace(b"0001-xAx.md", b"0001-x\0x.md")


def with_twice_the_same():
    data = zipped({"0001-a.md": RECORD, "0001-b.md": RECORD})
    return data.replace(b"0001-b.md", b"0001-a.md")


def overlapping():
    """Two members in the list of contents, both of which begin at the same place."""
    data = bytearray(zipped({"0001-a.md": RECORD, "0002-b.md": RECORD}))
    second = data.rfind(b"PK\x01\x02")
    struct.pack_into("<I", data, second + 42, 0)
    return bytes(data)


def in_another_packing():
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("0001-x.md", RECORD)
    return packed.getvalue()


def with_a_lie_about_its_size():
    data = bytearray(zipped({"0001-x.md": RECORD + "x" * 300_000}))
    central = data.rfind(b"PK\x01\x02")
    struct.pack_into("<I", data, central + 24, 10)
    struct.pack_into("<I", data, 22, 10)
    return bytes(data)


HOSTILE = {
    "leads out of its folder": with_name("../0001-x.md"),
    "leads out of its folder with backslashes": with_name("..\\0001-x.md"),
    "is absolute": with_name("/etc/0001-x.md"),
    "is on a drive": with_name("C:/0001-x.md"),
    "is a link": a_symlink(),
    "is encrypted": an_encrypted_one(),
    "has a NUL in a name": with_a_nul(),
    "has a name that reads backwards": with_name("0001-\u202edm.exe.md"),
    "has a member twice": with_twice_the_same(),
    "has members that overlap": overlapping(),
    "is packed in a rare way": in_another_packing(),
    "lies about a size": with_a_lie_about_its_size(),
    "is a bomb": zipped({"0001-x.md": "# Title\n" + " " * 50_000_000}),
    "is many small bombs": zipped({f"{number:04d}-x.md": "# T\n" + "x" * 190_000 for number in range(100)}),
    "has ten thousand files": zipped({f"{number:05d}-x.md": "" for number in range(10_000)}),
    "holds an archive": zipped({"0001-x.md": zipped({"0001-x.md": RECORD})}),
    "is cut off": zipped(ADR_TOOLS)[:-30],
    "is no archive at all": b"PK\x03\x04" + b"\xff" * 2_000,
    "is empty": zipped({}),
    "has no record": zipped({"a.txt": "text", "b.png": b"\x89PNG"}),
    "is in another encoding": zipped({"0001-x.md": "# Títel\n".encode("utf-16")}),
    "has a NUL in a text": zipped({"0001-x.md": "# A\n\nb\0c\n"}),
    "has a huge front matter": zipped({"0001-x.md": "---\n" + "a: b\n" * 250 + "c: " + "x" * 30_000 + "\n---\n# T\n"}),
    "has an endless front matter": zipped({"0001-x.md": "---\n" + "a: b\n" * 30_000}),
    "has a bomb of YAML": zipped(
        {"0001-x.md": "---\na: &a [x,x]\nb: &b [*a,*a]\nc: &c [*b,*b]\nstatus: *c\n---\n# T\n"}
    ),
    "nests its front matter": zipped({"0001-x.md": "---\nstatus: " + "[" * 9_000 + "\n---\n# T\n"}),
    "supersedes in a circle": zipped(
        {
            "0001-a.md": MADR.format(status="superseded by [b](0002-b.md)", title="A"),
            "0002-b.md": MADR.format(status="superseded by [a](0001-a.md)", title="B"),
        }
    ),
    "has too many records": zipped({f"{number:04d}-x.md": RECORD for number in range(301)}),
    "has a text too long": zipped({"0001-x.md": "# T\n\n" + "word " * 11_000}),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_an_archive_is_refused_with_a_reason_that(owner_client, workspace, kind):
    page = upload(owner_client, workspace, ("log.zip", HOSTILE[kind]))

    assert page.status_code == 422
    assert page.context["problems"]
    assert Decision.objects.count() == 0


def most_memory_of(read):
    tracemalloc.start()
    try:
        read()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_a_bomb_does_not_go_off():
    bomb = HOSTILE["is a bomb"]

    def carelessly():
        with zipfile.ZipFile(io.BytesIO(bomb)) as archive:
            archive.read("0001-x.md")

    assert most_memory_of(lambda: read_archive(bomb, file="log.zip", problems=Problems())) < 5_000_000
    # It is one.
    assert most_memory_of(carelessly) > 50_000_000


def test_the_same_archive_without_the_trick_is_read(owner_client, workspace):
    page = upload(owner_client, workspace, ("log.zip", zipped({"0001-x.md": RECORD})))

    assert page.status_code == 200
    assert len(page.context["new"]) == 1


def test_a_name_in_an_archive_is_never_a_name_on_the_disk(owner_client, workspace, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    upload(owner_client, workspace, ("log.zip", zipped({"docs/0001-x.md": RECORD})))

    assert [*tmp_path.iterdir()] == []


SLOW = {
    "comments": "<!--" * 12_000,
    "brackets": "[" * 49_000,
    "links": "[a](" * 12_000,
    "backticks": "".join("`" * (length % 50 + 1) + " " for length in range(1_800)),
    "spaces": "## " + " " * 49_000 + "x",
    "fences": "```\n" * 12_000,
    "targets": "](a.md)" * 7_000,
    "blank": " \n" * 24_000,
    "superseded": "superseded by " + "[" * 40_000,
}


@pytest.mark.parametrize("place", ["title", "status", "section", "list", "body"])
@pytest.mark.parametrize("kind", SLOW)
def test_reading_takes_no_longer_than_the_text_is_long(kind, place):
    text = SLOW[kind]
    flat = text.replace("\n", " ")
    record = {
        "title": f"# {flat}\n",
        "status": f"---\nstatus: '{flat[:15_000]}'\n---\n# T\n",
        "section": f"# T\n\n## Status\n\n{text}\n\n## Context\n",
        "list": f"# T\n\n* Status: {flat}\n* Deciders: {flat}\n",
        "body": f"# T\n\n{text}\n",
    }[place]

    # What is quadratic takes tens of seconds.
    within(5, lambda: read_log([("0001-x.md", record.encode())], problems=Problems()))


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_byte_that_is_changed_on_the_way_breaks_the_reading(data):
    archive = bytearray(write_archive({name: text.encode() for name, text in ADR_TOOLS.items()}))
    for _ in range(data.draw(st.integers(1, 6))):
        archive[data.draw(st.integers(0, len(archive) - 1))] = data.draw(st.integers(0, 255))
    problems = Problems()

    sources = read_archive(bytes(archive), file="log.zip", problems=problems)

    if sources and not problems:
        read_log(sources, problems=problems)


def test_two_files_of_one_name_are_told_of(owner_client, workspace):
    page = upload(owner_client, workspace, ("0001-x.md", RECORD), ("0001-x.md", RECORD))

    assert "two files of this name" in page.context["problems"][0].message


def test_without_a_file_the_page_says_so(owner_client, workspace):
    page = owner_client.post(reverse("decisions:log_import", args=[workspace.slug]), {"without_status": "accepted"})

    assert page.status_code == 422
    assert page.context["form"].errors["records"]
