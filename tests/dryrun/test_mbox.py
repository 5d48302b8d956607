"""An mbox is cut into its messages, however it was written."""

from __future__ import annotations

import mailbox
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from mailtriage.dryrun.mbox import messages
from tests.dryrun.mails import ENVELOPE, mail, mbox

_PIECES = st.sampled_from(
    [
        b"From ",
        b"From a@b.example Mon Sep 14 21:40:00 2026",
        b">From x",
        b"\n",
        b"\n\n",
        b"a",
        b"Subject: x",
        b" ",
        b"e\xe9",
    ]
)
_BODIES = st.lists(st.lists(_PIECES, max_size=12).map(b"".join), max_size=6)


def cut(text: bytes, *, block: int = 1 << 16, largest: int = 1 << 20) -> list[bytes | None]:
    """The messages of an mbox that comes in blocks of a size."""
    blocks = (text[at : at + block] for at in range(0, len(text), block))
    return [content for content, _ in messages(blocks, largest)]


def normal(text: bytes | None) -> list[bytes]:
    """Lines without what escaping adds, and without the line end that a writer adds behind the last one."""
    lines = [
        line.lstrip(b">") if line.lstrip(b">").startswith(b"From ") else line for line in (text or b"").split(b"\n")
    ]
    return lines[:-1] if lines[-1:] == [b""] else lines


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(bodies=_BODIES, block=st.integers(min_value=1, max_value=900))
@example(bodies=[b"", b"", b"a"], block=7)
def test_what_pythons_mailbox_writes_comes_back(tmp_path: Path, bodies: list[bytes], block: int) -> None:
    """What the standard library wrote to an mbox comes back one by one, up to escaping and the last line end."""
    path = tmp_path / "export.mbox"
    path.unlink(missing_ok=True)
    written = [b"Subject: t\n\n" + body for body in bodies]
    box = mailbox.mbox(path)
    for one in written:
        box.add(one)
    box.close()
    assert [normal(one) for one in cut(path.read_bytes(), block=block)] == [normal(one) for one in written]


@pytest.mark.parametrize("block", [1, 2, 3, 50, 700, 1 << 20])
@pytest.mark.parametrize("line_end", [b"\n", b"\r\n"])
def test_blocks_and_line_ends_do_not_matter(block: int, line_end: bytes) -> None:
    """The same messages come out for any size of block, with LF and with CRLF."""
    found = cut(mbox(mail(number=1), mail(number=2), mail(number=3), line_end=line_end), block=block)
    assert [(one or b"").replace(b"\r\n", b"\n") for one in found] == [mail(number=at) for at in (1, 2, 3)]


def test_garbage_before_the_first_message_is_left_out() -> None:
    """A byte order mark, empty lines or a note before the first envelope are no message."""
    for garbage in (b"\xef\xbb\xbf", b"\n\r\n", b"exported by a program\n\n"):
        assert cut(garbage + mbox(mail())) == [mail()]


def test_from_in_a_body_is_text() -> None:
    """A line with ``From `` in a body parts nothing: in running text, or behind an empty line without a date."""
    body = (
        b"Subject: x\n\nfine\nFrom me Mon Sep 14 21:40:00 2026\n\n"
        b"From here on it went well in 2026 at 12:30\n\nFrom Monday on: 9:30\n"
    )
    assert cut(ENVELOPE + body + b"\n" + mbox(mail())) == [body, mail()]


def test_escaped_from_loses_one_sign() -> None:
    """mboxrd: ``>From `` is ``From ``, ``>>From `` is ``>From ``."""
    assert cut(ENVELOPE + b"Subject: x\n\n>From a\n>>From b\n> From c\n") == [
        b"Subject: x\n\nFrom a\n>From b\n> From c\n"
    ]


@pytest.mark.parametrize(
    "envelope",
    [
        b"From - Mon Sep 14 21:40:00 2026",
        b"From MAILER-DAEMON Fri Jul  8 12:08:34 2011",
        b"From 1234567890@xxx Mon Sep 14 21:40:00 +0000 2026",
        b"From jan at thuis.example  Mon Jan  1 00:00:00 2001",
        b"From ???@??? Mon, 14 Sep 2026 21:40:00 +0200",
        b"From a@b.example 2026-09-14T21:40:00",
        b"From a@b.example",
    ],
)
def test_envelopes_of_many_programs_part_messages(envelope: bytes) -> None:
    """What Thunderbird, Google, Mailman, Eudora and others write is known as the start of a message."""
    text = envelope + b"\nSubject: 1\n\na\n\n" + envelope + b"\nSubject: 2\n\nb\n"
    assert cut(text) == [b"Subject: 1\n\na\n", b"Subject: 2\n\nb\n"]


def test_content_length_is_not_believed() -> None:
    """A wrong Content-Length neither swallows the next message nor cuts this one."""
    lying = [mail(Content_Length="5", number=1), mail(Content_Length="99999", number=2)]
    assert cut(mbox(*lying)) == lying


def test_a_message_beyond_the_limit_is_told_and_the_next_is_found() -> None:
    """What is too large is None, and what follows it is there."""
    assert cut(mbox(mail("x " * 5000), mail()), largest=2000, block=300) == [None, mail()]


def test_an_empty_file_has_no_message() -> None:
    """Nothing comes out of nothing, nor of text that is no mbox."""
    assert cut(b"") == []
    assert cut(b"hello\n") == []
