"""One pass over one account: read, judge, decide, act.

The adapters, the judge and the moment are arguments; the service, ``run --once``, the demo and the tests all come
through here. ``desk`` says what an account is worked on with, ``looking`` finds what is new, ``passes`` acts on it.
"""

from mailtriage.triage.desk import Clock, Considered, Desk, reach
from mailtriage.triage.passes import Triage

__all__ = ["Clock", "Considered", "Desk", "Triage", "reach"]
