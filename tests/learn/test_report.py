"""The HTML report: whole, closed to the network, and safe with whatever a mail says."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from mailtriage import plotting
from mailtriage.errors import MailtriageError, UsageError
from mailtriage.learn.corpus import Example, load
from mailtriage.learn.curve import Curve, Point
from mailtriage.learn.evaluating import Evaluation, by_model, measured
from mailtriage.learn.report import check_place, page, write_report
from mailtriage.learn.sums import truth_of
from tests.learn.mails import write
from tests.learn.test_scoring import noisy
from tests.modelfiles.conftest import made

pytest.importorskip("matplotlib")

_CURVE = Curve((Point(10, 5, 0.5), Point(60, 5, 0.8)), (Point(10, 2, 0.4), Point(60, 5, 0.8)))


class _Elements(HTMLParser):
    """Collects every element with its attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element."""
        self.found.append((tag, dict(attrs)))


def elements(html: str) -> list[tuple[str, dict[str, str | None]]]:
    """The elements of a page."""
    parser = _Elements()
    parser.feed(html)
    return parser.found


@pytest.fixture(scope="module")
def evaluation(tiny: list[Example]) -> Evaluation:
    """An evaluation with errors and a curve."""
    return measured(tiny, noisy(tiny, 0.4), method="by chance", model="").with_curve(_CURVE)


def test_the_report_holds_every_part(evaluation: Evaluation) -> None:
    """Figures with intervals, confusion, four plots, a table for each dimension, and the errors."""
    html = page(evaluation)
    assert html.count("<svg ") == 4
    for words in ("Reliability", "Risk against coverage", "Learning curve by mails", "Learning curve by voices"):
        assert f"<h3>{words}</h3>" in html
    for dimension in ("language", "length", "border", "voice"):
        assert f"<h2>By {dimension}</h2>" in html
    wrong = int((evaluation.found.best != truth_of(evaluation.examples)).sum())
    assert html.count("<details") == wrong > 5
    low, high = evaluation.figures.intervals["macro_f1"]
    assert f"({low:.3f} to {high:.3f})" in html


def test_without_a_curve_its_plots_are_left_out(tiny: list[Example]) -> None:
    """Two plots need no training, so they are always there."""
    assert page(measured(tiny, noisy(tiny, 0.4), method="m", model="")).count("<svg ") == 2


def test_nothing_is_fetched_and_nothing_runs(evaluation: Evaluation) -> None:
    """No script, no style, font or picture from elsewhere; the page forbids them by itself."""
    html = page(evaluation)
    found = elements(html)
    assert {"script", "link", "img", "iframe", "object", "embed", "base"} & {tag for tag, _ in found} == set()
    for _, attributes in found:
        for name, value in attributes.items():
            assert not name.startswith("on")
            if name in ("href", "xlink:href", "src", "srcset", "action", "data"):
                assert (value or "").startswith("#"), (name, value)
    assert re.findall(r"url\((?!#)", html) == []
    assert "@import" not in html
    assert "default-src 'none'" in html


def test_every_reference_in_a_plot_leads_to_one_name(evaluation: Evaluation) -> None:
    """Several plots in one page do not use each other's parts: each name stands once."""
    html = page(evaluation)
    names = [attributes["id"] for _, attributes in elements(html) if "id" in attributes]
    assert len(names) == len(set(names))
    wanted = set(re.findall(r'(?:url\(#|href="#)([^)"]+)', html))
    assert wanted <= set(names)


def test_what_a_mail_says_is_text(tmp_path: Path) -> None:
    """Ids, subjects, texts, voices and languages cannot become part of the page."""
    bad = "<script>alert(1)</script>\"'><img src=x onerror=y>"
    lines = [
        {
            "id": f"{n}{bad}",
            "label": label,
            "subject": bad,
            "body": f"Noor {bad} is ziek {n}",
            "voice": bad,
            "lang": bad,
            "span": bad,
        }
        for n, label in enumerate(["notice", "yes_no", "substantive", "appointment"] * 3)
    ]
    examples = load([write(tmp_path / "x.jsonl", lines)])
    html = page(by_model(examples, made()))
    assert "&lt;script&gt;" in html
    assert {"script", "img"} & {tag for tag, _ in elements(html)} == set()


def test_a_model_s_errors_come_with_their_evidence(tiny: list[Example]) -> None:
    """Each error of a model names the sentence that decided."""
    evaluation = by_model(tiny, made())
    wrong = (evaluation.found.best != truth_of(tiny)).sum()
    assert wrong > 0
    assert page(evaluation).count("Decided by:") == min(wrong, 30)


def test_colours_come_from_the_page(evaluation: Evaluation) -> None:
    """No colour of a plot is fixed, so that it can be read in the dark too."""
    svgs = "".join(re.findall(r"<svg .*?</svg>", page(evaluation), re.DOTALL))
    assert "currentColor" in svgs
    assert "var(--one)" in svgs
    assert re.findall(r"(?:fill|stroke): #\w+", svgs) == []


def test_a_report_that_cannot_be_written_is_told(evaluation: Evaluation, tmp_path: Path) -> None:
    """Before the work where its folder is missing, after it where the disk is full."""
    with pytest.raises(UsageError):
        check_place(tmp_path / "none" / "r.html")
    with pytest.raises(MailtriageError, match="could not be written"):
        write_report(evaluation, Path("/dev/full"))


def test_without_matplotlib_the_advice_names_the_extra(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Told before any work is done."""
    monkeypatch.setattr(plotting, "find_spec", lambda _name: None)
    with pytest.raises(UsageError) as caught:
        check_place(tmp_path / "r.html")
    assert "mailtriage[report]" in caught.value.advice
