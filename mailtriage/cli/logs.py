"""Logs: one line an event on standard error, with ids and reasons; never text, subject or address of a message."""

from __future__ import annotations

import logging
import sys
from typing import Any

import structlog

from mailtriage.settings import Logging


def configure(settings: Logging) -> None:
    """Set up logging once, at the start of a command."""
    level = getattr(logging, settings.level.upper())
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
        _exceptions_by_place,
    ]
    as_json = settings.format == "json"
    renderer = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if as_json
        else structlog.processors.LogfmtRenderer(
            key_order=["timestamp", "level", "event"], drop_missing=True, bool_as_flag=False
        )
    )
    structlog.configure(
        processors=[*shared, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    # Libraries may log what they send and receive: their debug lines hold text of messages.
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING)
    logging.getLogger("imapclient").setLevel(logging.INFO)
    # We say ourselves which bell did not ring; its lines name servers and parts of URLs, which are secrets.
    logging.getLogger("apprise").setLevel(logging.CRITICAL)


def _exceptions_by_place(_logger: object, _name: str, event: dict[str, Any]) -> dict[str, Any]:
    """Show an exception by its type and where it was raised: its text may quote a message."""
    error = event.pop("exc_info", None)
    if error is True:
        error = sys.exc_info()[1]
    if isinstance(error, BaseException):
        trace = error.__traceback__
        while trace is not None and trace.tb_next is not None:
            trace = trace.tb_next
        where = f"{trace.tb_frame.f_code.co_filename.rpartition('/')[2]}:{trace.tb_lineno}" if trace else "?"
        event["exception"] = f"{type(error).__name__} at {where}"
    return event
