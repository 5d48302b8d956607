"""Our script beside others on a real server, and servers that refuse, vanish or are somebody else."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import count

import pytest

from mailtriage.act.imap import Connection
from mailtriage.act.managesieve import Scripts, install, opened, remove, standing_of
from mailtriage.act.managesieve.scripts import Listing
from mailtriage.decide.filing import MASTER, OURS, Filing, is_ours
from mailtriage.errors import ConnectionLostError, LoginRefusedError, MailboxError
from tests.decide.test_filing import FIRST, SENDERS, filing
from tests.decide.test_hours import local
from tests.school import mail
from tests.servers import free_port
from tests.servers.sieving import SievingDovecot, sieving

LATER = "Triage/Later"
NIGHT = local(2026, 11, 10, 21)
DAY = local(2026, 11, 10, 9)
TEXT = filing().script(FIRST)
RULES = 'require "fileinto";\nif header :contains "subject" "rooster" {\n  fileinto "Sent";\n  stop;\n}\n'
_users = count(1)


@pytest.fixture
def user() -> str:
    """A user name of one's own."""
    return f"sieve{next(_users)}"


@pytest.fixture
def scripts(sieving_dovecot: SievingDovecot, user: str) -> Iterator[Scripts]:
    """The scripts of that user."""
    with opened(sieving_dovecot.sieve_connection(user)) as found:
        yield found


def filed(
    server: SievingDovecot, user: str, at: datetime, *mails: bytes, sender: str = "kim@thuis.example"
) -> dict[str, int]:
    """Deliver mails at a moment, and count what lies where."""
    server.set_clock(at)
    for raw in mails:
        server.deliver_lmtp(user, raw, sender)
    found = {folder: len(server.lying(user, folder)) for folder in ("INBOX", LATER, "Sent")}
    return {folder: number for folder, number in found.items() if number}


