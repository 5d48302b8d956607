"""Opening, migrating, locking; and a database that is damaged, newer, or out of reach."""

from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, MetaData, inspect, text

from mailtriage.errors import StoreError
from mailtriage.store import Bells, Journal, Lock, default_path, open_database
from mailtriage.store.migrations import STEPS, Step, migrate
from mailtriage.store.schema import metadata
from tests.school import AT_WORK


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where a database will be."""
    return tmp_path / "state" / "store.sqlite"


def named(engine: Engine) -> list[str]:
    """The names of the migrations that a database records, in order."""
    with engine.connect() as connection:
        return list(connection.execute(text("SELECT name FROM migrations ORDER BY name")).scalars())


def described(engine: Engine) -> dict[str, object]:
    """Tables, columns, indexes and keys, as the database has them."""
    seen = inspect(engine)
    return {
        table: (
            [(column["name"], str(column["type"]), column["nullable"]) for column in seen.get_columns(table)],
            sorted((str(index["name"]), tuple(index["column_names"])) for index in seen.get_indexes(table)),
            sorted(tuple(unique["column_names"]) for unique in seen.get_unique_constraints(table)),
            sorted((key["referred_table"], tuple(key["constrained_columns"])) for key in seen.get_foreign_keys(table)),
            seen.get_pk_constraint(table)["constrained_columns"],
        )
        for table in seen.get_table_names()
    }


def test_the_migrations_leave_what_the_schema_says(file: Path, tmp_path: Path) -> None:
    """Table by table, column by column."""
    migrated = open_database(str(file))
    made = open_database(str(tmp_path / "other.sqlite"))
    with made.begin() as connection:
        old = MetaData()
        old.reflect(connection)
        old.drop_all(connection)
        metadata.create_all(connection)
    assert described(migrated) == described(made)


def test_migrations_run_once_in_order(file: Path) -> None:
    """And each is recorded; opening again runs none."""
    engine = open_database(str(file))
    assert named(engine) == sorted(name for name, _ in STEPS)
    salt = Journal(engine).fingerprint("x")
    assert migrate(engine) == []
    assert Journal(open_database(str(file))).fingerprint("x") == salt


def test_two_that_open_at_once_migrate_once(file: Path) -> None:
    """A service and ``status`` at the same moment: neither fails, and both see one store."""
    salts: list[str] = []
    threads = [
        threading.Thread(target=lambda: salts.append(Journal(open_database(str(file))).fingerprint("x")))
        for _ in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(salts) == 6
    assert len(set(salts)) == 1


def _half_done(connection: Connection) -> None:
    connection.execute(text("CREATE TABLE half (done INTEGER)"))
    connection.execute(text("INSERT INTO half VALUES (1)"))
    connection.execute(text("INSERT INTO nowhere VALUES (1)"))


def test_a_failing_migration_leaves_the_earlier_ones_and_nothing_of_itself(file: Path) -> None:
    """Not even the table that it made before it failed; mended, it runs."""
    engine = open_database(str(file))
    made: list[str] = []
    good: tuple[str, Step] = ("0005-good", lambda connection: made.append(str(connection.engine.dialect.name)))
    with pytest.raises(StoreError, match="no such table: nowhere"):
        migrate(engine, (*STEPS, good, ("0006-half", _half_done)))
    assert named(engine)[-1] == "0005-good"
    assert "half" not in inspect(engine).get_table_names()
    assert migrate(engine, (*STEPS, good, ("0006-half", lambda _: None))) == ["0006-half"]
    assert made == ["sqlite"]


def test_a_newer_database_is_refused_and_left_alone(file: Path) -> None:
    """With the step that is not known, and what to do."""
    engine = open_database(str(file))
    migrate(engine, (*STEPS, ("0099-future", lambda _: None)))
    with pytest.raises(StoreError, match="0099-future") as caught:
        open_database(str(file))
    assert "newer version" in caught.value.advice


def test_only_its_user_may_read_it(tmp_path: Path) -> None:
    """The file, and what SQLite puts beside it; by path and by URL, whatever the umask."""
    before = os.umask(0)
    try:
        for number, url in enumerate(("{}", "sqlite:///{}")):
            path = tmp_path / str(number) / "store.sqlite"
            engine = open_database(url.format(path))
            Journal(engine).contact("alice", AT_WORK)
            Lock(engine).take()
            assert {stat.S_IMODE(one.stat().st_mode) for one in path.parent.iterdir()} == {0o600}
            assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    finally:
        os.umask(before)


@pytest.mark.parametrize("name", ["a b.sqlite", "50%.sqlite", "wat?.sqlite", "ë#.sqlite"])
def test_a_path_is_a_path(tmp_path: Path, name: str) -> None:
    """Also where it holds signs that mean something in a URL."""
    open_database(str(tmp_path / name)).dispose()
    assert (tmp_path / name).stat().st_size > 0


@pytest.mark.parametrize(
    "damage", [b"this is no database, but a text of some length" * 100, b"SQLite format 3\0" + b"\xff" * 5000]
)
def test_a_damaged_database_is_told_with_advice(file: Path, damage: bytes) -> None:
    """What is wrong, which file, and that it can be put aside."""
    file.parent.mkdir()
    file.write_bytes(damage)
    with pytest.raises(StoreError) as caught:
        open_database(str(file))
    assert str(file) in caught.value.where
    assert "put aside" in caught.value.advice
    assert file.read_bytes() == damage


def test_a_database_that_breaks_later_is_told_too(file: Path) -> None:
    """Every question and every note of the store raises ``StoreError``, never the library's own."""
    engine = open_database(str(file))
    journal, bells = Journal(engine), Bells(engine)
    with engine.begin() as connection:
        for table in ("notifications", "intents", "messages", "folders", "accounts", "digests"):
            connection.execute(text(f"DROP TABLE {table}"))
    for call in (
        lambda: journal.contact("alice", AT_WORK),
        lambda: journal.watermark("alice", "INBOX"),
        lambda: journal.forget_before(AT_WORK),
        lambda: journal.counts("alice"),
        lambda: bells.waiting("alice"),
        lambda: bells.next_due("alice"),
        lambda: bells.drop([1]),
    ):
        with pytest.raises(StoreError, match="no such table"):
            call()


