"""The list of parents is read as office programs and administrations write it."""

from __future__ import annotations

from pathlib import Path

import pytest

from mailtriage.errors import ConfigurationError
from mailtriage.settings import parents
from mailtriage.settings.load import load_settings, parents_of
from mailtriage.settings.model import School, Settings
from mailtriage.settings.parents import read_parents


@pytest.mark.parametrize(
    ("text", "addresses"),
    [
        ("email\na@x.example\nB@X.example\n", {"a@x.example", "b@x.example"}),
        ("Naam;E-mail\nJan;a@x.example\n", {"a@x.example"}),
        ("naam,e-mailadres\nJan,a@x.example\n", {"a@x.example"}),
        ("naam\tMail\nJan\ta@x.example\n", {"a@x.example"}),
        ("\ufeffmail;naam\r\na@x.example;Jan\r\n", {"a@x.example"}),
        ('naam,email\n"Jansen, Jan","a@x.example"\n', {"a@x.example"}),
        ('naam;email\nJan;"a@x.example; b@x.example"\n', {"a@x.example", "b@x.example"}),
        ("naam;email\nJan;a@x.example, b@x.example\n", {"a@x.example", "b@x.example"}),
        ("naam,email\nJan,a@x.example, b@x.example\n", {"a@x.example", "b@x.example"}),
        ("email\na@x.example; b@x.example\n", {"a@x.example", "b@x.example"}),
        ("kind;e-mail ouder 1;e-mail ouder 2\nNoa;a@x.example;b@x.example\n", {"a@x.example", "b@x.example"}),
        ("naam;adres;mailing;e-mail\nJan;Dorp 1;ja;a@x.example\n", {"a@x.example"}),
        ("leerkracht;adres\nels@school.example;a@x.example\n", {"a@x.example"}),
        ("contact;klas\na@x.example;5\n", {"a@x.example"}),
        ("Jan;a@x.example\nPiet;b@x.example\n", {"a@x.example", "b@x.example"}),
        ("a@x.example, b@x.example\n", {"a@x.example", "b@x.example"}),
        ("sep=;\nnaam;email\nJan;a@x.example\n", {"a@x.example"}),
        ("email\nJan Jansen <a@x.example>\nmailto:b@x.example\n", {"a@x.example", "b@x.example"}),
        ('email;noot\na@x.example;"twee\nregels"\n\n\nb@x.example;\n', {"a@x.example", "b@x.example"}),
    ],
)
def test_addresses_are_found(tmp_path: Path, text: str, addresses: set[str]) -> None:
    """Separators, headings, quotes, byte order mark and several addresses in a cell are understood."""
    file = tmp_path / "ouders.csv"
    file.write_bytes(text.encode())
    found = read_parents(file)
    assert found.addresses == addresses
    assert found.problems == ()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_encodings_of_office_programs_are_understood(tmp_path: Path, encoding: str) -> None:
    """An umlaut in a name does not keep the list from being read, whatever program wrote it."""
    file = tmp_path / "ouders.csv"
    file.write_bytes("naam;email\nZoë;zoe@x.example\n".encode(encoding))
    assert read_parents(file).addresses == {"zoe@x.example"}


def test_lines_without_address_are_told_with_their_number(tmp_path: Path) -> None:
    """A line without an address or with a mistyped one is named by number, without showing what stands there."""
    file = tmp_path / "ouders.csv"
    file.write_text("naam;email\nJan;a@x.example\nPiet;\n\nKees;kees@\n")
    first, second = read_parents(file).problems
    assert (first.where, first.what) == (f"{file}:3", "this line has no e-mail address")
    assert (second.where, second.what) == (f"{file}:5", "an address is mistyped")
    assert "kees" not in repr(second)


def test_an_address_without_a_dot_in_its_domain_is_told(tmp_path: Path) -> None:
    """No mail comes from there: it is taken for a slip of the pen, and the line is named."""
    file = tmp_path / "ouders.csv"
    file.write_text("naam;email\nJan;a@x.example\nLisa;lisa@thuis\nPiet;piet@thuis.\n")
    assert [(one.where, one.what) for one in read_parents(file).problems] == [
        (f"{file}:3", "an address is mistyped"),
        (f"{file}:4", "an address is mistyped"),
    ]


def test_many_bad_lines_are_summed_up(tmp_path: Path) -> None:
    """Hundreds of lines without address do not drown the other warnings."""
    file = tmp_path / "ouders.csv"
    file.write_text("email;naam\na@x.example;Jan\n" + ";Piet\n" * 300)
    problems = read_parents(file).problems
    assert len(problems) == 21
    assert problems[-1].what.startswith("280 more lines")


@pytest.mark.parametrize("text", ["", "\n\n", "email\n", "naam;klas\nJan;5\n", "email\njan\n"])
def test_a_list_without_any_address_is_refused(tmp_path: Path, text: str) -> None:
    """An empty list would make nobody a parent: that is an error."""
    file = tmp_path / "ouders.csv"
    file.write_text(text)
    with pytest.raises(ConfigurationError, match="holds no e-mail address"):
        read_parents(file)


def test_damaged_and_large_and_missing_lists_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder, a missing file, a cell without end and a file of the wrong size are refused with a reason."""
    with pytest.raises(ConfigurationError, match="cannot be read: No such file"):
        read_parents(tmp_path / "nee.csv")
    with pytest.raises(ConfigurationError, match="cannot be read: Is a directory"):
        read_parents(tmp_path)
    file = tmp_path / "ouders.csv"
    file.write_text('email\n"' + "a" * 200_000)
    with pytest.raises(ConfigurationError, match="damaged"):
        read_parents(file)
    monkeypatch.setattr(parents, "LARGEST_FILE", 1000)
    with pytest.raises(ConfigurationError, match="larger"):
        read_parents(file)


def test_parents_of_settings(tmp_path: Path) -> None:
    """No list set gives None; a relative path starts at the folder given, and at the file's after loading."""
    (tmp_path / "ouders.csv").write_text("a@x.example\n")
    config = tmp_path / "config.toml"
    config.write_text('[school]\nparents = "ouders.csv"\n')
    assert parents_of(Settings(), tmp_path) is None
    assert parents_of(Settings(school=School(parents=Path("ouders.csv"))), tmp_path) == frozenset({"a@x.example"})
    assert parents_of(load_settings(config), Path("/elsewhere")) == frozenset({"a@x.example"})
