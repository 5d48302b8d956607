"""Mail that a teacher moves into Triage/Versturen: sent in her hours, once, filed in Sent, or told."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from mailtriage.act import smtp
from mailtriage.act.mailbox import Marking
from mailtriage.act.memory import MemoryMailbox, MemoryServer
from mailtriage.errors import ConnectionLostError
from mailtriage.settings import Settings
from mailtriage.store.outgoing import State, Submissions
from tests.act.rig import Rig, parsed, text_of
from tests.school import AT_WORK, EVENING, mail, settings
from tests.servers.smtp import PASSWORD, USER, SmtpServer, running

OUTBOX = "Triage/Versturen"


class Desk(Rig):
    """A rig whose account sends through a real SMTP server."""

    def __init__(self, smtp_server: SmtpServer, server: MemoryServer | None = None, **sections: Any) -> None:
        self.smtp = smtp_server
        super().__init__(sending(smtp_server, **sections), server)

    def write(self, name: str = "a", text: str = "Prima, tot morgen!", **headers: str) -> int:
        """The teacher moves a reply into the folder; its UID there."""
        return self.server.deliver("alice", reply(name, text, **headers), folder=OUTBOX, flags=["\\Draft", "\\Seen"])

    def lying(self, folder: str = OUTBOX) -> list[str]:
        """The names of the mails in a folder."""
        return [name_of(message.raw) for message in self.server.folder("alice", folder).messages.values()]

    @property
    def taken(self) -> list[str]:
        """The names of the mails that the SMTP server took."""
        return [name_of(one.raw) for one in self.smtp.accepted]

    @property
    def notices(self) -> list[str]:
        """The subjects of our notices in the inbox."""
        found = (parsed(message.raw) for message in self.server.folder("alice", "INBOX").messages.values())
        return [str(one["Subject"]) for one in found if one["X-Mailtriage"] == "notice"]

    def notice(self) -> str:
        """The text of the only notice."""
        inbox = self.server.folder("alice", "INBOX").messages.values()
        (one,) = (found for message in inbox if (found := parsed(message.raw))["X-Mailtriage"] == "notice")
        return text_of(one)

    def counts(self) -> dict[State, int]:
        """What the store counts, without zeros."""
        counts = Submissions(self.memory.journal.engine).counts("alice")
        return {state: count for state, count in counts.items() if count}

    def restart(self) -> None:
        """A new process, with the same settings."""
        self._triage = None

    def rest(self) -> None:
        """Passes in hours, a few minutes apart, until nothing can be left to do."""
        for _ in range(4):
            self.run()
            self.clock.advance(minutes=5)


def sending(smtp_server: SmtpServer, **sections: Any) -> Settings:
    """Settings with an account that sends."""
    server = {
        "host": "127.0.0.1",
        "port": smtp_server.port,
        "security": "none",
        "username": USER,
        "secret": {"env": "SMTP_PASSWORD"},
    }
    account = {"smtp": server, "timeout_seconds": 2.0} | sections.pop("account", {})
    return settings(accounts=[account], **sections)


def reply(name: str, text: str = "Prima, tot morgen!", **headers: str) -> bytes:
    """A teacher's reply."""
    given = {"sender": "juf Els <groep5@school.example>", "subject": f"Re: {name}", "date": EVENING} | headers
    raw = mail(name, text, **given)  # type: ignore[arg-type]  # headers are texts
    return raw.replace(b"To: groep5@school.example", b"To: Kim <kim@thuis.example>")


def name_of(raw: bytes) -> str:
    """``a`` of ``<a@...>``."""
    return str(parsed(raw)["Message-ID"])[1:].partition("@")[0]


@pytest.fixture
def smtp_server(monkeypatch: pytest.MonkeyPatch) -> Iterator[SmtpServer]:
    """A server without TLS, whose password is known."""
    monkeypatch.setenv("SMTP_PASSWORD", PASSWORD)
    with running() as made:
        yield made


@pytest.fixture
def desk(smtp_server: SmtpServer) -> Desk:
    """An account at nine in the morning, whose folders are there."""
    made = Desk(smtp_server)
    made.run()
    return made


