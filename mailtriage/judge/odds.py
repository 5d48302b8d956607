"""Scores and probabilities."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def tempered(probabilities: Floats, temperature: float) -> Floats:
    """Probabilities made sharper (below 1) or softer (above 1); Guo et al. 2017."""
    return softmax(np.log(np.clip(probabilities, 1e-9, 1.0)) / temperature)


def sigmoid(scores: Floats) -> Floats:
    """Log-odds to probabilities."""
    out: Floats = 0.5 * (1.0 + np.tanh(0.5 * scores))
    return out


def softmax(scores: Floats) -> Floats:
    """Scores to probabilities along the last axis."""
    shifted = np.exp(scores - scores.max(axis=-1, keepdims=True))
    out: Floats = shifted / shifted.sum(axis=-1, keepdims=True)
    return out
