"""How quick a dry-run is, beside the bare parse of the standard library, and how much memory it takes.

By hand: ``python -m tests.benchmarks.bench_dryrun [--messages N] [--rounds N] [--memory]``. Each figure is the median
of several rounds in processes of their own; what matters are the ratios within one run.
"""

# ruff: noqa: T201 -- printing is what this is for

from __future__ import annotations

import argparse
import json
import random
import re
import statistics
import subprocess
import sys
import tempfile
import time
from email import message_from_bytes
from email.message import EmailMessage
from pathlib import Path

_ENVELOPE = b"From ouder@thuis.example Mon Sep 14 21:40:00 2026\n"
_SENTENCES = (
    "Noor is ziek en komt vandaag niet.",
    "Mag ik morgen een kwartier eerder komen?",
    "Ik maak me zorgen over de sfeer in de klas.",
    "Kunnen we een afspraak maken voor volgende week dinsdag?",
    "De gymtas ligt nog op school, kunt u die meegeven?",
    "Hij slaapt slecht en wil 's ochtends niet naar school.",
    "Alvast bedankt voor uw antwoord.",
    "We hebben dit al drie keer gevraagd en er gebeurt niets.",
    "Zij wordt donderdag door haar oma opgehaald.",
    "Wat is de bedoeling van het huiswerk voor rekenen?",
)


def invented(number: int, chance: random.Random, attachment: int) -> bytes:
    """A mail of one to forty sentences; some with HTML, a quote below, or an attachment."""
    text = " ".join(chance.choice(_SENTENCES) for _ in range(chance.choice((1, 2, 3, 4, 6, 10, 40))))
    if number % 3 == 0:
        quoted = "\n".join(f"> {chance.choice(_SENTENCES)}" for _ in range(6))
        text = (
            f"{text}\n\nGroet,\nSanne\n\nOp ma 14 sep 2026 om 12:00 schreef Juf Anna <anna@school.example>:\n{quoted}\n"
        )
    message = EmailMessage()
    message["From"] = f"Ouder {number} <ouder{number}@thuis.example>"
    message["To"] = "anna@school.example"
    message["Subject"] = chance.choice(("Noor", "vraagje", "Re: gymles", "afspraak", "ziek"))
    message["Date"] = "Mon, 14 Sep 2026 21:40:00 +0200"
    message["Message-ID"] = f"<{number}@thuis.example>"
    message.set_content(text)
    if number % 2 == 0:
        message.add_alternative(f"<html><body><p>{text}</p></body></html>", subtype="html")
    if attachment:
        message.add_attachment(chance.randbytes(attachment), maintype="image", subtype="jpeg", filename="foto.jpg")
    return message.as_bytes()


def write_mbox(path: Path, count: int, attachment: int, every: int = 10) -> None:
    """An mbox of invented mails; one in ``every`` has an attachment of so many bytes."""
    chance = random.Random(5)  # noqa: S311 - the same mails each time
    with path.open("wb") as file:
        for number in range(count):
            file.write(_ENVELOPE + invented(number, chance, 0 if number % every else attachment) + b"\n")


def bare_parse(path: Path) -> float:
    """Seconds for the standard library to cut the file, parse each message and decode its text parts."""
    started = time.perf_counter()
    for raw in re.split(rb"(?m)^From ouder@.*\n", path.read_bytes())[1:]:
        for part in message_from_bytes(raw).walk():
            if part.get_content_maintype() == "text":
                payload = part.get_payload(decode=True)
                assert isinstance(payload, bytes)
                payload.decode(part.get_content_charset() or "utf-8", "replace")
    return time.perf_counter() - started


_MEASURED = """
import json, resource, runpy, sys
sys.argv = ["mailtriage", "dry-run", *sys.argv[1:]]
try:
    runpy.run_module("mailtriage", run_name="__main__")
except SystemExit as ended:
    assert not ended.code, ended.code
peaks = [resource.getrusage(who).ru_maxrss / 1024 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
print(json.dumps(peaks), file=sys.stderr)
"""


def dry_run(path: Path, jobs: int) -> tuple[float, float, float, float]:
    """Seconds of judging, seconds of the whole process, and peak memory in MB of it and of its largest child."""
    started = time.perf_counter()
    command = [sys.executable, "-c", _MEASURED, str(path), "--format", "jsonl", "--output", f"{path}.jsonl"]
    result = subprocess.run([*command, "--jobs", str(jobs)], capture_output=True, text=True, check=True)
    seconds = time.perf_counter() - started
    told = re.search(r"^time\s+([\d.]+) s", result.stderr, re.MULTILINE)
    own, child = json.loads(result.stderr.splitlines()[-1])
    return float(told[1]) if told else seconds, seconds, own, child


def speed(folder: Path, count: int, rounds: int) -> None:
    """Messages a second with one job and with two, beside the bare parse."""
    path = folder / "speed.mbox"
    write_mbox(path, count, attachment=100_000)
    print(f"{count} messages, {path.stat().st_size / 1e6:.0f} MB, {rounds} rounds")
    bare: list[float] = []
    found: dict[int, list[tuple[float, float, float, float]]] = {1: [], 2: []}
    for _ in range(rounds):
        bare.append(bare_parse(path))
        for jobs, results in found.items():
            results.append(dry_run(path, jobs))
    base = statistics.median(bare)
    print(f"standard library   {count / base:7.0f} messages/s")
    for jobs, results in found.items():
        judging = statistics.median(one[0] for one in results)
        whole = statistics.median(one[1] for one in results)
        memory = max(one[2] for one in results)
        print(
            f"dry-run, {jobs} job(s)  {count / judging:7.0f} messages/s, {judging / base:.1f} times the bare parse; "
            f"with start-up {whole:.1f} s; peak {memory:.0f} MB"
        )


def memory(folder: Path) -> None:
    """Peak memory on an mbox of 500 MB."""
    path = folder / "large.mbox"
    write_mbox(path, 1500, attachment=2_500_000, every=10)
    print(f"{path.stat().st_size / 1e6:.0f} MB")
    for jobs in (1, 2):
        judging, _, own, child = dry_run(path, jobs)
        print(f"dry-run, {jobs} job(s)  {judging:.1f} s, peak {own:.0f} MB, largest child {child:.0f} MB")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=5000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--memory", action="store_true")
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        if wanted.memory:
            memory(Path(name))
        else:
            speed(Path(name), wanted.messages, wanted.rounds)


if __name__ == "__main__":
    main()
