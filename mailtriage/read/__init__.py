"""Reading: bytes to ``Message``, and from whom it is. Pure: no input or output, no clock, no logging of text.

It may import ``mailtriage.errors``, ``mailtriage.records`` and libraries. ``read_message`` is the way in; ``scope_of``
says whether a message is a parent's.
"""

from mailtriage.read.limits import Limits
from mailtriage.read.message import KEPT_HEADERS, read_message
from mailtriage.read.scope import ScopeRules, scope_of

__all__ = ["KEPT_HEADERS", "Limits", "ScopeRules", "read_message", "scope_of"]