@pytest.mark.dovecot
class TestOnDovecot:
    """Dovecot with Pigeonhole."""

    def test_both_ways_to_tls(self, sieving_dovecot: SievingDovecot, user: str) -> None:
        """STARTTLS and TLS from the first byte, by password and by token; the extensions are those after login."""
        token = sieving_dovecot.token(user)
        for connection in (
            sieving_dovecot.sieve_connection(user),
            sieving_dovecot.sieve_connection(user, security="tls"),
            sieving_dovecot.sieve_connection(user, password=token, mechanism="xoauth2"),
            sieving_dovecot.sieve_connection(user, password=token, mechanism="oauthbearer"),
        ):
            with opened(connection) as scripts:
                assert scripts.extensions >= {"fileinto", "date", "include", "mailbox"}
                assert scripts.listing() == Listing((), "")

    @pytest.mark.parametrize("mechanism", ["password", "xoauth2", "oauthbearer"])
    def test_a_wrong_secret(self, sieving_dovecot: SievingDovecot, user: str, mechanism: str) -> None:
        """It is said, without the secret."""
        wrong = sieving_dovecot.sieve_connection(user, password="niet-dit", mechanism=mechanism)  # type: ignore[arg-type]
        with pytest.raises(LoginRefusedError) as caught, opened(wrong):
            pass
        assert "niet-dit" not in str(caught.value)

    def test_another_authority(self, sieving_dovecot: SievingDovecot, user: str) -> None:
        """A certificate that nobody vouches for is refused before the password is fetched or sent."""
        known = sieving_dovecot.sieve_connection(user)
        stranger = Connection(known.host, known.port, "starttls", user, known.secret)
        with pytest.raises(MailboxError, match="certificate is not trusted"), opened(stranger):
            pass

    @pytest.mark.parametrize("name", ["gewoon", 'met "citaat" en \\', "vakantie ☀", "x" * 100])
    def test_any_name_and_text_comes_back(self, scripts: Scripts, name: str) -> None:
        """Names that need quoting or a literal, and texts with every kind of line."""
        text = '# "q" \\ {3}\nOK\nNO "x"\n'.replace("OK\nNO", "# OK\n# NO") + "keep;\n"
        scripts.put(name, text)
        scripts.activate(name)
        assert scripts.listing() == Listing((name,), name)
        assert scripts.get(name) == text

    def test_where_nothing_was_active(self, sieving_dovecot: SievingDovecot, scripts: Scripts, user: str) -> None:
        """Installed, it files by night and not by day; twice is once; taken away, nothing of it is left."""
        assert any("sieve_default" in note for note in install(scripts, TEXT))
        assert install(scripts, TEXT) == []
        assert standing_of(scripts).runs
        assert filed(sieving_dovecot, user, NIGHT, mail("1")) == {LATER: 1}
        assert filed(sieving_dovecot, user, DAY, mail("2")) == {"INBOX": 1, LATER: 1}
        assert remove(scripts)
        assert not remove(scripts)
        assert scripts.listing() == Listing((), "")
        assert filed(sieving_dovecot, user, NIGHT, mail("3")) == {"INBOX": 2, LATER: 1}

    @pytest.mark.parametrize("name", ["regels", 'mijn "regels" \\ ☀'])
    def test_beside_an_active_script(
        self, sieving_dovecot: SievingDovecot, scripts: Scripts, user: str, name: str
    ) -> None:
        """The earlier script files what it always did, day and night; afterwards it is active again, as it was."""
        scripts.put(name, RULES)
        scripts.activate(name)
        assert install(scripts, TEXT) == []
        assert install(scripts, TEXT) == []
        assert standing_of(scripts).earlier == name
        rooster = mail("r", subject="Het rooster")
        assert filed(sieving_dovecot, user, NIGHT, mail("1"), rooster) == {LATER: 1, "Sent": 1}
        assert filed(sieving_dovecot, user, DAY, mail("2"), rooster) == {"INBOX": 1, LATER: 1, "Sent": 2}
        scripts.put(name, RULES.replace("rooster", "fiets"))
        assert filed(sieving_dovecot, user, DAY, mail("f", subject="De fiets")) == {"INBOX": 1, LATER: 1, "Sent": 3}
        assert remove(scripts)
        assert scripts.listing() == Listing((name,), name)
        assert scripts.get(name) == RULES.replace("rooster", "fiets")

    def test_each_script_that_goes_leaves_the_other(
        self, sieving_dovecot: SievingDovecot, scripts: Scripts, user: str
    ) -> None:
        """Without the earlier one ours goes on; without ours the earlier one goes on, and the rest is in the inbox."""
        rooster = mail("r", subject="Het rooster")
        scripts.put("regels", RULES)
        scripts.activate("regels")
        install(scripts, TEXT)
        scripts.delete(OURS)
        assert filed(sieving_dovecot, user, NIGHT, mail("1"), rooster) == {"INBOX": 1, "Sent": 1}
        install(scripts, TEXT)
        scripts.delete("regels")
        assert filed(sieving_dovecot, user, NIGHT, mail("2"), rooster) == {"INBOX": 1, LATER: 2, "Sent": 1}
        assert remove(scripts)
        assert scripts.listing() == Listing((), "")

    def test_ours_alone_that_goes_leaves_mail_in_the_inbox(
        self, sieving_dovecot: SievingDovecot, scripts: Scripts, user: str
    ) -> None:
        """Whoever deletes it by hand has no filing any more."""
        install(scripts, TEXT)
        assert filed(sieving_dovecot, user, NIGHT, mail("1")) == {LATER: 1}
        scripts.delete(OURS)
        assert filed(sieving_dovecot, user, NIGHT, mail("2")) == {"INBOX": 1, LATER: 1}

    def test_a_broken_earlier_script_leaves_mail_in_the_inbox(
        self, sieving_dovecot: SievingDovecot, scripts: Scripts, user: str
    ) -> None:
        """As it did before us: an error fails open."""
        broken = 'require ["fileinto", "variables"];\nset "f" "INBOX/../x";\nfileinto "${f}";\n'
        scripts.put("stuk", broken)
        scripts.activate("stuk")
        install(scripts, TEXT)
        assert filed(sieving_dovecot, user, NIGHT, mail("1")) == {"INBOX": 1}

    def test_after_the_last_day_nothing_is_filed(
        self, sieving_dovecot: SievingDovecot, scripts: Scripts, user: str
    ) -> None:
        """A script that nobody renews stops by itself."""
        install(scripts, filing().script(FIRST, 30))
        assert filed(sieving_dovecot, user, local(2026, 11, 19, 0, 59), mail("1")) == {LATER: 1}
        assert filed(sieving_dovecot, user, local(2026, 11, 19, 1, 0), mail("2")) == {"INBOX": 1, LATER: 1}

    def test_delivery_across_both_clock_changes(
        self, sieving_dovecot: SievingDovecot, scripts: Scripts, user: str
    ) -> None:
        """The same hour of the day, a week apart, in summer and winter time: 08:15 is the first minute at work."""
        install(scripts, filing().script(FIRST, 200))
        early = [
            local(2026, 10, 23, 8, 14),
            local(2026, 10, 26, 8, 14),
            local(2027, 3, 25, 8, 14),
            local(2027, 3, 30, 8, 14),
        ]
        for number, moment in enumerate(early, start=1):
            assert filed(sieving_dovecot, user, moment, mail(f"e{number}")) == {LATER: number}
        at_work = [moment.replace(minute=16) for moment in early]
        for number, moment in enumerate(at_work, start=1):
            assert filed(sieving_dovecot, user, moment, mail(f"w{number}")) == {"INBOX": number, LATER: 4}

    def test_bounces_and_colleagues_stay_in_the_inbox(
        self, sieving_dovecot: SievingDovecot, scripts: Scripts, user: str
    ) -> None:
        """A null sender in the envelope, and a colleague at night."""
        install(scripts, TEXT)
        assert filed(sieving_dovecot, user, NIGHT, mail("1"), sender="") == {"INBOX": 1}
        assert filed(sieving_dovecot, user, NIGHT, mail("2", sender="kim@school.example")) == {"INBOX": 2}

    def test_a_refused_script_changes_nothing(self, scripts: Scripts) -> None:
        """Neither at first nor over one that is installed."""
        scripts.put("regels", RULES)
        scripts.activate("regels")
        with pytest.raises(MailboxError, match="nothing was changed") as caught:
            install(scripts, 'require "nonsense";\n')
        assert "nonsense" in caught.value.what
        assert scripts.listing() == Listing(("regels",), "regels")
        install(scripts, TEXT)
        before = standing_of(scripts)
        with pytest.raises(MailboxError, match="nothing was changed"):
            install(scripts, 'require "nonsense";\n')
        assert standing_of(scripts) == before

    def test_an_activation_that_is_refused_is_undone(self, scripts: Scripts, monkeypatch: pytest.MonkeyPatch) -> None:
        """What was put there before it is taken away again."""
        scripts.put("regels", RULES)
        scripts.activate("regels")
        real = scripts.activate

        def refuse(name: str) -> None:
            if name == MASTER:
                raise MailboxError("the server refused SETACTIVE")
            real(name)

        monkeypatch.setattr(scripts, "activate", refuse)
        with pytest.raises(MailboxError, match="nothing was changed"):
            install(scripts, TEXT)
        assert scripts.listing() == Listing(("regels",), "regels")

    @pytest.mark.parametrize("name", [OURS, MASTER])
    def test_a_script_of_our_name_that_is_not_ours(self, scripts: Scripts, name: str) -> None:
        """It is left alone."""
        scripts.put(name, "keep;\n")
        for act in (lambda: install(scripts, TEXT), lambda: remove(scripts)):
            with pytest.raises(MailboxError, match="did not write"):
                act()
        assert scripts.get(name) == "keep;\n"

    @pytest.mark.parametrize("name", [OURS, MASTER])
    def test_what_somebody_added_to_ours_is_not_lost(self, scripts: Scripts, name: str) -> None:
        """Some programs edit whatever script is active. Installing refuses; removing leaves the script, inactive."""
        scripts.put("regels", RULES)
        scripts.activate("regels")
        install(scripts, TEXT)
        changed = scripts.get(name) + "# mijn regel\n"
        scripts.put(name, changed)
        with pytest.raises(MailboxError, match=f"somebody changed {name} by hand"):
            install(scripts, filing(folder="Anders").script(FIRST))
        with pytest.raises(MailboxError, match="still there"):
            remove(scripts)
        assert scripts.get(name) == changed
        assert set(scripts.listing().names) == {name, "regels"}
        assert scripts.listing().active == "regels"

    def test_an_earlier_script_that_goes_on_is_told_of(self, scripts: Scripts) -> None:
        """Mail that it files without ``stop`` would lie in two folders."""
        scripts.put("regels", RULES.replace("  stop;\n", ""))
        scripts.activate("regels")
        notes = install(scripts, TEXT)
        assert [note.partition(" and then")[0] for note in notes] == ["regels says where some mail goes (fileinto)"]

    def test_a_script_that_is_made_active_later_becomes_the_earlier_one(self, scripts: Scripts) -> None:
        """Installing again puts ours beside the teacher's new choice."""
        scripts.put("oud", RULES)
        scripts.activate("oud")
        install(scripts, TEXT)
        scripts.put("nieuw", RULES)
        scripts.activate("nieuw")
        assert not standing_of(scripts).runs
        install(scripts, TEXT)
        assert standing_of(scripts).earlier == "nieuw"
        remove(scripts)
        assert scripts.listing().active == "nieuw"
        assert set(scripts.listing().names) == {"nieuw", "oud"}


