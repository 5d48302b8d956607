"""What every ``Mailbox`` does with folders, waiting and lost connections, on every server there is."""

from __future__ import annotations

import threading

import pytest

from mailtriage.act.imap import describe, find_drafts_folder
from mailtriage.act.mailbox import Marking
from mailtriage.errors import ConnectionLostError, LoginRefusedError
from tests.mailbox.mails import plain
from tests.mailbox.places import Place, delivered, opened

LONG = 60.0
"""Seconds that no wait of these tests really takes: an event ends it."""


@pytest.mark.parametrize("name", ["Triage/Later beoordelen", "Concepten ë", "Taak & meer"])
def test_folder_names_beyond_ascii(place: Place, name: str) -> None:
    """Modified UTF-7 is the adapter's business; creating twice is no error."""
    mailbox = place.connect()
    mailbox.create_folder(name)
    mailbox.create_folder(name)
    assert name in [folder.name for folder in mailbox.folders()]
    mailbox.append(name, plain())
    assert mailbox.status(name).exists == 1
    assert mailbox.open(name).name == name


def test_status_tells_of_arrivals_elsewhere(place: Place) -> None:
    """STATUS is the server's state now, of a folder that is not open."""
    mailbox = opened(place, "Sent")
    before = mailbox.status("INBOX")
    place.deliver(plain())
    after = mailbox.status("INBOX")
    assert (before.exists, after.exists) == (0, 1)
    assert after.uidvalidity == before.uidvalidity
    assert after.uidnext > before.uidnext


def test_uidvalidity_changes_when_a_folder_is_made_anew(place: Place) -> None:
    """The caller sees that the old UIDs mean nothing any more."""
    mailbox = place.connect()
    mailbox.create_folder("Triage")
    before = mailbox.open("Triage").uidvalidity
    mailbox.open("INBOX")
    place.recreate("Triage")
    assert mailbox.open("Triage").uidvalidity != before


def test_the_drafts_folder_is_found(place: Place) -> None:
    """By its use or by its usual name; what is configured wins."""
    mailbox = place.connect()
    assert find_drafts_folder(mailbox) == "Drafts"
    assert find_drafts_folder(mailbox, "Concepten") == "Concepten"


def test_describe_says_what_will_be_used(place: Place) -> None:
    """The report names the way of marking that this server really has, in words."""
    report = describe(place.connect())
    assert (report.marking, report.moving, report.watching, report.drafts) == (place.marking, "move", "idle", "Drafts")
    assert len(report.use) == 4
    assert report.use[1].startswith("when a mail is put back from a correction folder")
    assert bool(report.missing) == (place.marking is Marking.NOTHING)


def test_wait_ends_on_arrival(place: Place) -> None:
    """A mail that another client delivers ends the wait."""
    mailbox = opened(place)
    delivery = threading.Timer(0.05, place.deliver, [plain()])
    delivery.start()
    assert mailbox.wait(LONG)
    delivery.join()
    assert len(mailbox.uids_after(0)) == 1


def test_wait_tells_what_came_before_it(place: Place) -> None:
    """A mail that arrived after the last look is not slept through."""
    mailbox = opened(place)
    assert mailbox.uids_after(0) == []
    place.deliver(plain())
    mailbox.flags([1])
    assert mailbox.wait(LONG)
    assert len(mailbox.uids_after(0)) == 1


def test_wait_ends_on_wake(place: Place) -> None:
    """Another thread ends the wait, and nothing was reported; the connection is as good as before."""
    mailbox = opened(place)
    waker = threading.Timer(0.05, mailbox.wake)
    waker.start()
    assert not mailbox.wait(LONG)
    waker.join()
    assert mailbox.uids_after(0) == []


def test_a_wake_before_the_wait_ends_the_wait(place: Place) -> None:
    """There is no moment in which a wake gets lost."""
    mailbox = opened(place)
    mailbox.wake()
    assert not mailbox.wait(LONG)


def test_wait_ends_at_its_timeout(place: Place) -> None:
    """Silence is reported as such."""
    assert not opened(place).wait(0.01)


def test_a_loss_in_the_middle_of_a_call(place: Place) -> None:
    """The call says that the connection is lost, and so does every later one; another connection works."""
    mailbox, uid = delivered(place, plain())
    place.cut_at_next_call()
    with pytest.raises(ConnectionLostError):
        mailbox.fetch(uid)
    with pytest.raises(ConnectionLostError):
        mailbox.uids_after(0)
    mailbox.close()
    assert opened(place).uids_after(0) == [uid]


def test_a_loss_during_wait(place: Place) -> None:
    """The end of the stream ends the wait with an error; it does not spin, and it does not hang."""
    mailbox = opened(place)
    cut = threading.Timer(0.05, place.cut)
    cut.start()
    with pytest.raises(ConnectionLostError):
        mailbox.wait(LONG)
    cut.join()


def test_a_wrong_password_is_refused(place: Place) -> None:
    """Told apart from a server that cannot be reached."""
    with pytest.raises(LoginRefusedError):
        place.connect("fout")
    with pytest.raises(LoginRefusedError):
        place.connect("wachtwoord met ë")


def test_a_server_that_is_down(place: Place) -> None:
    """May be tried again later."""
    place.go_down()
    with pytest.raises(ConnectionLostError):
        place.connect()


def test_close_never_raises(place: Place) -> None:
    """Not when the connection is gone, and not the second time."""
    mailbox = opened(place)
    place.go_down()
    mailbox.close()
    mailbox.close()
    mailbox.wake()
    with pytest.raises(ConnectionLostError):
        mailbox.uids_after(0)
