"""The header block of a message: cut out of the raw bytes, unfolded, and decoded to text.

Headers are cut apart here, before mail-parser sees anything, since both its time and the standard library's grow with
the number and size of fields, and since raw 8-bit bytes (RFC 6532 or plain wrong) leave lone surrogates there.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, cast

from mailparser.utils import decode_header_part, get_addresses

from mailtriage.read.charsets import clean, decode_bytes
from mailtriage.records import Address

if TYPE_CHECKING:
    from mailtriage.read.limits import Limits

_FIELD = re.compile(
    rb"^([!-9;-~]{1,80})[ \t]*:", re.MULTILINE
)  # RFC 5322 §2.2: a field name is printable, without colon
_UNFOLD = re.compile(r"[ \t]*(?:\r\n|\n|\r)[ \t]*")
_ENCODED_WORD_GAP = re.compile(r"(\?=)[ \t]+(?==\?)")
_MESSAGE_ID = re.compile(r"<[^<>\s]{1,900}>")
_END = re.compile(rb"\r?\n\r?\n")
_OLD_MAC_END = re.compile(rb"\r\r")
_MBOX_FROM = re.compile(rb"\A>?From [^\r\n]*\r?\n")
_MOST_ADDRESS_FIELDS = 3
_EARLIEST, _LATEST = 1980, 2100


@dataclass(frozen=True, slots=True)
class Header:
    """The fields of one header block: by lower-case name, every raw value as text, folded as it came."""

    fields: Mapping[str, tuple[str, ...]]
    truncated: bool = False

    def first(self, name: str) -> str:
        """The topmost value of a field, unfolded and not decoded; empty where there is none."""
        values = self.fields.get(name)
        return _UNFOLD.sub(" ", values[0]).strip() if values else ""


def split_message(raw: bytes) -> tuple[bytes, bytes]:
    """Cut a message into header block and body (RFC 5322 §2.1).

    A byte order mark, empty lines and an mbox ``From `` line before the header are passed over. Where no empty line
    ends the header, the body is empty.
    """
    start = raw[:4096].removeprefix(b"\xef\xbb\xbf").lstrip(b"\r\n")
    offset = min(len(raw), 4096) - len(start)
    found = _MBOX_FROM.match(start)
    if found:
        offset += found.end()
    if raw[offset : offset + 1] in {b"\n", b"\r"}:
        return b"", raw[offset:].lstrip(b"\r\n")
    end = (_END if b"\n" in start else _OLD_MAC_END).search(raw, offset)
    return (raw[offset : end.start()], raw[end.end() :]) if end else (raw[offset:], b"")


def read_header(block: bytes, limits: Limits) -> Header:
    """Cut a header block into its fields.

    Args:
        block: header block without the empty line that ends it.
        limits: a block beyond ``header_bytes`` is cut at the end of a line, a field beyond ``field_bytes`` as well;
            both set ``truncated``.
    """
    truncated = len(block) > limits.header_bytes
    if truncated:
        cut = block[: limits.header_bytes]
        block = cut[: max(cut.rfind(b"\n"), 0)] or cut[: limits.field_bytes]
    if b"\n" not in block:
        block = block.replace(b"\r", b"\n")
    starts = list(_FIELD.finditer(block))
    fields: dict[str, list[str]] = {}
    for number, found in enumerate(starts):
        values = fields.setdefault(found[1].decode("ascii").lower(), [])
        if len(values) >= limits.repeats:
            truncated = True
            continue
        end = starts[number + 1].start() if number + 1 < len(starts) else len(block)
        value = block[found.end() : end]
        if len(value) > limits.field_bytes:
            truncated = True
            value = value[: limits.field_bytes]
        values.append(decode_bytes(value).strip())
    return Header({name: tuple(values) for name, values in fields.items()}, truncated)


def text_of(value: str, limits: Limits) -> str:
    """A field's value unfolded, its encoded words (RFC 2047) decoded, as one line without control characters."""
    line = _UNFOLD.sub(" ", value[: limits.field_bytes // 2]).strip()
    if "=?" in line:
        # A cut through the middle of an encoded word, or an unknown charset, must not cost the rest of the subject.
        with contextlib.suppress(ValueError, LookupError, AssertionError):
            line = cast("str", decode_header_part(_ENCODED_WORD_GAP.sub(r"\1 ", line)))
    return " ".join(clean(line).split())


def addresses_of(values: tuple[str, ...], limits: Limits) -> tuple[Address, ...]:
    """Every mailbox of the address fields (RFC 5322 §3.4, groups opened), ``limits.addresses`` of each field."""
    found: list[Address] = []
    for value in values[:_MOST_ADDRESS_FIELDS]:
        # An address is seldom under 6 bytes; the cut comes first because the parser's time grows with the field.
        line = _UNFOLD.sub(" ", value[: limits.field_bytes])
        for name, address in _mailboxes(line)[: limits.addresses]:
            spec = clean(str(address)).strip().strip("<>").lower()
            if spec and not any(char.isspace() for char in spec):
                found.append(Address(text_of(str(name), limits), spec))
    return tuple(found)


def _mailboxes(line: str) -> list[tuple[str, str]]:
    try:
        pairs = cast("list[tuple[str, str]]", get_addresses(line, decode_names=True))
    except (ValueError, LookupError, AssertionError, IndexError, AttributeError):
        pairs = []
    if any(address for _, address in pairs):
        return pairs
    # mail-parser gives nothing for what is ambiguous (a bare name with an 8-bit quote, say); where there is exactly
    # one address between angle brackets a person would not doubt.
    angles = re.findall(r"<([^<>\s@]{1,200}@[^<>\s@]{1,250})>", line)
    return [(line.partition("<")[0].strip(' "'), angles[0])] if len(angles) == 1 else []


def date_of(value: str) -> datetime | None:
    """A date-time of RFC 5322 §3.3, always aware: without zone, or with ``-0000``, it is taken as UTC.

    Returns None for what is not a date, and for years in which nobody sent mail.
    """
    try:
        moment = parsedate_to_datetime(_UNFOLD.sub(" ", value[:200]).strip())
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        moment.astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError, AttributeError):
        return None
    return moment if _EARLIEST <= moment.year <= _LATEST else None


def ids_of(value: str) -> tuple[str, ...]:
    """The message identifiers of Message-ID, In-Reply-To or References (RFC 5322 §3.6.4), with angle brackets."""
    return tuple(clean(found) for found in _MESSAGE_ID.findall(value))
