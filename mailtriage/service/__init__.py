"""The service: all accounts in one process, reconnecting, reloading, ending cleanly."""

from mailtriage.service.opening import Opening, connector, scope_rules
from mailtriage.service.service import Service, wall_clock
from mailtriage.service.worker import Memory

__all__ = ["Memory", "Opening", "Service", "connector", "scope_rules", "wall_clock"]
