"""Every problem of a configuration file is told, with its place and what to write instead."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from mailtriage.errors import ConfigurationError, Problem
from mailtriage.settings.keys import every_key, section_at
from mailtriage.settings.load import load_settings, settings_from
from mailtriage.settings.problems import EXAMPLES

TWO_FOR_ONE = "{ off = 2026-12-07, on = 2026-12-10 }, { off = 2026-12-08, on = 2026-12-10 }"
STAFF = '[[staff]]\nname = "Els"\naddress = "els@school.example"\nhours = { monday = ["08:00-16:00"] }\n'
ACCOUNT = (
    '[[accounts]]\nname = "els"\nhost = "imap.school.example"\nusername = "els@school.example"\n'
    'secret = { env = "ELS" }\nstaff = ["Els"]\n'
)


def problems_in(text: str, base: Path = Path("/nowhere")) -> tuple[Problem, ...]:
    """The problems that a configuration text is refused for."""
    with pytest.raises(ConfigurationError) as caught:
        settings_from(tomllib.loads(text), base)
    return caught.value.problems


@pytest.mark.parametrize(
    ("text", "where", "what", "advice"),
    [
        ('[[staff]]\nname = "Els"', 'staff[1] "Els".address', "address is missing", "address = "),
        ('[[staff]]\naddress = "els@school.example"', "staff[1].name", "name is missing", "name = "),
        ('[school]\nfone = "030"', "school.fone", "no such key", "did you mean phone?"),
        ('[shcool]\nname = "x"', "shcool", "no such key or section", "did you mean school?"),
        ("[school]\npoll_seconds = 3", "school.poll_seconds", "no such key here", "belongs in [accounts]"),
        ("[school]\nqqqq = 3", "school.qqqq", "no such key", "known here: name, timezone"),
        ('[school]\n"a b" = 3', 'school."a b"', "no such key", "known here"),
        ("[school]\nname = 3", "school.name", "3 is no text", "in quotes"),
        ("[school]\nparents = 3", "school.parents", "3 is no text", "in quotes"),
        ('[school]\nparents = ""', "school.parents", "path is empty", "name a file"),
        ('[school]\nparents = "~nobody-at-all/x"', "school.parents", "unknown user", "whole path"),
        ('[school]\ndomains = "a.example"', "school.domains", '"a.example" is no list', "square brackets"),
        ('[school]\ndomains = ["els@a.example"]', "school.domains[1]", "is no domain", "behind the @"),
        ('[school]\nlanguage = "NLD"', "school.language", '"NLD" is not among "nl", "en"', 'mean "nl"'),
        ('[school]\nlanguage = "frysk"', "school.language", "is not among", "one of these"),
        (
            '[school]\ntimezone = "Mars/Utrecht"',
            "school.timezone",
            '"Mars/Utrecht" is no time zone',
            "Europe/Amsterdam",
        ),
        ('[school]\npublic_holidays = "Holland"', "school.public_holidays", '"Holland" is no country', "NL"),
        ('[school]\nemergency = "Piet"', "school.emergency", '"Piet" is not a table', "name, address, phone"),
        ('[school]\nemergency = { phone = "1" }', "school.emergency.name", "name is missing", "name ="),
        ('[school]\ndays_off = ["kerst"]', "school.days_off[1]", '"kerst" is no day', "2026-12-21"),
        ('[school]\ndays_off = ["2026-12-21", 3]', "school.days_off[2]", "is no day", "2026-12-21"),
        ('[school]\ndays_off = ["2027-01-02/2026-12-21"]', "school.days_off[1]", "backwards", "earlier day first"),
        ("[school]\ndays_off = [2026-12-21T08:00:00]", "school.days_off[1]", "not a day", "the day alone"),
        ("[school]\ndays_off = [{first = 1, last = 2}]", "school.days_off[1].first", "1 is no day", "without quotes"),
        ("school = 3", "school", "3 is not a section", "[school]"),
        ("[[school]]", "school", "a list is not a section", "once"),
        ('[staff]\nname = "Els"', "staff", "a table is not a list of tables", "[[staff]]"),
        ("staff = [3]", "staff[1]", "3 is not a table", "[[staff]]"),
        (STAFF + "[[staff]]\nhours = 3", "staff[2].hours", "3 is not a table", "monday"),
        (
            STAFF.replace("address", f"swaps = [{TWO_FOR_ONE}]\naddress", 1),
            'staff[1] "Els".swaps',
            "2026-12-10 is exchanged for two days",
            "days_off",
        ),
        (STAFF.replace("08:00", "8 uur"), 'staff[1] "Els".hours.monday', "is no frame", "08:15-12:00"),
        (STAFF.replace("16:00", "07:00"), 'staff[1] "Els".hours.monday', "runs backwards", "earlier time"),
        (STAFF.replace("16:00", "25:00"), 'staff[1] "Els".hours.monday', "no time of the day", "24:00"),
        (STAFF.replace('["08:00-16:00"]', "8"), 'staff[1] "Els".hours.monday', "is no list of frames", "12:45"),
        (
            STAFF.replace('16:00"', '16:00", "15:00-17:00"'),
            'staff[1] "Els".hours.monday',
            "08:00-16:00 and 15:00-17:00 overlap",
            "join them",
        ),
        (STAFF.replace("els@", "els"), 'staff[1] "Els".address', '"elsschool.example" is no e-mail', "juf.els@"),
        (ACCOUNT + "port = 99999", 'accounts[1] "els".port', "99999 is out of range", "at most 65535"),
        (ACCOUNT + "port = 0", 'accounts[1] "els".port', "0 is out of range", "at least 1"),
        (ACCOUNT + f"port = 0x{'f' * 5000}", 'accounts[1] "els".port', "a huge number is", ""),
        (ACCOUNT + f"poll_seconds = 0x{'f' * 5000}", 'accounts[1] "els".poll_seconds', "a huge number is", ""),
        (ACCOUNT + "timeout_seconds = 0", 'accounts[1] "els".timeout_seconds', "out of range", "more than 0"),
        (ACCOUNT + 'port = "993"', 'accounts[1] "els".port', '"993" is no whole number', "without quotes"),
        (ACCOUNT + "port = true", 'accounts[1] "els".port', "true is no whole number", "without quotes"),
        (ACCOUNT + 'poll_seconds = "5"', 'accounts[1] "els".poll_seconds', '"5" is no number', "without quotes"),
        (
            ACCOUNT.replace('"els"\nhost', '"juf els"\nhost'),
            'accounts[1] "juf els".name',
            "cannot be a name",
            "letters",
        ),
        (ACCOUNT.replace("imap.school.example", ""), 'accounts[1] "els".host', "host is empty", "imap.school"),
        (ACCOUNT.replace('["Els"]', "[]"), 'accounts[1] "els".staff', "staff is empty", "staff = "),
        (ACCOUNT.replace('{ env = "ELS" }', "{}"), 'accounts[1] "els".secret', "nothing says where", "exactly one"),
        (ACCOUNT.replace("env", 'file = "x", env'), 'accounts[1] "els".secret', "file and env", "exactly one"),
        (ACCOUNT + "password = 1", 'accounts[1] "els".password', "no such key", "no password stands in this file"),
        ("[replies]\nminutes = 20.5", "replies.minutes", "20.5 is no whole number", "digits"),
        ('[replies]\nafter = "half drie"', "replies.after", '"half drie" is no time', "08:10"),
        ("[replies]\nafter = 15", "replies.after", "15 is no time of the day", "08:10"),
        ('[replies]\nbefore = "08:10+01:00"', "replies.before", "is no time of the day", "local time"),
        ('[replies]\nafter = "16:00"\nbefore = "16:10"', "replies", "no room for 20 minutes", "earliest"),
        ('[notifications]\ndigest = "no"', "notifications.digest", "neither true nor false", "without quotes"),
        (
            '[notifications]\nbell_text = "{sender}"',
            "notifications.bell_text",
            "{sender} is no placeholder",
            "only {about}, {count}, {urgent}",
        ),
        ('[notifications]\nbell_text = "{about} {}"', "notifications.bell_text", "{} is no placeholder", "{about}"),
        ('[notifications]\nbell_text = "{about.x}"', "notifications.bell_text", "{about.x} is no", "{about}"),
        ('[notifications]\nbell_text = "{count:04}"', "notifications.bell_text", "{count:04} is no", "{count}"),
        ('[notifications]\nbell_text = "{count!r}"', "notifications.bell_text", "{count!r} is no", "{count}"),
        ('[notifications]\nbell_text = "{about"', "notifications.bell_text", "brace", "{{"),
        ('[notifications]\nbell_text = "about}"', "notifications.bell_text", "brace", "{{"),
        ('[notifications]\nwhen = "later"', "notifications.when", 'neither "at_once" nor', "08:10"),
        ('[notifications]\nwhen = ["08:10+01:00", "09:00"]', "notifications.when", "no time of the day", "local"),
        ('[rules]\nby_mail = ["yesno"]', "rules.by_mail[1]", '"yesno" is not among', 'mean "yes_no"'),
        ('[rules]\nby_mail = ["yes_no"]', "rules", "appointment, notice", "each of the four categories once"),
        ("[classifier]\nunsure_below = nan", "classifier.unsure_below", "nan is out of range", "at most 1"),
        ("[privacy]\nkeep_days = 1", "privacy.keep_days", "1 is out of range", "at least 30"),
    ],
)
def test_each_kind_of_mistake_is_told_in_plain_words(text: str, where: str, what: str, advice: str) -> None:
    """A mistake is told with the key it stands at, the value given, and what would be right."""
    (problem,) = [found for found in problems_in(text) if found.where == where]
    assert what in problem.what
    assert advice in problem.advice


@pytest.mark.parametrize(
    ("text", "where", "what", "advice"),
    [
        (STAFF + ACCOUNT + ACCOUNT, 'accounts[2] "els".name', 'also the name of accounts[1] "els"', "its own name"),
        (STAFF + STAFF, 'staff[2] "Els".name', "also the name of staff[1]", "its own name"),
        (STAFF + STAFF, 'staff[2] "Els".address', "also the address of staff[1]", "its own address"),
        (STAFF + ACCOUNT + ACCOUNT, 'accounts[2] "els".username', "the same login", "one account"),
        (STAFF.replace("Els", "Elsje") + ACCOUNT, 'accounts[1] "els".staff', '"Els" is nobody', 'mean "Elsje"'),
        (ACCOUNT, 'accounts[1] "els".staff', '"Els" is nobody in [[staff]]', "add a [[staff]] table"),
        (
            STAFF + ACCOUNT.replace("els@school.example", "els"),
            'accounts[1] "els".address',
            "address is missing",
            "address = ",
        ),
        (
            STAFF.replace('"08:00-16:00"', "") + ACCOUNT,
            'accounts[1] "els".staff',
            "nobody whose mailbox this is has working hours",
            "add hours",
        ),
        (STAFF + ACCOUNT + 'security = "none"', 'accounts[1] "els".security', "send the password", '"tls"'),
        (STAFF + ACCOUNT + 'smtp = { security = "none" }', 'accounts[1] "els".smtp.security', "send the pass", '"tls"'),
        (
            STAFF + ACCOUNT + 'sieve = { security = "none" }',
            'accounts[1] "els".sieve.security',
            "send the pass",
            '"tls"',
        ),
        (STAFF + ACCOUNT + 'ca_file = "ca.pem"', 'accounts[1] "els".ca_file', "/nowhere/ca.pem is not there", "path"),
        ('[replies]\ntemplates = "mine"', "replies.templates", "/nowhere/mine is not there", "path"),
        ('[school]\nparents = "ouders.csv"', "school.parents", "No such file", "path"),
    ],
)
def test_what_no_single_section_sees_is_told(text: str, where: str, what: str, advice: str) -> None:
    """Names that must agree between sections and files that must exist are checked, with place and advice."""
    found = [problem for problem in problems_in(text) if problem.where == where]
    assert any(what in problem.what and advice in problem.advice for problem in found), found


def test_all_problems_are_told_at_once_also_between_wrong_sections() -> None:
    """A wrong port, an unknown key and an unknown person in one file give three problems."""
    found = problems_in(STAFF + ACCOUNT.replace('"Els"', '"Piet"') + "port = 0\n[school]\nfone = 3")
    assert {problem.where for problem in found} == {
        "school.fone",
        'accounts[1] "els".port',
        'accounts[1] "els".staff',
    }


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.9.9.9", "::1", "[::1]", "LOCALHOST."])
def test_an_open_password_is_fine_within_the_machine(host: str) -> None:
    """``security = "none"`` is allowed for loopback hosts."""
    text = STAFF + ACCOUNT.replace("imap.school.example", host) + 'security = "none"\nsmtp = { security = "none" }'
    assert settings_from(tomllib.loads(text), Path("/")).accounts[0].security == "none"


@pytest.mark.parametrize(
    "line",
    [
        'secret = "hunter2"',
        'secret = { env = ["hunter2"] }',
        'secret = { command = "hunter2" }',
        'secret = { pasword = "hunter2" }',
        'password = "hunter2"\nsecret = { env = "X" }',
    ],
)
def test_what_could_be_a_secret_is_never_shown(line: str) -> None:
    """A password that stands in the file by mistake is in no problem, no repr, and no exception behind it."""
    with pytest.raises(ConfigurationError) as caught:
        settings_from(tomllib.loads(ACCOUNT.replace('secret = { env = "ELS" }', line)), Path("/"))
    assert "hunter2" not in repr(caught.value)
    assert caught.value.__context__ is None


def test_a_notification_url_is_never_shown() -> None:
    """An Apprise URL holds a token; written in the open it is refused without being repeated."""
    (problem,) = problems_in('[notifications]\napprise = ["tgram://hunter2"]')
    assert problem.where == "notifications.apprise[1]"
    assert "hunter2" not in repr(problem)


def test_long_values_are_shortened() -> None:
    """A value of thousands of characters does not fill the screen."""
    long = "x" * 5000
    for line in (f'language = "{long}"', f'timezone = "{long}"', f'days_off = "{long}"', f'domains = ["@{long} b"]'):
        assert all(len(problem.what) < 150 for problem in problems_in(f"[school]\n{line}"))
    (problem,) = problems_in(STAFF.replace("08:00", long))
    assert len(problem.what) < 150


def test_one_problem_is_told_in_the_error_itself() -> None:
    """The error's own words name the problem when there is one, and their number when there are more."""
    with pytest.raises(ConfigurationError, match=r"school\.name: 3 is no text"):
        settings_from({"school": {"name": 3}}, Path("/"))
    with pytest.raises(ConfigurationError, match="2 problems"):
        settings_from({"school": {"name": 3}, "x": 1}, Path("/"))


def test_the_file_is_named(tmp_path: Path) -> None:
    """An error of a loaded file says which file."""
    file = tmp_path / "config.toml"
    file.write_text("x = 1")
    with pytest.raises(ConfigurationError) as caught:
        load_settings(file)
    assert caught.value.where == str(file)


def test_every_required_key_has_an_example_line() -> None:
    """The advice for a missing key can always show a line to write."""
    required = {
        path[-1]
        for path in every_key()
        if (section := section_at(path[:-1])) and section.model_fields[path[-1]].is_required()
    }
    assert required <= set(EXAMPLES)
