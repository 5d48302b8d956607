"""Bells through Apprise: never a word of a message, only how many there are and that something is urgent."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import structlog

from mailtriage.act.marks import word
from mailtriage.errors import MailtriageError
from mailtriage.records import Flag
from mailtriage.settings import SecretSource, Settings
from mailtriage.settings.secrets import fetch_secret

if TYPE_CHECKING:
    from apprise import Apprise

log = structlog.get_logger("mailtriage")

TITLE = "mailtriage"

_URGENT = {"nl": "iets dringends", "en": "something urgent"}
_ORDINARY = {"nl": "post van ouders", "en": "mail from parents"}
_AND = {"nl": " en ", "en": " and "}


def ring(addresses: Sequence[SecretSource], words: str, *, where: str) -> bool:
    """Ring a bell.

    Args:
        addresses: where the Apprise URLs are; each is fetched and rung by itself, so that one that fails keeps no
            other from ringing. An unanswered one costs some seconds.
        words: all that leaves the machine, beside a title that is always the same.
        where: the key of the configuration that names them, for the log.

    Returns:
        True where at least one of them took it. Failures are logged; nothing is raised, and nothing tried again.
    """
    if not addresses:
        return False
    try:
        # An extra, and slow to import (0.2 s): only where it is used.
        from apprise import Apprise, AppriseAsset  # noqa: PLC0415
    except ImportError:
        log.error("apprise is not installed", advice="pip install 'mailtriage[apprise]'")
        return False
    # Without this, some services are told where to fetch a picture.
    asset = AppriseAsset(app_id=TITLE, app_desc=TITLE, app_url="", image_url_mask="", image_url_logo="")
    rung = [_rung(Apprise(asset=asset), source, words, where) for source in addresses]
    return any(rung)


def troubles(addresses: Sequence[SecretSource], where: str) -> list[str]:
    """What keeps these addresses from ringing, as far as can be told without ringing; empty where nothing does."""
    if not addresses:
        return []
    try:
        from apprise import Apprise  # noqa: PLC0415 - as above
    except ImportError:
        return [f"{where}: apprise is not installed (pip install 'mailtriage[apprise]')"]
    found = []
    for number, source in enumerate(addresses, start=1):
        try:
            if not Apprise().add(fetch_secret(source)):
                found.append(f"{where}[{number}]: this is no URL that Apprise understands")
        except MailtriageError as error:
            found.append(f"{where}[{number}]: {error.what}")
    return found


def _rung(bell: Apprise, source: SecretSource, words: str, where: str) -> bool:
    try:
        if not bell.add(fetch_secret(source)):
            log.error("an apprise address is not understood", advice=f"see {where}")
            return False
        rung = bool(bell.notify(title=TITLE, body=words))
    except MailtriageError as error:
        log.error("an apprise address cannot be fetched", reason=error.what, advice=f"see {where}")
        return False
    except Exception as error:  # whatever a plug-in raises: somebody else is told instead
        log.error("the bell did not ring", reason=type(error).__name__, advice=f"see {where}")
        return False
    if not rung:
        log.error("the bell did not ring", advice=f"see {where}")
    return rung


def ordinary_words(settings: Settings, account: str, count: int, urgent: int) -> str:
    """The words of a bell that comes with a digest: how many messages it tells, and how many of them are urgent."""
    language = settings.school.language
    if settings.notifications.bell_text:
        words = _URGENT if urgent else _ORDINARY
        return _in_own_words(settings, f"{words[language]} ({account})", count, urgent)
    if language == "nl":
        return f"{count} {'bericht' if count == 1 else 'berichten'} van ouders, {urgent} dringend"
    return f"{count} {'message' if count == 1 else 'messages'} from parents, {urgent} urgent"


def urgent_words(settings: Settings, account: str, count: int, flags: Iterable[Flag]) -> str:
    """The words of a bell for urgent mail out of hours.

    Args:
        settings: the school's, with its language and perhaps words of its own.
        account: whose mailbox, by the name that the school gave it.
        count: how many messages.
        flags: of all of them. Only ``urgent`` and ``conduct`` are told: that a matter is personal is nobody's business.
    """
    language = settings.school.language
    things = [_URGENT[language], *([word("conduct", language).lower()] if Flag.CONDUCT in set(flags) else [])]
    about = f"{_AND[language].join(things)} ({account})"
    if settings.notifications.bell_text:
        return _in_own_words(settings, about, count, count)
    if language == "nl":
        one, several = f"Een bericht over {about} vraagt aandacht", f"{count} berichten over {about} vragen aandacht"
    else:
        one, several = f"A message about {about} needs attention", f"{count} messages about {about} need attention"
    return one if count == 1 else several


def _in_own_words(settings: Settings, about: str, count: int, urgent: int) -> str:
    return settings.notifications.bell_text.format(about=about, count=count, urgent=urgent)
