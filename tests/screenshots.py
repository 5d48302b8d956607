"""Makes the pictures of the documents: ``python -m tests.screenshots [FOLDER]`` (default: ``docs``).

The very service runs on the demo's server, for a class with two teachers: Karim has read two mails on Tuesday without
answering them, others come in the evening, and on Wednesday morning Els is told. Her digest is read from the inbox and
drawn by Chromium in the width of a phone. Needs Chromium and Pillow (which matplotlib brings along).
"""

from __future__ import annotations

import sys
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from imapclient import IMAPClient
from PIL import Image

from mailtriage.demo.stage import ACCOUNT, PASSWORD, Stage, sample_mails, staged
from mailtriage.demo.stage import settings as demo_settings
from mailtriage.settings import Settings
from tests.servers.chromium import Chromium

WIDTH = 390
"""CSS pixels: a phone of these years."""

COLOURS = 64
"""So many do for text on plain colours, and keep the files small."""

NOON, EVENING, MORNING = "2026-09-15T13:00:00+02:00", "2026-09-15T21:40:00+02:00", "2026-09-16T08:15:00+02:00"
OF_TUESDAY = {4: "Tue, 15 Sep 2026 10:22:47 +0200", 10: "Tue, 15 Sep 2026 11:41:03 +0200"}
"""Sample mails by number, from 0, and when they are to have come."""

OF_THE_EVENING = (6, 1, 3, 0, 2)
_HOURS = ["08:15-12:00", "12:45-16:30"]


def duo() -> Settings:
    """The demo's school, with a class of two teachers and somebody for emergencies."""
    plain = demo_settings().model_dump(mode="json", exclude_defaults=True)
    plain["school"]["emergency"] = {"name": "Joke (conciërge)", "phone": "010 555 01 99"}
    days = {"Karim": ("monday", "tuesday"), "Els": ("wednesday", "thursday", "friday")}
    plain["staff"] = [
        {"name": name, "address": f"{name.lower()}@regenboog.example", "hours": dict.fromkeys(when, _HOURS)}
        for name, when in days.items()
    ]
    plain["accounts"][0]["staff"] = list(days)
    return Settings.model_validate(plain)


def digest() -> EmailMessage:
    """Els's digest of Wednesday morning, as it lies in the inbox."""
    mails = sample_mails()
    with staged(duo(), NOON) as stage:
        stage.deliver([_dated(mails[number], date) for number, date in OF_TUESDAY.items()])
        stage.morning(NOON)
        _read_everything(stage)
        stage.clock.set(EVENING)
        stage.deliver([mails[number] for number in OF_THE_EVENING])
        stage.morning(MORNING)
        return _unread_digest(stage)


def _dated(raw: bytes, date: str) -> bytes:
    message = message_from_bytes(raw, policy=policy.SMTP)
    message.replace_header("Date", date)
    return message.as_bytes()


def _inbox(stage: Stage) -> IMAPClient:
    client = IMAPClient("127.0.0.1", stage.port, ssl=False)
    client.login(ACCOUNT, PASSWORD)
    client.select_folder("INBOX")
    return client


def _read_everything(stage: Stage) -> None:
    with _inbox(stage) as client:
        client.add_flags(client.search(), [b"\\Seen"])


def _unread_digest(stage: Stage) -> EmailMessage:
    with _inbox(stage) as client:
        fetched = client.fetch(client.search(["UNSEEN"]), [b"BODY.PEEK[]"])
        found = [message_from_bytes(one[b"BODY[]"], policy=policy.default) for one in fetched.values()]
    (message,) = (one for one in found if one["X-Mailtriage"] == "digest")
    assert isinstance(message, EmailMessage)
    return message


def draw(html: str, folder: Path) -> list[Path]:
    """``digest.png`` and ``digest-dark.png`` in a folder."""
    browser = Chromium()
    _, height = browser.extent(html, WIDTH)
    drawn = []
    for name, dark in (("digest.png", False), ("digest-dark.png", True)):
        target = folder / name
        browser.draw(html, target, width=WIDTH, height=height, dark=dark)
        with Image.open(target) as picture:
            few = picture.convert("RGB").quantize(COLOURS, method=Image.Quantize.MEDIANCUT, kmeans=2)
        few.save(target, optimize=True)
        drawn.append(target)
    return drawn


def main() -> None:
    """Make the pictures."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent.parent / "docs"
    body = digest().get_body(("html",))
    assert body is not None
    for path in draw(str(body.get_content()), folder):
        sys.stdout.write(f"{path}: {path.stat().st_size // 1000} kB\n")


if __name__ == "__main__":
    main()