def test_a_reply_is_sent_and_filed(desk: Desk) -> None:
    """To everybody in To, Cc and Bcc; without Bcc, our seal and what keeps a draft; with the date of sending."""
    headers = {"Bcc": "Mo <mo@thuis.example>", "Cc": "ib@school.example", "X_Mozilla_Draft_Info": "internal"}
    desk.write("a", In_Reply_To="<vraag@thuis.example>", X_Mailtriage="draft; as=1", **headers)
    desk.run()
    (taken,) = desk.smtp.accepted
    assert taken.sender == "groep5@school.example"
    assert taken.recipients == ["kim@thuis.example", "ib@school.example", "mo@thuis.example"]
    sent = parsed(taken.raw)
    assert sent["Date"].datetime == AT_WORK
    assert (sent["Message-ID"], sent["In-Reply-To"]) == ("<a@thuis.example>", "<vraag@thuis.example>")
    assert not {"Bcc", "X-Mozilla-Draft-Info", "X-Mailtriage"} & set(sent.keys())
    assert text_of(sent).strip() == "Prima, tot morgen!"
    assert desk.lying() == []
    (copy,) = desk.server.folder("alice", "Sent").messages.values()
    assert copy.flags == {"\\Seen"}
    assert copy.raw.replace(b"Bcc: Mo <mo@thuis.example>\r\n", b"") == taken.raw
    desk.rest()
    assert (len(desk.smtp.accepted), desk.lying("Sent"), desk.notices) == (1, ["a"], [])
    assert desk.counts() == {State.SENT: 1}


def test_attachments_go_out_octet_for_octet(desk: Desk) -> None:
    """The body is not touched."""
    parts = (b"text/plain\r\n\r\n.Dag \xe9\r\n", b"application/pdf\r\n\r\n%PDF\r\n")
    body = b"".join(b"--x\r\nContent-Type: " + part for part in parts) + b"--x--\r\n"
    head = reply("a").partition(b"\n\n")[0].replace(b'text/plain; charset="utf-8"', b"multipart/mixed; boundary=x")
    desk.server.deliver("alice", head + b"\r\n\r\n" + body, folder=OUTBOX)
    desk.run()
    assert desk.smtp.accepted[0].raw.partition(b"\r\n\r\n")[2] == body


def test_nothing_is_sent_out_of_hours(desk: Desk) -> None:
    """Not in the evening, not during lessons, not on a free day; the first moment after that it is."""
    desk.clock.moment = EVENING
    desk.write()
    desk.run()
    assert desk.taken == []
    morning = AT_WORK - timedelta(minutes=45)  # 08:15
    assert desk.triage.next_due() == morning
    desk.clock.moment = morning - timedelta(seconds=1)
    desk.run()
    assert desk.taken == []
    desk.clock.moment = morning
    desk.run()
    assert desk.taken == ["a"]


def test_a_schedule_that_changes_while_a_reply_waits(desk: Desk) -> None:
    """The moment is computed anew."""
    desk.clock.moment = EVENING
    desk.write()
    desk.run()
    free = {"days_off": ["2026-09-16"]}
    desk.use(sending(desk.smtp, staff=free))
    desk.clock.moment = AT_WORK
    desk.run()
    assert desk.taken == []
    desk.clock.advance(days=1)
    desk.run()
    assert desk.taken == ["a"]


@pytest.mark.parametrize("how", ["moved", "marked"])
def test_a_reply_that_is_taken_back_is_not_sent(desk: Desk, how: str) -> None:
    """Moved out of the folder, or marked as deleted there, while it waits; put back it is a new order."""
    desk.clock.moment = EVENING
    uid = desk.write()
    desk.run()
    folder = desk.server.folder("alice", OUTBOX)
    message = folder.messages[uid]
    if how == "moved":
        del folder.messages[uid]
    else:
        message.flags.add("\\Deleted")
    desk.clock.moment = AT_WORK
    desk.rest()
    assert (desk.taken, desk.counts()) == ([], {})
    message.flags.discard("\\Deleted")
    folder.messages.pop(uid, None)
    folder.add(message)
    desk.rest()
    assert desk.taken == ["a"]


