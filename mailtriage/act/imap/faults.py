"""What went wrong on the wire, in the errors of this program.

Texts of the server are kept only where they answer a command (NO, BAD, BYE): anything else that a library puts into
its exceptions may be a piece of a mail, and would end in a log.
"""

from __future__ import annotations

import imaplib
import re
import ssl

from imapclient.exceptions import IMAPClientReadOnlyError, LoginError, ProtocolError

from mailtriage.errors import ConnectionLostError, LoginRefusedError, MailboxError, MailtriageError

MALFORMED = (ProtocolError, ValueError, TypeError, IndexError, KeyError, RecursionError)
"""What parsing an answer raises when the answer is odd; the connection itself is still in step."""

CAUGHT = (imaplib.IMAP4.error, OSError, *MALFORMED)
"""Everything that imapclient, imaplib, ssl and the socket raise on a bad day."""

_BACKOFF = re.compile(r"Suggested Backoff Time:\s*(\d+)", re.IGNORECASE)
_NOT_CONNECTED = re.compile(r"User is authenticated but not connected", re.IGNORECASE)
_TEMPORARY = re.compile(r"\[(UNAVAILABLE|INUSE|SERVERBUG)\]", re.IGNORECASE)
_BUSY_LOGIN = re.compile(r"\[(UNAVAILABLE|INUSE|LIMIT|SERVERBUG)\]|too many|maximum number of conn", re.IGNORECASE)
_CERTIFICATE_ADVICE = (
    "check host name and date; a school's own certificate authority is named by ca_file, and verification is never "
    "switched off"
)
_ADVICE = {
    "OVERQUOTA": "the mailbox is full: make room in it, or ask the mail administrator for a larger quota",
    "TRYCREATE": "the folder does not exist: create it, or name another one in the configuration",
    "NONEXISTENT": "the folder does not exist: create it, or name another one in the configuration",
    "NOPERM": "the account may not do this: ask the mail administrator for the right",
    "READ-ONLY": "the folder can only be read: ask the mail administrator for the right to write",
    "CANNOT": "the server does not allow this name: choose another one in the configuration",
    "TOOBIG": "the message is larger than the server takes",
    "LIMIT": "the server's limit is reached: ask the mail administrator",
}
_LOST_ADVICE = (
    "check host, port and security, and whether the server can be reached; the service tries again on a new connection"
)
_LOGIN_ADVICE = "check the user name and the secret; many providers want an app password or OAuth"
TEXT_LIMIT = 200
BACKOFF_LIMIT = 3600.0
BACKOFF_UNSAID = 60.0


def lost(what: str, where: str, *, retry_after: float | None = None) -> ConnectionLostError:
    """A lost connection; ``retry_after`` in seconds where the server asked for a pause."""
    error = ConnectionLostError(what, where, _LOST_ADVICE)
    error.retry_after = retry_after
    return error


def backoff(text: str) -> float | None:
    """Seconds of pause that Exchange asks for in ``text``; None where it asks for none.

    ``Suggested Backoff Time: N`` counts milliseconds; ``User is authenticated but not connected`` names no time.
    """
    if said := _BACKOFF.search(text):
        return min(int(said[1]) / 1000, BACKOFF_LIMIT)
    return BACKOFF_UNSAID if _NOT_CONNECTED.search(text) else None


def classified(error: Exception, where: str, bye: str = "") -> MailtriageError:
    """The error of this program for ``error``, which must be one of ``CAUGHT``. ``bye`` is the text of a BYE."""
    if isinstance(error, IMAPClientReadOnlyError):
        return MailboxError("the folder can only be read", where, _ADVICE["READ-ONLY"])
    if isinstance(error, ssl.SSLCertVerificationError):
        return MailboxError(
            f"the server's certificate is not trusted ({error.verify_message})", where, _CERTIFICATE_ADVICE
        )
    if isinstance(error, imaplib.IMAP4.abort | OSError):
        return lost(_how_lost(error, bye), where, retry_after=backoff(bye))
    if isinstance(error, MALFORMED):
        return MailboxError("the server's answer cannot be understood", where, "tell the makers which server it is")
    return _refused(_said(error), where)


def login_failed(error: Exception, where: str, bye: str = "") -> MailtriageError:
    """The same for an error during login.

    imapclient's ``LoginError`` also wraps a connection that was lost meanwhile; its context tells.
    """
    cause = error.__context__ if isinstance(error, LoginError) else error
    if isinstance(cause, imaplib.IMAP4.abort | OSError) or bye:
        return classified(cause if isinstance(cause, Exception) and cause else error, where, bye)
    if isinstance(error, imaplib.IMAP4.error) and not isinstance(error, ProtocolError):
        said = _said(error)
        if backoff(said) is not None or _BUSY_LOGIN.search(said):
            return lost(f"the server takes no login now: {said}", where, retry_after=backoff(said))
        return LoginRefusedError(f"the server refused the login: {said}", where, _LOGIN_ADVICE)
    return classified(error, where, bye)


def _how_lost(error: Exception, bye: str) -> str:
    if bye:
        return f"the server ended the connection: {bye[:TEXT_LIMIT]}"
    if isinstance(error, TimeoutError):
        return "the server did not answer in time"
    if isinstance(error, ConnectionRefusedError):
        return "nothing listens there"
    if isinstance(error, OSError):
        return f"the connection failed: {error.strerror or type(error).__name__}"
    if "EOF" in str(error) or "socket error" in str(error):
        return "the server closed the connection"
    return "the server sent what is not IMAP"


def _refused(said: str, where: str) -> MailtriageError:
    pause = backoff(said)
    if pause is not None or _TEMPORARY.search(said):
        return lost(f"the server cannot do it now: {said}", where, retry_after=pause)
    code = re.search(r"\[([A-Z-]+)", said)
    return MailboxError(f"the server refused: {said}", where, _ADVICE.get(code[1] if code else "", ""))


def _said(error: Exception) -> str:
    first = error.args[0] if error.args else ""
    text = first.decode("ascii", "replace") if isinstance(first, bytes) else str(first)
    text = re.sub(r"^b'(.*)'$", r"\1", text)
    return "".join(c if c.isprintable() else " " for c in text)[:TEXT_LIMIT]
