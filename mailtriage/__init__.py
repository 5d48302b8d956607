"""mailtriage keeps a primary school's rule for mail between parents and teachers.

A mail passes through four rooms, one way: it is *read* (``mailtriage.read``), *judged* (``mailtriage.judge``),
*decided* on (``mailtriage.decide``) and *acted* on (``mailtriage.act``). ``docs/architecture.md`` says who may
import whom; ``tests/test_floors.py`` holds it.
"""

__version__ = "0.1.0"