@pytest.mark.parametrize(
    ("headers", "said"),
    [
        ({"sender": "els@thuis.example"}, "de afzender is niet het adres van dit postvak"),
        ({"sender": "Groep 5 <groep5@school.example>, x@y.example"}, "de afzender is niet"),
        ({"Received": "from a by b; Tue, 15 Sep 2026 21:40:00 +0200"}, "het is een ontvangen bericht"),
        ({"Cc": "kees"}, "een adres erin klopt niet"),
        ({"X_Mailtriage": "digest"}, "het is een bericht van mailtriage zelf"),
    ],
)
def test_what_is_no_reply_of_this_account_stays_and_is_told(desk: Desk, headers: dict[str, str], said: str) -> None:
    """Once, and the mail is not touched."""
    desk.write("a", **headers)
    desk.rest()
    assert (desk.taken, desk.lying(), desk.notices) == ([], ["a"], ["Niet verstuurd: Re: a"])
    assert said in desk.notice()
    assert OUTBOX in desk.notice()


def test_a_reply_to_nobody(desk: Desk) -> None:
    """Is told too; with a recipient it is sent."""
    uid = desk.server.deliver("alice", reply("a").replace(b"To: Kim <kim@thuis.example>\n", b""), folder=OUTBOX)
    desk.rest()
    assert "het heeft geen ontvanger" in desk.notice()
    del desk.server.folder("alice", OUTBOX).messages[uid]
    desk.write("a")
    desk.rest()
    assert (desk.taken, desk.counts()) == (["a"], {State.SENT: 1})


def test_a_reply_without_message_id_gets_one(desk: Desk) -> None:
    """The same whenever it is tried, so that its copy is found."""
    raw = reply("a").replace(b"Message-ID: <a@thuis.example>\n", b"")
    desk.server.deliver("alice", raw, folder=OUTBOX)
    desk.smtp.faults["MAIL"] = "451 later"
    desk.rest()
    (taken,) = desk.smtp.accepted
    made = str(parsed(taken.raw)["Message-ID"])
    assert made.startswith("<mailtriage-send-")
    assert made.endswith("@school.example>")
    assert desk.lying("Sent") == [made[1:].partition("@")[0]]


def test_the_same_mail_again_is_not_sent_again(desk: Desk) -> None:
    """Two at once, and one later: told once; a changed one is another mail."""
    desk.write()
    desk.write()
    desk.rest()
    assert (desk.taken, desk.lying(), desk.notices) == (["a"], ["a"], ["Al eerder verstuurd: Re: a"])
    desk.server.folder("alice", OUTBOX).messages.clear()
    desk.run()
    desk.write()
    desk.rest()
    assert (desk.taken, desk.lying(), len(desk.notices)) == (["a"], ["a"], 1)
    desk.write("a", "Prima, tot overmorgen!")
    desk.rest()
    assert desk.taken == ["a"], "under the same Message-ID it lies in Sent already"
    desk.write("b", "Prima, tot overmorgen!")
    desk.rest()
    assert desk.taken == ["a", "b"]


def test_a_refused_mail_is_told_with_the_server_s_words(desk: Desk) -> None:
    """They stand in the notice alone; once she has mended it, it is sent."""
    desk.smtp.refused_recipients = frozenset({"kim@"})
    uid = desk.write()
    desk.rest()
    assert (desk.taken, desk.lying(), desk.notices) == ([], ["a"], ["Niet verstuurd: Re: a"])
    assert "kim@thuis.example: 5.1.1 nobody of this name" in desk.notice()
    (row,) = Submissions(desk.memory.journal.engine).of("alice").values()
    assert row.outcome == "recipient: the server answered 550 5.1.1"
    assert desk.counts() == {State.REFUSED: 1}
    desk.server.folder("alice", OUTBOX).messages.pop(uid)
    desk.run()
    desk.smtp.refused_recipients = frozenset()
    desk.write()
    desk.rest()
    assert (desk.taken, desk.lying(), desk.counts()) == (["a"], [], {State.SENT: 1})


def test_a_server_that_refuses_for_now_is_asked_again(desk: Desk) -> None:
    """Ever more rarely, for a day; then it is told."""
    desk.smtp.lasting = True
    desk.smtp.faults["RCPT"] = "451 4.7.1 later"
    desk.write()
    moments = []
    for _ in range(7):
        desk.run()
        due = desk.triage.next_due()
        assert due is not None
        moments.append((due - desk.clock()) / timedelta(minutes=1))
        desk.clock.moment = due
    assert moments == [1, 1, 2, 4, 8, 16, 32]
    assert (desk.counts(), desk.notices) == ({State.WAITING: 1}, [])
    desk.clock.advance(days=1)
    desk.run()
    assert (desk.counts(), desk.notices) == ({State.REFUSED: 1}, ["Niet verstuurd: Re: a"])