@pytest.mark.dovecot
def test_the_servers_own_script_for_everybody_is_not_switched_off() -> None:
    """It cannot be included, so ours is refused where the server shows it as the active one."""
    with sieving("sieve_default_name = school\n  sieve_default = file:{base}/school.sieve") as server:
        (server.base / "school.sieve").write_text(RULES)
        with opened(server.sieve_connection("bob")) as scripts:
            assert scripts.listing().active == "school"
            with pytest.raises(MailboxError, match="for everybody; nothing was changed"):
                install(scripts, TEXT)
            assert scripts.listing() == Listing(("school",), "school")


@pytest.mark.dovecot
def test_a_server_that_cannot_include_or_make_folders() -> None:
    """Alone, ours is made the active one itself; beside another script it is refused. Too little Sieve is told."""
    with (
        sieving("sieve_extensions = -include -mailbox") as server,
        opened(server.sieve_connection("bob")) as scripts,
        opened(server.sieve_connection("eve")) as others,
    ):
        text = Filing("x", filing().schedules, SENDERS, "Drafts", create="mailbox" in scripts.extensions).script(FIRST)
        install(scripts, text)
        assert scripts.listing() == Listing((OURS,), OURS)
        install(scripts, text)
        assert remove(scripts)
        others.put("regels", RULES)
        others.activate("regels")
        with pytest.raises(MailboxError, match="cannot run two scripts"):
            install(others, text)
        assert others.listing() == Listing(("regels",), "regels")
    with sieving("sieve_extensions = -date") as server, opened(server.sieve_connection("bob")) as scripts:
        with pytest.raises(MailboxError, match="lacks date; nothing was changed"):
            install(scripts, TEXT)
        assert scripts.listing() == Listing((), "")


