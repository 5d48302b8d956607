"""Which models there are, which one is in use, and the way back."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from mailtriage.errors import ModelError, UsageError
from mailtriage.modelfiles import ARRAYS, current, find, listed, load, mark, own_folder, rollback, use
from mailtriage.modelfiles.catalogue import Choice
from tests.modelfiles.conftest import put


def test_until_another_is_taken_the_shipped_one_is_in_use(own: Path) -> None:
    """Without any file the name `current` leads to the model that comes with the program."""
    assert current(own) == Choice("shipped", ())
    assert find("current", own) == find("shipped", own)
    assert load(find("current", own))[1].name == "shipped"


def test_a_model_is_taken_into_use_and_back(own: Path) -> None:
    """Rolling back goes to the one before, then to the one before that, and then says that there is none."""
    put(own, "a")
    put(own, "b")
    assert use("a", own) == Choice("a", ("shipped",))
    assert use("b", own) == Choice("b", ("shipped", "a"))
    assert find("current", own) == own / "b"
    assert rollback(own).model == "a"
    assert rollback(own).model == "shipped"
    with pytest.raises(ModelError, match="no other model was in use"):
        rollback(own)
    assert current(own).model == "shipped"


def test_taking_the_model_in_use_again_changes_no_way_back(own: Path) -> None:
    """It says again what holds; rolling back still goes to the one before."""
    put(own, "a")
    use("a", own)
    assert use("a", own) == Choice("a", ("shipped",))


def test_a_worse_model_needs_force(own: Path) -> None:
    """One that lost is refused, what was in use stays; with force it is taken. One that tied is taken."""
    put(own, "worse", verdict="lost")
    put(own, "same", verdict="tied")
    with pytest.raises(ModelError) as caught:
        use("worse", own)
    assert "--force" in caught.value.advice
    assert current(own).model == "shipped"
    assert use("worse", own, force=True).model == "worse"
    assert use("same", own).model == "same"


@pytest.mark.parametrize("force", [False, True])
def test_a_broken_model_is_taken_by_no_force(own: Path, force: bool) -> None:
    """There is nothing to gain from a model that cannot be read."""
    folder = put(own, "broken")
    (folder / ARRAYS).write_bytes(b"nonsense")
    with pytest.raises(ModelError):
        use("broken", own, force=force)
    assert current(own).model == "shipped"


def test_rolling_back_to_a_model_that_is_gone_is_refused(own: Path) -> None:
    """What is in use stays in use."""
    put(own, "a")
    put(own, "b")
    use("a", own)
    use("b", own)
    shutil.rmtree(own / "a")
    with pytest.raises(ModelError, match="there is no model"):
        rollback(own)
    assert current(own).model == "b"


@pytest.mark.parametrize("name", ["../shipped", "a/b", "", "..", ".hidden", "/etc/passwd", "a\0b"])
def test_no_name_leads_out_of_the_folder(own: Path, name: str) -> None:
    """Neither finding nor using takes a path for a name."""
    with pytest.raises(UsageError):
        find(name, own)
    with pytest.raises(UsageError):
        use(name, own)


@pytest.mark.parametrize(
    "content",
    ["", "{", "[]", '"a"', '{"model": "a"}', '{"model": "../a", "previous": []}', '{"model": 3, "previous": []}'],
)
def test_a_damaged_note_is_told_and_can_be_written_anew(own: Path, content: str) -> None:
    """Which model is in use cannot be read: told with advice; naming one mends it."""
    put(own, "a")
    (own / "current").write_text(content)
    with pytest.raises(ModelError) as caught:
        find("current", own)
    assert "mailtriage models use" in caught.value.advice
    assert use("a", own).model == "a"
    assert current(own).model == "a"


def test_a_model_named_shipped_in_the_own_folder_does_not_hide_the_real_one(own: Path) -> None:
    """The way back to what comes with the program is never closed."""
    put(own, "shipped")
    assert find("shipped", own).parent != own


def test_the_mark_changes_with_each_choice(own: Path) -> None:
    """A running service sees by it that it has to look; also where the same model is taken again."""
    put(own, "a")
    marks = [mark(own)]
    for _ in range(2):
        use("a", own)
        marks.append(mark(own))
    rollback(own)
    marks.append(mark(own))
    assert marks[0] is None
    assert len(set(marks)) == 4


def test_a_choice_is_written_aside(own: Path) -> None:
    """Nothing but the note and the model is left in the folder."""
    put(own, "a")
    use("a", own)
    assert {path.name for path in own.iterdir()} == {"a", "current"}


def test_a_crash_between_two_renamings_loses_no_model(own: Path) -> None:
    """The earlier model stands beside its place for a moment; it is found there."""
    put(own, "a")
    (own / "a").rename(own / ".a-old")
    assert load(find("a", own))[1].name == "a"


def test_the_list_names_what_cannot_be_used(own: Path) -> None:
    """Models that come with the program first; a broken manifest has its reason;."""
    put(own, "b", verdict="won")
    put(own, "a")
    (own / "a" / "manifest.json").write_text("{")
    found = listed(own)
    assert [(entry.name, entry.own) for entry in found] == [("shipped", False), ("a", True), ("b", True)]
    assert found[1].manifest is None
    assert "cannot be read" in found[1].problem
    assert found[2].manifest is not None
    assert found[2].manifest.verdict == "won"


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({"STATE_DIRECTORY": "/var/lib/mailtriage:/x"}, "/var/lib/mailtriage/models"),
        ({"XDG_DATA_HOME": "/data"}, "/data/mailtriage/models"),
        ({"XDG_DATA_HOME": "relative"}, None),
        ({}, None),
    ],
)
def test_where_own_models_stand(environ: dict[str, str], expected: str | None) -> None:
    """In the service's state folder, else the user's data folder; what is configured wins over both."""
    default = Path.home() / ".local" / "share" / "mailtriage" / "models"
    assert own_folder(None, environ) == (Path(expected) if expected else default)
    assert own_folder(Path("/mine"), environ) == Path("/mine")
