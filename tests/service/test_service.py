"""The service in threads, on a real Dovecot."""

from __future__ import annotations

import random
import threading
from collections import Counter

import pytest

from mailtriage.act.mailbox import Mailbox
from mailtriage.errors import ConfigurationError, LoginRefusedError, StoreError
from mailtriage.service import Opening, Service, connector, worker
from mailtriage.settings import Account
from tests.act.rig import text_of
from tests.school import AT_WORK, EVENING, HandClock, memory, opening, settings
from tests.servers.dovecot import Dovecot, running
from tests.service.bench import account, at_school, reached, serving, teacher, until

pytestmark = pytest.mark.dovecot


@pytest.fixture(autouse=True)
def _soon_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """A lost connection is tried again at once, so that no test waits."""
    quick = [(kind, first if kind is LoginRefusedError else 0.05, 0.2) for kind, first, _ in worker.DELAYS]
    monkeypatch.setattr(worker, "DELAYS", [(kind, first, max(first, most)) for kind, first, most in quick])
    monkeypatch.setattr(worker, "JITTER", 0.0)


def test_a_mail_gets_its_draft_and_mark_while_the_service_idles(dovecot: Dovecot) -> None:
    """Nothing asks for it: the server tells of its arrival. The digest tells the teacher."""
    chosen = at_school(dovecot, "idler")
    with serving(chosen) as (_, store), teacher(dovecot, "idler") as her:
        reached(store, "idler")
        her.get("a")
        assert until(her.drafts) == ["a"]
        until(lambda: her.flags()["a"] == {"Triage-Inhoudelijk"})
        (digest,) = until(her.digests)
        assert "Er staat een antwoord klaar" in text_of(digest)
        (_, flags, draft) = her.messages("Drafts")[0]
        assert flags - {"\\Recent"} == {"\\Draft", "\\Seen"}
        assert draft["References"] == "<a@thuis.example>"


def test_a_wrong_password_of_one_account_is_not_the_others_trouble(dovecot: Dovecot) -> None:
    """The other works; the wrong one is tried once and then left alone for minutes, since servers lock accounts."""
    chosen = at_school(dovecot, "wrong", "right", changed={"secret": {"command": ["printf", "fout"]}})
    tried: Counter[str] = Counter()

    def counted(one: Account) -> Mailbox:
        tried[one.name] += 1
        return connector(one)

    with serving(chosen, connect=counted) as (_, store), teacher(dovecot, "right") as her:
        reached(store, "right")
        her.get("a")
        assert until(her.drafts) == ["a"]
        assert "refused the login" in (until(lambda: store.journal.account("wrong").trouble) or "")
    assert tried == {"wrong": 1, "right": 1}


def test_whoever_mends_a_password_does_not_wait(dovecot: Dovecot) -> None:
    """A reload tries again at once."""
    chosen = at_school(dovecot, "mended")
    fetched = iter(["fout"])
    refused = threading.Event()

    def connect(one: Account) -> Mailbox:
        for _ in fetched:
            refused.set()
            raise LoginRefusedError("the server refused the login")
        return connector(one)

    with serving(chosen, connect=connect) as (service, store):
        assert refused.wait(10)
        assert service.reload(lambda: opening(chosen))
        reached(store, "mended")


def test_a_server_that_was_away_is_found_again() -> None:
    """Mail that came meanwhile is dealt with, and the trouble is over."""
    with running() as server, serving(at_school(server, "alice")) as (_, store):
        reached(store, "alice")
        server.stop()
        until(lambda: store.journal.account("alice").trouble)
        server.start()
        with teacher(server, "alice") as her:
            her.get("a")
            assert until(her.drafts) == ["a"]
        until(lambda: store.journal.account("alice").trouble is None)


def test_a_server_that_is_killed_in_the_middle_gets_no_draft_twice() -> None:
    """Several times, at any moment of a burst of mail: at the end there is one draft for each."""
    chance = random.Random(2)  # noqa: S311 - moments of a test
    pause = threading.Event()
    with running() as server, serving(at_school(server, "alice")) as (_, store):
        reached(store, "alice")
        for burst in range(3):
            with teacher(server, "alice") as her:
                for number in range(6):
                    her.get(f"m{burst}{number}")
            pause.wait(chance.random() * 0.4)
            server.kill()
            server.start()
        names = [f"m{burst}{number}" for burst in range(3) for number in range(6)]
        with teacher(server, "alice") as her:
            until(lambda: her.drafts() == names)
            until(lambda: not store.journal.open_intents("alice"))
            assert her.drafts() == names
            assert all("\\Seen" not in flags for flags in her.flags().values())