@contextmanager
def scripted(*pieces: bytes, hold: bool = False) -> Iterator[Connection]:
    """A server that says one piece at once, and one more at each line it gets; then it hangs up, or is silent."""
    done = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            client, _ = listener.accept()
            with client, client.makefile("rb") as lines:
                for piece in pieces:
                    client.sendall(piece)
                    if piece is not pieces[-1] or hold:
                        lines.readline()
                if hold:
                    done.wait(20)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        port = listener.getsockname()[1]
        try:
            yield Connection("127.0.0.1", port, "none", "kim", lambda: "geheim", timeout=1.0)
        finally:
            done.set()
            thread.join(20)


HELLO = b'"SIEVE" "fileinto"\r\n"SASL" "PLAIN"\r\n"STARTTLS"\r\nOK "hello"\r\n'


def over(connection: Connection, **changed: object) -> Connection:
    """The same connection, changed."""
    fields = {name: getattr(connection, name) for name in ("host", "port", "security", "username", "secret", "timeout")}
    return Connection(**(fields | changed))


def test_nobody_there() -> None:
    """A server that is absent."""
    with (
        pytest.raises(ConnectionLostError, match="nothing listens there"),
        opened(Connection("127.0.0.1", free_port(), "none", "kim", lambda: "geheim", timeout=2)),
    ):
        pass