def test_a_store_without_its_salt_is_refused(file: Path) -> None:
    """It could recognise nothing."""
    engine = open_database(str(file))
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM facts"))
    with pytest.raises(StoreError):
        Journal(engine)


@pytest.mark.parametrize("place", ["taken/store.sqlite", "taken/deeper/store.sqlite"])
def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path, place: str) -> None:
    """A file stands where the folder should be."""
    (tmp_path / "taken").write_text("a file")
    with pytest.raises(StoreError) as caught:
        open_database(str(tmp_path / place))
    assert "[store] url" in caught.value.advice


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_read_only_folder_is_told(tmp_path: Path) -> None:
    """The rights of the folder are not enough."""
    tmp_path.chmod(0o500)
    with pytest.raises(StoreError, match="Permission denied"):
        open_database(str(tmp_path / "store.sqlite"))


@pytest.mark.parametrize("url", ["nonsense://", "postgresql+nowhere://u:geheim@h/d", "sqlite://host/x"])
def test_a_wrong_url_is_told_without_its_password(url: str) -> None:
    """Whatever is wrong with it."""
    with pytest.raises(StoreError) as caught:
        open_database(url)
    assert "geheim" not in f"{caught.value} {caught.value.advice}"


def test_where_the_store_is_by_default(tmp_path: Path) -> None:
    """In the service's state folder, else in the user's."""
    assert default_path({"STATE_DIRECTORY": "/var/lib/mailtriage:/x"}) == Path("/var/lib/mailtriage/mailtriage.sqlite")
    assert default_path({"XDG_STATE_HOME": str(tmp_path)}) == tmp_path / "mailtriage" / "mailtriage.sqlite"
    assert default_path({}).name == "mailtriage.sqlite"


def test_a_locked_database_is_told_not_waited_for_for_ever(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another program holds it: the call fails as ``StoreError`` and works once it is free."""
    monkeypatch.setattr("mailtriage.store.database.BUSY_MILLISECONDS", 10)
    journal = Journal(open_database(str(file)))
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreError, match="locked"):
        journal.contact("alice", AT_WORK)
    assert journal.account("alice").last_contact is None
    other.execute("ROLLBACK")
    other.close()
    journal.contact("alice", AT_WORK)


def test_one_service_to_a_store(file: Path) -> None:
    """A second one is refused while the first runs, and not after it; taking twice is once."""
    engine = open_database(str(file))
    first, second = Lock(engine), Lock(open_database(str(file)))
    first.take()
    first.take()
    with pytest.raises(StoreError, match="another mailtriage"):
        second.take()
    first.release()
    second.take()
    second.release()
    Lock(open_database("sqlite://")).take()


def test_the_lock_goes_with_its_process(file: Path) -> None:
    """A service that was killed keeps nobody out."""
    engine = open_database(str(file))
    code = (
        "import sys; from mailtriage.store import Lock, open_database; "
        f"Lock(open_database({str(file)!r})).take() ; print('taken', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"taken\n"
        with pytest.raises(StoreError):
            Lock(engine).take()
        other.kill()
    Lock(engine).take()


def test_many_threads_write_at_once(file: Path) -> None:
    """Each account has its thread; nobody's note is lost, and nobody is refused."""
    journal = Journal(open_database(str(file)))
    failures: list[Exception] = []

    def work(name: str) -> None:
        try:
            for _ in range(20):
                journal.contact(name, AT_WORK)
                journal.trouble(name, "x", AT_WORK)
        except Exception as error:  # told at the end of the test
            failures.append(error)

    threads = [threading.Thread(target=work, args=(f"a{number}",)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert all(journal.account(f"a{number}").trouble == "x" for number in range(8))