def test_digests_of_an_evening_and_a_morning(dovecot: Dovecot) -> None:
    """Nothing in the evening; in the morning what is still unread, in one digest that replaces an unread one and leaves
    a read one; subjects are shown as text."""
    clock = HandClock(EVENING)
    chosen = settings(accounts=[account(dovecot, "digested")])
    with serving(chosen, clock=clock) as (service, store), teacher(dovecot, "digested") as her:
        reached(store, "digested")
        her.get("read", "notice", subject="Al gelezen")
        her.get("evil", "notice", subject="<script>alert(1)</script>\u202efdp.exe")
        until(lambda: len(store.bells.waiting("digested")) == 2)
        assert her.digests(unread=False) == []
        her.flag(lambda one: one["Subject"] == "Al gelezen", "\\Seen")
        clock.moment = AT_WORK
        service.wake()
        (first,) = until(her.digests)
        text, html = text_of(first), text_of(first, "html")
        assert "Al gelezen" not in text
        assert "&lt;script&gt;" in html
        assert "<script" not in html
        assert "\u202e" not in text + html + str(first["Subject"])
        her.get("more", "notice", subject="Nog een")
        (second,) = until(lambda: [one for one in her.digests(unread=False) if "Nog een" in text_of(one)])
        until(lambda: len(her.digests(unread=False)) == 1)
        assert "script" in text_of(second)
        her.flag(lambda one: one["X-Mailtriage"] == "digest", "\\Seen")
        her.get("last", "notice", subject="De laatste")
        until(her.digests)
        until(lambda: len(her.digests(unread=False)) == 2)


def test_a_reload_takes_a_valid_configuration_and_refuses_a_wrong_one(dovecot: Dovecot) -> None:
    """A refused one, whatever it raises, leaves everything as it was; a new account is watched from then on."""
    chosen = at_school(dovecot, "kept")
    with serving(chosen) as (service, store), teacher(dovecot, "kept") as her, teacher(dovecot, "added") as other:
        reached(store, "kept")

        def broken() -> Opening:
            raise ConfigurationError("no such key", "config.toml")

        def bug() -> Opening:
            raise ZeroDivisionError

        assert not service.reload(broken)
        assert not service.reload(bug)
        her.get("a")
        assert until(her.drafts) == ["a"]
        assert service.reload(lambda: opening(at_school(dovecot, "kept", "added")))
        reached(store, "added")
        her.get("b")
        other.get("c")
        until(lambda: her.drafts() == ["a", "b"])
        assert until(other.drafts) == ["c"]
        assert service.reload(lambda: opening(at_school(dovecot, "added")))
        other.get("d")
        until(lambda: other.drafts() == ["c", "d"])


def test_a_changed_account_never_has_two_workers(dovecot: Dovecot, monkeypatch: pytest.MonkeyPatch) -> None:
    """The old one hangs on a dead network and does not end in time: the new one begins only after it."""
    monkeypatch.setattr("mailtriage.service.service.GRACE", 0.05)
    held, released, hanging = threading.Event(), threading.Event(), threading.Event()
    logins: list[bool] = []

    def connect(one: Account) -> Mailbox:
        logins.append(held.is_set() and not released.is_set())
        if not held.is_set():
            held.set()
            hanging.set()
            released.wait(20)
        return connector(one)

    with serving(at_school(dovecot, "changed"), connect=connect) as (service, store):
        assert hanging.wait(10)
        quicker = at_school(dovecot, "changed", changed={"poll_seconds": 3.0})
        assert service.reload(lambda: opening(quicker))
        assert logins == [False]
        released.set()
        reached(store, "changed")
    assert logins == [False, False]


def test_a_second_service_is_refused(tmp_path_factory: pytest.TempPathFactory) -> None:
    """As long as the first one runs, and not a moment longer."""
    kept = memory(tmp_path_factory.mktemp("store") / "store.sqlite")
    chosen = settings(accounts=[])
    with serving(chosen, kept):
        with pytest.raises(StoreError, match="another mailtriage"):
            Service(opening(chosen), kept).once()
        with pytest.raises(StoreError, match="another mailtriage"):
            Service(opening(chosen), kept).start()
    assert Service(opening(chosen), kept).once() == []


def test_one_pass_goes_on_past_an_account_that_fails(dovecot: Dovecot, monkeypatch: pytest.MonkeyPatch) -> None:
    """Even past a bug; it names those that failed, and forgets what is too old, as the service does."""
    kept = memory()
    chosen = at_school(dovecot, "bug", "works")
    forgotten: Counter[bool] = Counter()
    monkeypatch.setattr(type(kept.journal), "forget_before", lambda *_: forgotten.update([True]) or 0)

    def connect(one: Account) -> Mailbox:
        if one.name == "bug":
            raise ZeroDivisionError
        return connector(one)

    service = Service(opening(chosen), kept, connect=connect)
    assert service.once() == ["bug"]
    with teacher(dovecot, "works") as her:
        her.get("a")
        assert service.once() == ["bug"]
        assert service.once() == ["bug"]
        assert her.drafts() == ["a"]
    assert forgotten[True] == 3
    assert kept.journal.account("bug").trouble == "ZeroDivisionError"
