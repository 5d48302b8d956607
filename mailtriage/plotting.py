"""Plots as SVG that stands in an HTML page.

Drawn by matplotlib, which is an extra. The colours drawn with are place-holders: they become CSS variables, so that the
page decides, in light and in dark.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from mailtriage.errors import UsageError

TEXT, GRID, ONE, TWO = "#010203", "#020304", "#030405", "#040506"
"""Colours to draw with: of the text, of lines behind, and two that differ."""

_STYLE = {TEXT: "currentColor", GRID: "var(--grid)", ONE: "var(--one)", TWO: "var(--two)"}


def require_plots() -> None:
    """Check that plots can be drawn.

    Raises:
        UsageError: matplotlib is not installed.
    """
    if find_spec("matplotlib") is None:
        raise UsageError(
            "the report has plots, and matplotlib is not installed",
            advice="install it with: pip install 'mailtriage[report]'",
        )


def page_with_plots(package: str, template: str) -> Template:
    """The template of a page, from a package; whatever is put into it is escaped.

    Raises:
        UsageError: matplotlib is not installed.
    """
    require_plots()
    environment = Environment(
        loader=PackageLoader(package),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(template)


@contextmanager
def plot(
    name: str, x_label: str, y_label: str, size: tuple[float, float] = (6.2, 4.0)
) -> Iterator[tuple[Any, list[str]]]:
    """Axes to draw on; afterwards the list holds the SVG.

    Args:
        name: what the parts of this plot are called in the page; no two plots of a page share it.
        x_label: what stands along the x axis.
        y_label: what stands along the y axis.
        size: width and height in inches, of 72 units of the SVG each.
    """
    import matplotlib as mpl  # noqa: PLC0415 - an extra, and heavy
    from matplotlib.figure import Figure  # noqa: PLC0415 - as above

    out: list[str] = []
    # Words stay text: they can be read aloud and searched. The salt keeps the names in one page apart.
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": name, "font.size": 11}):
        figure = Figure(figsize=size, layout="constrained")
        axes = figure.add_subplot()
        axes.set_xlabel(x_label, color=TEXT)
        axes.set_ylabel(y_label, color=TEXT)
        axes.tick_params(colors=TEXT)
        axes.grid(color=GRID, linewidth=0.6)
        axes.set_axisbelow(True)
        for side, spine in axes.spines.items():
            spine.set_visible(side in ("left", "bottom"))
            spine.set_color(TEXT)
        yield axes, out
        buffer = io.StringIO()
        figure.savefig(buffer, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    out.append(_inline(buffer.getvalue(), name))


def _inline(svg: str, name: str) -> str:
    """An SVG file as an element of a page: without prologue and metadata, with names and colours of the page."""
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    svg = re.sub(r'\bid="', f'id="{name}-', svg)
    svg = re.sub(r'url\(#|xlink:href="#', lambda match: f"{match.group(0)}{name}-", svg)
    for drawn, shown in _STYLE.items():
        svg = svg.replace(drawn, shown)
    return re.sub(r'^<svg [^>]*?(viewBox="[^"]*")[^>]*>', r'<svg \1 xmlns:xlink="http://www.w3.org/1999/xlink">', svg)
