"""The second room: from a message to a verdict. Pure: no input or output, no clock.

``judge`` makes verdicts by a ``model``; ``features`` and ``sentences`` turn text into numbers, for training too;
``evidence`` says why. Imports records only.
"""

from mailtriage.judge.judge import ModelJudge
from mailtriage.judge.verdicts import Judge

__all__ = ["Judge", "ModelJudge"]
