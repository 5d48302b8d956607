"""A running service judges by the model that is taken into use, and keeps the old one where that cannot be used."""

from __future__ import annotations

from pathlib import Path

import pytest
from structlog.testing import capture_logs

from mailtriage.errors import ModelError
from mailtriage.modelfiles import ARRAYS, rollback, use
from mailtriage.service import Opening, Service
from mailtriage.settings import Settings
from tests.modelfiles.conftest import put
from tests.school import memory


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The school's own folder of models with two in it; what comes with the program is a third."""
    put(tmp_path / "shipped", "shipped", seed=9)
    monkeypatch.setattr("mailtriage.modelfiles.catalogue.shipped_folder", lambda: tmp_path / "shipped")
    for seed, name in enumerate(("a", "b")):
        put(tmp_path / "own", name, seed=seed)
    return tmp_path / "own"


def service(own: Path, model: str = "current") -> Service:
    """A service without accounts; it is not started."""
    settings = Settings.model_validate({"classifier": {"model": model, "models": own}})
    return Service(Opening.of(settings, own), memory())


def judging(one: Service) -> str:
    """The name of the model that a service judges by."""
    return one._opening.judge.name


def test_taking_and_rolling_back_are_followed(own: Path) -> None:
    """The next look sees it; a look without a change does nothing."""
    running = service(own)
    assert judging(running) == "shipped"
    assert not running.follow_model()
    use("a", own)
    assert running.follow_model()
    assert judging(running) == "a"
    assert not running.follow_model()
    use("b", own)
    running.follow_model()
    assert judging(running) == "b"
    rollback(own)
    running.follow_model()
    assert judging(running) == "a"


def test_a_model_that_broke_is_refused_once_and_the_old_one_stays(own: Path) -> None:
    """One line in the log with advice; when another is taken, the service goes on with that."""
    running = service(own)
    use("a", own)
    (own / "a" / ARRAYS).write_bytes(b"nonsense")
    with capture_logs() as told:
        assert not running.follow_model()
        assert not running.follow_model()
    (refused,) = [line for line in told if line["log_level"] == "error"]
    assert refused["event"] == "model refused"
    assert refused["kept"] == "shipped"
    assert refused["advice"]
    assert judging(running) == "shipped"
    use("b", own)
    assert running.follow_model()
    assert judging(running) == "b"


def test_a_damaged_note_is_refused_and_the_old_one_stays(own: Path) -> None:
    """The same where the file that names the model cannot be read."""
    running = service(own)
    (own / "current").write_text("{")
    assert not running.follow_model()
    assert judging(running) == "shipped"


def test_a_model_that_the_configuration_names_is_kept(own: Path) -> None:
    """`models use` has no effect then."""
    running = service(own, model="a")
    use("b", own)
    assert not running.follow_model()
    assert judging(running) == "a"


def test_workers_get_the_new_judge(own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each account's desk is replaced, without a new connection or configuration."""
    running = service(own)
    replaced: list[str] = []

    class Worker:
        def replace_desk(self, desk: object) -> None:
            replaced.append(desk.judge.name)  # type: ignore[attr-defined]

    running._workers = {"groep5": Worker()}  # type: ignore[dict-item]
    monkeypatch.setattr(running, "_desks", lambda opening: {"groep5": opening, "gone": opening})
    use("a", own)
    assert running.follow_model()
    assert replaced == ["a"]


def test_a_service_does_not_start_on_a_broken_model(own: Path) -> None:
    """There is no old one to go on with: told with what to do."""
    use("a", own)
    (own / "a" / ARRAYS).unlink()
    with pytest.raises(ModelError) as caught:
        service(own)
    assert "mailtriage models use" in caught.value.advice
