"""A digest in a real browser: readable at the width of a phone, in the light and in the dark, without a style sheet."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from mailtriage.records import Category, Flag
from tests.act.test_digest import ORDER, full, item, of_strangers
from tests.servers.chromium import Chromium, browser

pytestmark = pytest.mark.chromium
PHONES = (320, 360, 390)
LONGEST_WORD = "Hottentottententententoonstellingsmakersopleidingscoördinatoren" * 3


@pytest.fixture(scope="module")
def chromium() -> Chromium:
    """The browser of this machine."""
    return browser()


@pytest.fixture(scope="module")
def html() -> str:
    """A digest with every kind of message, and with words that have no end."""
    long = of_strangers(LONGEST_WORD, LONGEST_WORD, LONGEST_WORD)
    return full(long, *ORDER, item(Category.SUBSTANTIVE, Flag.PERSONAL, drafted=True), handed=(long,)).html


@pytest.mark.parametrize("width", PHONES)
@pytest.mark.parametrize("styled", [True, False], ids=["with styles", "without"])
def test_nothing_is_scrolled_sideways(chromium: Chromium, html: str, width: int, styled: bool) -> None:
    """Whatever stands in a name or a subject; and where a mail program drops the style sheet."""
    page = html if styled else re.sub(r"<style>.*?</style>", "", html, flags=re.DOTALL)
    assert chromium.extent(page, width)[0] == width


def test_on_a_large_screen_the_lines_stay_short(chromium: Chromium, html: str) -> None:
    """One column of at most 600 pixels: wider windows make it no lower."""
    heights = {width: chromium.extent(html, width)[1] for width in (360, 616, 780)}
    assert heights[780] == heights[616] < heights[360]


def test_the_dark_is_dark(chromium: Chromium, html: str, tmp_path: Path) -> None:
    """The page and the cards follow the phone; the light stays light."""
    image = pytest.importorskip("PIL.Image")
    brightness = {}
    for dark in (False, True):
        target = tmp_path / f"{dark}.png"
        chromium.draw(html, target, width=390, height=800, dark=dark)
        with image.open(target) as picture:
            assert picture.size == (780, 1600)
            grey = picture.convert("L").resize((1, 1), image.Resampling.BOX)
            brightness[dark] = grey.getpixel((0, 0))
    assert brightness[True] < 70
    assert brightness[False] > 200