def test_an_unprotected_connection_elsewhere() -> None:
    """It is refused before the secret is fetched."""

    def secret() -> str:
        raise AssertionError("fetched")

    with (
        pytest.raises(MailboxError, match="this machine alone"),
        opened(Connection("sieve.school.example", 4190, "none", "kim", secret)),
    ):
        pass


@pytest.mark.parametrize(
    ("pieces", "error", "what"),
    [
        ((b"",), ConnectionLostError, "closed the connection"),
        ((b'BYE "too many"\r\n',), ConnectionLostError, "ended the connection: too many"),
        ((b"220 mail.example ESMTP\r\n",), ConnectionLostError, "closed the connection"),
        ((b'"unfinished\r\n',), MailboxError, "no ManageSieve"),
        ((b"{999999999}\r\n",), MailboxError, "no ManageSieve"),
        ((b"x" * 100_000,), MailboxError, "no ManageSieve"),
        ((b'"SASL" "SCRAM-SHA-1"\r\nOK\r\n',), MailboxError, "offers no login by PLAIN"),
        ((HELLO, b'NO (AUTH-TOO-WEAK) "no"\r\n'), LoginRefusedError, "refused the login: no"),
        ((HELLO, b'"Z2VlZg=="\r\n', b'NO "no"\r\n'), LoginRefusedError, "refused the login"),
    ],
)
def test_servers_that_are_none(pieces: tuple[bytes, ...], error: type[Exception], what: str) -> None:
    """Each is told for what it is."""
    with scripted(*pieces) as connection, pytest.raises(error, match=what), opened(connection):
        pass


def test_a_silent_server_is_left_in_time() -> None:
    """Also one that began to answer."""
    told = pytest.raises(ConnectionLostError, match="in time")
    with scripted(b'"SIEVE" "file', hold=True) as connection, told, opened(connection):
        pass


def test_no_starttls_no_login() -> None:
    """The password never goes out unprotected where TLS was asked for."""
    bare = HELLO.replace(b'"STARTTLS"\r\n', b"")
    told = pytest.raises(MailboxError, match="offers no STARTTLS")
    with scripted(bare) as connection, told, opened(over(connection, security="starttls")):
        pass


def test_words_slipped_in_before_tls_are_refused() -> None:
    """What comes in one piece with the answer to STARTTLS could be anybody's."""
    told = pytest.raises(MailboxError, match="more before TLS")
    slipped = b'OK\r\n"SASL" "PLAIN"\r\nOK\r\n'
    with scripted(HELLO, slipped) as connection, told, opened(over(connection, security="starttls")):
        pass


def test_warnings_do_not_get_the_answers_out_of_step() -> None:
    """A literal behind OK belongs to that answer (RFC 5804 §1.3)."""
    long = b"line 1: warning\r\nOK\r\n"
    answers = (
        HELLO,
        b"OK\r\n",
        HELLO.replace(b'"STARTTLS"', b'"VERSION" "1.0"'),
        b"OK (WARNINGS) {%d}\r\n%s\r\n" % (len(long), long),
    )
    listing = b'{3}\r\nOK"\r\n"b\\"c" ACTIVE\r\nOK\r\n'
    with scripted_session(*answers, listing) as connection, opened(connection) as scripts:
        assert scripts.check("keep;").startswith("line 1: warning")
        assert scripts.listing() == Listing(('OK"', 'b"c'), 'b"c')


@contextmanager
def scripted_session(*pieces: bytes) -> Iterator[Connection]:
    """Like ``scripted``, for commands with literals: a line with ``{n+}`` is read with what follows it."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def command(lines: Callable[[], bytes], read: Callable[[int], bytes]) -> None:
            line = lines()
            while line.rstrip().endswith(b"+}"):
                read(int(line.rpartition(b"{")[2].partition(b"+")[0]))
                line = lines()

        def serve() -> None:
            client, _ = listener.accept()
            with client, client.makefile("rb") as file:
                for piece in pieces:
                    client.sendall(piece)
                    command(file.readline, file.read)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield Connection("127.0.0.1", listener.getsockname()[1], "none", "kim", lambda: "geheim", timeout=5.0)
        thread.join(20)


def test_is_ours_knows_both() -> None:
    """Both scripts of ours, and no other."""
    assert is_ours(TEXT)
    assert not is_ours(RULES)
