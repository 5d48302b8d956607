"""When the judge may be sure: chosen from what errors cost, on mail of voices it was not trained on."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar

from mailtriage.judge.model import Thresholds
from mailtriage.judge.odds import Floats, tempered
from mailtriage.records import CATEGORIES, FLAGS, Category, Flag

MISSED = 0.028
"""Share of substantive mail that may be called simple with confidence, among the scores that thresholds are chosen on.
Those come from models with a quarter less to learn from: on 9,911 mails 0.035 gave 2.5% over voices and 11.5% unsure,
where the goals are at most 2% and 15%."""

NEEDLESS = 0.022
"""Share of simple mail that may get an offer of a conversation with confidence (the goal is 3%)."""

WRONG_ELSEWHERE = 0.045
"""Share of mail in other languages than Dutch and English that may get a wrong category with confidence, among the same
scores: 0.03 gave 1.2% over voices, where the goal is at most 3%, and 70% unsure."""

FLAG_RECALL = {Flag.URGENT: 0.86, Flag.CONDUCT: 0.80, Flag.PERSONAL: 0.70}
"""What part of flagged mail must be found. An urgent mail that is missed costs more than one bell too many, but every
point of recall above these costs three of precision (``docs/experiments.md``), and a teacher who is rung for nothing
stops listening."""

LEAST_SURE = 0.5

_SUBSTANTIVE = CATEGORIES.index(Category.SUBSTANTIVE)


def choose_temperature(probabilities: Floats, labels: NDArray[np.int64]) -> float:
    """The temperature with the least log loss (Guo et al. 2017, section 4.2)."""

    def loss(logarithm: float) -> float:
        likely = tempered(probabilities, float(np.exp(logarithm)))[np.arange(len(labels)), labels]
        return float(-np.log(np.clip(likely, 1e-12, 1)).mean())

    return float(np.exp(minimize_scalar(loss, bounds=(-2.0, 2.0), method="bounded").x))


def choose_thresholds(
    probabilities: Floats,
    labels: NDArray[np.int64],
    flag_likely: Floats,
    flags: NDArray[np.bool_],
    familiar: NDArray[np.bool_],
) -> Thresholds:
    """The widest confidence that keeps to ``MISSED``, ``NEEDLESS``, ``WRONG_ELSEWHERE`` and ``FLAG_RECALL``.

    Args:
        probabilities: of the categories (mails, categories), by models that did not see the mail's voice.
        labels: the right category of each, as an index.
        flag_likely: probabilities of the flags (mails, flags).
        flags: the right flags.
        familiar: whether a mail is in a language that is judged by the common measure.
    """
    substantive = probabilities[:, _SUBSTANTIVE]
    simple_best = probabilities.argmax(1) != _SUBSTANTIVE
    really = labels == _SUBSTANTIVE
    at_most = _edge(substantive[really & simple_best], int(MISSED * really.sum()), lowest=True)
    at_least = _edge(substantive[~really & ~simple_best], int(NEEDLESS * (~really).sum()), lowest=False)
    return Thresholds(
        category_at_least=LEAST_SURE,
        simple_at_most=float(np.clip(at_most, 0.01, 0.5)),
        substantive_at_least=float(np.clip(at_least, LEAST_SURE, 0.99)),
        elsewhere_at_least=_elsewhere(probabilities[~familiar], labels[~familiar]),
        flags={flag: _flag_threshold(flag, flag_likely[:, at], flags[:, at]) for at, flag in enumerate(FLAGS)},
    )


def _elsewhere(probabilities: Floats, labels: NDArray[np.int64]) -> float:
    """The probability above which only ``WRONG_ELSEWHERE`` of the mails are wrong; a high one without such mail."""
    if not len(labels):
        return 0.9
    errors = probabilities.max(1)[probabilities.argmax(1) != labels]
    return float(np.clip(_edge(errors, int(WRONG_ELSEWHERE * len(labels)), lowest=False), LEAST_SURE, 0.99))


def _edge(errors: Floats, allowed: int, *, lowest: bool) -> float:
    """The value on whose right side only ``allowed`` errors lie."""
    ordered = np.sort(errors) if lowest else np.sort(errors)[::-1]
    if len(ordered) <= allowed:
        return LEAST_SURE
    return float(ordered[allowed])


def _flag_threshold(flag: Flag, likely: Floats, truth: NDArray[np.bool_]) -> float:
    """The highest probability that still finds the wanted part of what is flagged, between 0.05 and 0.6."""
    found = np.sort(likely[truth])
    if not len(found):
        return 0.5
    missed = int((1 - FLAG_RECALL[flag]) * len(found))
    return float(np.clip(found[missed], 0.05, 0.6))
