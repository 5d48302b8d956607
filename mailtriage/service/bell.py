"""An extra bell through Apprise: counts only, never a word of a message."""

from __future__ import annotations

import structlog

from mailtriage.errors import MailtriageError
from mailtriage.settings import Settings
from mailtriage.settings.secrets import fetch_secret

log = structlog.get_logger("mailtriage")


class Ringer:
    """Sends a count to the Apprise URLs of the configuration. A failure is logged and not tried again: the digest is
    what tells; a bell is worth nothing later."""

    def ring(self, settings: Settings, count: int, urgent: int) -> None:
        """Say how many messages are told, and how many of them are urgent."""
        sources = settings.notifications.apprise
        if not sources:
            return
        try:
            # An extra, and slow to import (0.2 s): only where it is used.
            from apprise import Apprise  # noqa: PLC0415
        except ImportError:
            log.error("apprise is not installed", advice="pip install 'mailtriage[apprise]'")
            return
        bell = Apprise()
        for source in sources:
            try:
                if not bell.add(fetch_secret(source)):
                    log.error("an apprise address is not understood", advice="see notifications.apprise")
            except MailtriageError as error:
                log.error("an apprise address cannot be fetched", reason=error.what)
        try:
            rung = not len(bell) or bell.notify(title="mailtriage", body=_words(settings, count, urgent))
        except Exception as error:  # whatever a plug-in raises: the digest is there
            log.error("the bell did not ring", reason=type(error).__name__)
            return
        if not rung:
            log.error("the bell did not ring", advice="see notifications.apprise")


def _words(settings: Settings, count: int, urgent: int) -> str:
    if settings.school.language == "nl":
        return f"{count} {'bericht' if count == 1 else 'berichten'} van ouders, {urgent} dringend"
    return f"{count} {'message' if count == 1 else 'messages'} from parents, {urgent} urgent"
