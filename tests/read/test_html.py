"""HTML is read as a person sees it, and its quotes are known by the clients' markup."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailtriage.read import Limits
from mailtriage.read.html import html_lines, without_baggage
from mailtriage.read.lines import text_of
from mailtriage.read.quoting import split_lines
from tests.read.html_samples import HTML_SAMPLES, HtmlSample


@pytest.mark.parametrize("sample", HTML_SAMPLES, ids=lambda sample: sample.name)
def test_html_of_mail_clients(sample: HtmlSample) -> None:
    """Of each client's HTML the newest text, a quoted word and the signature are found."""
    lines, truncated = html_lines(without_baggage(sample.html), Limits())
    zones = split_lines(lines)
    assert text_of(zones.newest) == sample.newest
    assert sample.quoted in text_of(zones.quoted)
    assert text_of(zones.signature) == sample.signature
    assert not truncated


def test_baggage_without_end_stays() -> None:
    """A comment or style that never ends is left to the HTML parser, and ends nothing early."""
    assert without_baggage("a<!--b--><style>c</style>d<script>e") == "ad<script>e"


def test_no_more_elements_than_allowed() -> None:
    """Elements beyond the limit are left out, and that is told."""
    lines, truncated = html_lines("<p>a</p>" * 50, Limits(elements=20))
    assert truncated
    assert 5 < text_of(lines).count("a") < 20


def test_deep_nesting_is_flattened() -> None:
    """Text below the deepest level that is kept is still read."""
    lines, _ = html_lines("<div>" * 300 + "Sem" + "</div>" * 300 + "Noor", Limits())
    assert text_of(lines) == "Sem\nNoor"


@given(
    st.lists(
        st.sampled_from(
            (
                "<div>",
                "</div>",
                "<p>",
                "</p>",
                "<blockquote>",
                "</blockquote>",
                "<table>",
                "<tr>",
                "<td>",
                "</table>",
                "a ",
                "<br>",
                "<ul>",
                "<li>",
                "</ul>",
                "<pre>",
                "</pre>",
                "&#11;",
                "&#xd800;",
                "<b>",
                "</b>",
                "<img alt='😀'>",
                "\n",
                "<!--",
                "-->",
                "<div id=appendonsend>",
                "<div class=gmail_attr>",
                "<div class=gmail_signature>",
                "<o:p>",
                "\ue000q",
                "&#xe000;q",
            )
        ),
        max_size=60,
    )
)
@settings(max_examples=300, deadline=None)
def test_any_markup_is_read(pieces: list[str]) -> None:
    """Whatever the order of tags, the words that are seen come out, and never one of the inner marks."""
    html = "".join(pieces)
    lines, _ = html_lines(without_baggage(html), Limits())
    text = text_of(lines)
    assert "\ue000" not in text
    text.encode("utf-8")
    if "<!--" not in html:
        assert text.count("a") >= pieces.count("a ")