def test_a_wrong_password_is_tried_once_for_all(desk: Desk) -> None:
    """Servers lock accounts; it stands in the status, and all is sent when it is mended."""
    right = desk.settings
    server = right.accounts[0].smtp
    assert server is not None
    wrong = server.model_dump(exclude_none=True) | {"secret": {"command": ["echo", "x"]}}
    desk.use(sending(desk.smtp, account={"smtp": wrong}))
    for name in "abc":
        desk.write(name)
    triage = desk.triage
    triage.run()
    assert triage.complaints == ["mail cannot be sent: login: the server answered 535 5.7.8"]
    triage.run()
    assert triage.complaints == []
    assert triage.next_due() == AT_WORK + timedelta(minutes=1)
    desk.use(right)
    desk.clock.advance(minutes=1)
    desk.run()
    assert desk.taken == ["a", "b", "c"]


@pytest.mark.parametrize("step", ["dot", "answer"])
def test_an_uncertain_mail_is_told_and_never_sent_again(desk: Desk, step: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever happens after that; changed it is another mail."""
    monkeypatch.setattr(smtp, "DOT_SECONDS", 0.2)
    desk.smtp.faults[step] = "stall"
    uid = desk.write()
    desk.rest()
    desk.drop()
    desk.rest()
    assert desk.taken == ["a"] * (step == "answer")
    assert (desk.lying(), desk.notices) == (["a"], ["Niet zeker verstuurd: Re: a"])
    assert "no answer in time" in desk.notice()
    folder = desk.server.folder("alice", OUTBOX)
    message = folder.messages.pop(uid)
    desk.run()
    folder.add(message)
    desk.rest()
    assert len(desk.notices) == 1
    folder.messages.clear()
    desk.write("b", "Prima, tot morgen dan!")
    desk.rest()
    assert desk.taken[-1] == "b"
    assert desk.counts() == {State.SENT: 1, State.UNCERTAIN: 1}


def test_a_stop_in_the_middle_is_told_in_the_morning(desk: Desk) -> None:
    """Nobody is rung at night, and nothing is sent again."""
    desk.write()
    desk.clock.moment = EVENING
    desk.run()
    store = Submissions(desk.memory.journal.engine)
    (row,) = store.of("alice").values()
    store.begin(row.id, EVENING)
    desk.drop()
    desk.run()
    assert desk.notices == []
    desk.clock.moment = AT_WORK
    desk.rest()
    assert (desk.taken, desk.notices) == ([], ["Niet zeker verstuurd: Re: a"])


def test_a_lost_store_makes_no_second_one(desk: Desk) -> None:
    """A keyword says on the server that it was being sent; and what lies in Sent was sent."""
    desk.smtp.faults["answer"] = "drop"
    desk.write()
    desk.run()
    desk.write("b")
    desk.run()
    raw = desk.server.folder("alice", "Sent").messages[1].raw
    desk.server.folder("alice", "Sent").messages.clear()
    desk.server.deliver("alice", raw, folder="Sent")
    desk.lose_store()
    desk.write("b")
    desk.rest()
    assert desk.taken == ["a", "b"]
    assert desk.notices == [*["Niet zeker verstuurd: Re: a"] * 2, "Al eerder verstuurd: Re: b"], (
        "a new store tells once more"
    )


def test_a_server_that_files_what_it_sends(smtp_server: SmtpServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Gmail and Exchange: no second copy, and what lies in Sent was sent after all."""
    monkeypatch.setattr("mailtriage.triage.sending.FILES_ITSELF", ("127.0.0.1",))
    desk = Desk(smtp_server)
    desk.run()
    for name, fault in (("a", ""), ("b", "drop"), ("c", "")):
        desk.smtp.faults["answer"] = fault
        desk.write(name)
        desk.run()
        if name != "c":
            desk.server.deliver("alice", reply(name), folder="Sent")
    assert sorted(desk.lying()) == ["a", "b", "c"]
    desk.clock.advance(minutes=2)
    desk.rest()
    assert (desk.lying("Sent"), desk.lying(), desk.notices) == (["a", "b", "c"], [], [])


def test_a_full_mailbox_gets_its_copy_later(desk: Desk) -> None:
    """The mail is sent, and stays where it is until the copy lies in Sent."""
    desk.server.refuse_appends = True
    desk.write()
    desk.run()
    assert (desk.taken, desk.lying()) == (["a"], ["a"])
    assert "OVERQUOTA" in desk.triage.complaints[0]
    desk.server.refuse_appends = False
    desk.rest()
    assert (desk.taken, desk.lying(), desk.lying("Sent")) == (["a"], [], ["a"])


def test_ended_between_marking_and_removing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Over IMAP a mail is removed in two steps; what was only marked as deleted goes at the next pass."""
    with monkeypatch.context() as ended:

        def half(mailbox: MemoryMailbox, uids: list[int]) -> None:
            for uid in uids:
                mailbox._selected.messages[uid].flags.add("\\Deleted")
            raise ConnectionLostError("gone")

        ended.setattr(MemoryMailbox, "remove", half)
        desk.write()
        with pytest.raises(ConnectionLostError):
            desk.run()
    assert (desk.taken, desk.lying(), desk.lying("Sent")) == (["a"], ["a"], ["a"])
    desk.rest()
    assert (desk.taken, desk.lying(), desk.lying("Sent"), desk.counts()) == (["a"], [], ["a"], {State.SENT: 1})


def test_without_a_folder_for_sent_mail_nothing_is_sent(desk: Desk) -> None:
    """It would leave no trace with the teacher."""
    desk.server.delete("alice", "Sent")
    desk.write()
    desk.run()
    assert desk.taken == []
    assert "no folder for mail that was sent" in desk.triage.complaints[0]
    desk.server.create("alice", "Verzonden items")
    desk.run()
    assert (desk.taken, desk.lying("Verzonden items")) == (["a"], ["a"])


def test_servers_that_lack_extensions(smtp_server: SmtpServer) -> None:
    """Without UIDPLUS the mail is marked as deleted, and that is as good as gone; labels get no keyword."""
    for server in (MemoryServer(uidplus=False, move=False), MemoryServer(marking=Marking.LABEL)):
        desk = Desk(smtp_server, server)
        desk.run()
        desk.write()
        desk.rest()
        assert desk.lying("Sent") == ["a"]
        left = server.folder("alice", OUTBOX).messages.values()
        assert all("\\Deleted" in message.flags for message in left)
    assert len(smtp_server.accepted) == 2


def test_off_unless_configured() -> None:
    """No folder is made, and nothing is sent that lies in one of this name."""
    rig = Rig()
    rig.server.create("alice", OUTBOX)
    rig.server.deliver("alice", reply("a"), folder=OUTBOX)
    rig.run()
    assert len(rig.server.folder("alice", OUTBOX).messages) == 1
    assert rig.triage.next_due() is None
    assert not [name for name in Rig().started().server.folder_names("alice") if name == OUTBOX]


def test_in_english(smtp_server: SmtpServer) -> None:
    """The folder is Triage/Send, and the notice says so."""
    desk = Desk(smtp_server, school={"language": "en"})
    desk.run()
    desk.server.deliver("alice", reply("a", sender="x@y.example"), folder="Triage/Send")
    desk.rest()
    assert desk.notices == ["Not sent: Re: a"]
    assert "This message in Triage/Send is not sent: the sender is not the address" in desk.notice()


def test_a_mail_over_which_the_connection_is_lost_each_time(desk: Desk) -> None:
    """Keeps neither the account nor the other mails down."""
    desk.write()
    for _ in range(3):
        desk.server.lose("before", "fetch_whole")
        with pytest.raises(ConnectionLostError):
            desk.run()
    desk.write("b")
    desk.run()
    assert desk.taken == ["b"]
    assert "left alone until the next start" in desk.triage.complaints[0]


def test_what_is_settled_is_forgotten_in_time(desk: Desk) -> None:
    """After keep_days, but not while the same mail lies in the folder."""
    desk.write()
    desk.write()
    desk.rest()
    desk.clock.advance(days=200)
    desk.rest()
    assert desk.counts() == {State.SENT: 1}
    desk.server.folder("alice", OUTBOX).messages.clear()
    desk.rest()
    assert desk.counts() == {}
