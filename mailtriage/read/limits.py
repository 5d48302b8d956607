"""How much of a message is read: every figure that bounds the time one message can take.

The figures were chosen so that an ordinary mail never meets one, and that the worst message that we could think of
is read or refused within half a second (``tests/benchmarks/bench_reading.py`` prints the times).
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """What is read of one message; what lies beyond is left out and ``Message.truncated`` is set.

    Args:
        header_bytes: of the header block, cut at the end of a line. Headers of real mail through several filters
            were 3 to 25 KB; the whole block is scanned once, so this may be wide.
        field_bytes: of one header field before it is decoded. 50,000 encoded words cost mail-parser 10.8 s and
            100,000 addresses 4.9 s; 8 KB of either cost under 20 ms, and 8 KB of accents on one letter, which it
            composes in quadratic time, 50 ms.
        addresses: kept of each address field.
        repeats: occurrences kept of one header name. ``Received`` comes 3 to 15 times.
        depth: levels of MIME nesting that are looked into. Each level costs one search through its bytes;
            mail clients and list servers together reach about 6.
        parts: MIME parts that are looked at.
        part_bytes: of one text part, before its transfer encoding is undone.
        texts: text parts that are decoded. Apple Mail cuts a text at every picture, hence not just two.
        text_bytes: of all text parts together.
        text_chars: of a text after decoding.
        html_chars: of an HTML text after styles, comments and embedded pictures are taken out.
        elements: HTML elements that are looked at. lxml gives 200,000 in 40 ms; inscriptis needs 25 µs for each.
        html_depth: nesting that is kept; deeper elements are read as if they stood side by side. Inscriptis calls
            itself for each level, so this keeps far from Python's own limit of 1,000 calls.
        lines: of a text that are searched for quotes and signatures; the rest goes with the last line.
    """

    header_bytes: int = 256 * 1024
    field_bytes: int = 8 * 1024
    addresses: int = 200
    repeats: int = 50
    depth: int = 50
    parts: int = 500
    part_bytes: int = 512 * 1024
    texts: int = 20
    text_bytes: int = 1024 * 1024
    text_chars: int = 200_000
    html_chars: int = 300_000
    elements: int = 10_000
    html_depth: int = 60
    lines: int = 5_000
