"""Putting our script on a server beside whatever is active there, and taking it away."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from mailtriage.act.managesieve.scripts import Scripts
from mailtriage.decide.filing import MASTER, OURS, check_of, earlier_of, going_on, is_intact, is_ours, master_script
from mailtriage.errors import ConnectionLostError, MailboxError

_NEEDED = frozenset({"fileinto", "envelope", "date", "relational"})
_NOT_THERE = re.compile(r"does not exist|not found|no such", re.IGNORECASE)
_UNCHANGED = "nothing was changed on the server"
_NONE_BEFORE = (
    "no script was active before. If the mail server has one for everybody who has none (Pigeonhole: sieve_default), "
    "it does not run any more: ask the mail administrator to make it sieve_before"
)
_GOES_ON = (
    "{name} says where some mail goes ({actions}) and then goes on. Out of hours such mail of a parent lies in the "
    "folder for later as well; a stop; behind it prevents that"
)


@dataclass(frozen=True, slots=True)
class Standing:
    """What lies on a server.

    ``ours`` and ``master`` are the texts of our two scripts, None where there is none; ``earlier`` is the name of the
    script that was active before ours, empty where none was.
    """

    names: tuple[str, ...]
    active: str
    ours: str | None
    master: str | None
    earlier: str

    @property
    def changed(self) -> tuple[str, ...]:
        """Which of our two scripts somebody changed by hand."""
        texts = ((MASTER, self.master), (OURS, self.ours))
        return tuple(name for name, text in texts if text is not None and not is_intact(text))

    @property
    def runs(self) -> bool:
        """Whether the server runs our script at delivery."""
        return self.ours is not None and (self.active == OURS or (self.active == MASTER and self.master is not None))


def standing_of(scripts: Scripts) -> Standing:
    """Look at the scripts of an account.

    Raises:
        MailboxError: a script has one of our two names and is not ours; or as ``Scripts`` does.
    """
    listing = scripts.listing()
    texts = {name: scripts.get(name) for name in (OURS, MASTER) if name in listing.names}
    for name, text in texts.items():
        if not is_ours(text):
            what = f"a script {name} lies there that this program did not write; {_UNCHANGED}"
            raise MailboxError(what, scripts.where, "rename it in the program that made it")
    master = texts.get(MASTER)
    remembered = earlier_of(master) if master is not None and listing.active == MASTER else None
    earlier = remembered or ("" if listing.active in (OURS, MASTER) else listing.active)
    return Standing(listing.names, listing.active, texts.get(OURS), master, earlier)


def possible(scripts: Scripts, text: str) -> Standing:
    """Look at what stands in the way of our script, before anything is changed; returns what lies there.

    Raises:
        MailboxError: something does, or the server does not understand the script.
    """
    standing = standing_of(scripts)
    missing = _NEEDED - scripts.extensions
    earlier, what, advice = standing.earlier, "", ""
    if missing:
        what = f"the server's Sieve lacks {', '.join(sorted(missing))}"
        advice = 'set hold to "move", which needs no Sieve'
    elif standing.changed:
        what = f"somebody changed {' and '.join(standing.changed)} by hand"
        advice = "move what was added to a script of its own, and delete the changed one"
    elif earlier and "include" not in scripts.extensions:
        what = f"{earlier} is active, and the server's Sieve cannot run two scripts (it lacks include)"
        advice = "add by hand what mailtriage sieve prints to that script"
    elif earlier and _NOT_THERE.search(scripts.check(check_of(earlier))):
        what = f"{earlier} is active, and cannot be included: it is the server's own script for everybody"
        advice = "ask the mail administrator to run it as sieve_before, or save a copy of it and make that active"
    if what:
        raise MailboxError(f"{what}; {_UNCHANGED}", scripts.where, advice)
    try:
        scripts.check(text)
    except MailboxError as error:
        raise MailboxError(f"{error.what}; {_UNCHANGED}", error.where, error.advice) from error
    return standing


def install(scripts: Scripts, text: str) -> list[str]:
    """Put our script beside the active one, and make both run.

    Args:
        scripts: of the account.
        text: our script.

    Returns:
        What is worth knowing of it: warnings of the server, and what may now go otherwise than before.

    Raises:
        MailboxError: the server refuses something; it is left as it was.
        ConnectionLostError: the server is gone; what it kept meanwhile is not active, or whole.
    """
    standing = possible(scripts, text)
    undo: list[Callable[[], None]] = []
    try:
        return _install(scripts, standing, text, undo)
    except ConnectionLostError:
        raise
    except MailboxError as error:
        for step in reversed(undo):
            with suppress(MailboxError):
                step()
        raise MailboxError(f"{error.what}; {_UNCHANGED}", error.where, error.advice) from error


def _install(scripts: Scripts, standing: Standing, text: str, undo: list[Callable[[], None]]) -> list[str]:
    notes = [scripts.check(text), *_of_earlier(scripts, standing)]
    _put(scripts, OURS, text, standing.ours, undo)
    top = OURS
    if "include" in scripts.extensions:
        top, master = MASTER, master_script(standing.earlier)
        notes.append(scripts.check(master))
        if standing.master != master:
            _put(scripts, MASTER, master, standing.master, undo)
    if standing.active != top:
        undo.append(lambda: scripts.activate(standing.active))
        scripts.activate(top)
    after = standing_of(scripts)
    if not after.runs or (after.ours or "").rstrip() != text.rstrip():
        raise MailboxError("the server does not show the script that it took", scripts.where)
    return [note for note in notes if note]


def _of_earlier(scripts: Scripts, standing: Standing) -> list[str]:
    """What may go otherwise than with the earlier script alone."""
    if not standing.earlier:
        return [] if standing.runs else [_NONE_BEFORE]
    actions = going_on(scripts.get(standing.earlier)) if standing.earlier in standing.names else ()
    return [_GOES_ON.format(name=standing.earlier, actions=", ".join(actions))] if actions else []


def _put(scripts: Scripts, name: str, text: str, old: str | None, undo: list[Callable[[], None]]) -> None:
    undo.append(lambda: scripts.delete(name) if old is None else (scripts.put(name, old), None)[1])
    scripts.put(name, text)


def remove(scripts: Scripts) -> bool:
    """Take our scripts away and make the one active again that was so before.

    Returns:
        False where none of ours was there.

    Raises:
        MailboxError, ConnectionLostError: as ``Scripts`` does; run again, it goes on from where it was. Also where
            somebody changed one of ours by hand: that one stays, but is not active any more.
    """
    standing = standing_of(scripts)
    if standing.active in (OURS, MASTER):
        scripts.activate(standing.earlier if standing.earlier in standing.names else "")
    found = [name for name, text in ((MASTER, standing.master), (OURS, standing.ours)) if text is not None]
    for name in found:
        if name not in standing.changed:
            scripts.delete(name)
    if standing.changed:
        what = f"somebody changed {' and '.join(standing.changed)} by hand: not active any more, but still there"
        raise MailboxError(what, scripts.where, "delete it by hand, once what was added is saved elsewhere")
    return bool(found)
