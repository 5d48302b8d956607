"""How quick judging, loading and training are, and how much memory training takes.

By hand: ``OMP_NUM_THREADS=1 python -m tests.benchmarks.bench_judging [--rounds N] [--train] [--mails N]``. Verdicts a
second are the median of several rounds on one core, beside a floor in the same run: the bare hashing of the same texts
by scikit-learn. What matters is the ratio within one run. ``--train`` trains and validates in a process of its own.
"""

# ruff: noqa: T201 -- printing is what this is for

from __future__ import annotations

import argparse
import json
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from sklearn.feature_extraction.text import HashingVectorizer

from mailtriage.judge import ModelJudge
from mailtriage.learn.corpus import load as load_mail
from mailtriage.learn.sources import data_paths
from mailtriage.modelfiles import find, load
from mailtriage.records import Message

_BATCH = 256
_PROMISED = {"verdicts": 1500, "load": 0.5, "size": 20.0, "training": 180.0, "memory": 1500.0}


def seconds(work: Callable[[], object]) -> float:
    """How long something takes one core: what other programs on the machine do does not count."""
    started = time.process_time()
    work()
    return time.process_time() - started


def judged(judge: ModelJudge, messages: Sequence[Message]) -> None:
    """Judge messages in batches, with their evidence."""
    for start in range(0, len(messages), _BATCH):
        judge.judge_many(messages[start : start + _BATCH])


def judging(rounds: int, name: str) -> None:
    """Verdicts a second beside the floor, and what loading the model takes."""
    folder = find(name, None)
    size = sum(path.stat().st_size for path in folder.iterdir()) / 1e6
    loading = statistics.median(seconds(lambda: load(folder)) for _ in range(max(rounds, 5)))
    print(
        f"load      {loading:8.3f} s    (promised {_PROMISED['load']})   {size:.1f} MB (promised {_PROMISED['size']})"
    )
    judge = ModelJudge(load(folder)[0])
    messages = [one.message for one in load_mail(data_paths(()))]
    floor = HashingVectorizer(analyzer="char_wb", ngram_range=(3, 5), n_features=1 << 18)
    texts = [message.newest for message in messages]
    first = seconds(lambda: judged(judge, messages))
    own: list[float] = []
    bare: list[float] = []
    for _ in range(rounds):
        bare.append(seconds(lambda: floor.transform(texts)))
        own.append(seconds(lambda: judged(judge, messages)))
    median, base = statistics.median(own), statistics.median(bare)
    print(f"verdicts  {len(messages) / median:8.0f} a second (promised {_PROMISED['verdicts']}), {len(messages)} mails")
    print(f"          {len(messages) / first:8.0f} a second in the first round, when no word is known yet")
    times = f"judging takes {median / base:.2f} times that"
    print(f"floor     {len(messages) / base:8.0f} a second: hashing of the texts alone; {times}")


_TRAINING = """
import json, resource, sys, threading, time
from pathlib import Path
from mailtriage.learn.progress import silent
from mailtriage.learn.training import Order, train

def used():
    total = 0
    parents = {}
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            lines = dict(line.split(":", 1) for line in status.read_text().splitlines() if ":" in line)
        except OSError:
            continue
        parents[int(lines["Pid"])] = (int(lines["PPid"]), int(lines.get("VmRSS", "0 kB").split()[0]))
    import os
    for pid, (parent, kilobytes) in parents.items():
        while pid not in (0, 1, os.getpid()):
            pid = parents.get(pid, (0, 0))[0]
        total += kilobytes if pid == os.getpid() else 0
    return total / 1024

peak, ended = [0.0], threading.Event()
def watch():
    while not ended.wait(0.25):
        peak[0] = max(peak[0], used())
threading.Thread(target=watch, daemon=True).start()
started = time.perf_counter()
folder = Path(sys.argv[1])
order = Order(name="bench", own=folder / "own", in_use="shipped", data=(folder / "mails.jsonl",), alone=True,
              into=folder / "out", jobs=2)
trained = train(order, silent)
ended.set()
print(json.dumps([time.perf_counter() - started, peak[0], trained.evaluation.figures.macro_f1]))
"""


def training(count: int) -> None:
    """Seconds and peak memory (all processes together) of training with validation over voices on two cores."""
    lines = [line for path in data_paths(()) for line in path.read_text("utf-8").splitlines()]
    chosen = sorted(random.Random(1).sample(range(len(lines)), min(count, len(lines))))  # noqa: S311 - the same each time
    with tempfile.TemporaryDirectory() as name:
        (Path(name) / "mails.jsonl").write_text("\n".join(lines[at] for at in chosen) + "\n", "utf-8")
        result = subprocess.run([sys.executable, "-c", _TRAINING, name], capture_output=True, text=True, check=True)
    took, memory, score = json.loads(result.stdout.splitlines()[-1])
    print(
        f"training  {took:8.0f} s    (promised {_PROMISED['training']:.0f}) with validation, {len(chosen)} mails, peak "
        f"{memory:.0f} MB (promised {_PROMISED['memory']:.0f}), macro-F1 {score:.3f}"
    )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--model", default="shipped")
    parser.add_argument("--train", action="store_true")
    parser.add_argument("--mails", type=int, default=4000)
    wanted = parser.parse_args()
    judging(wanted.rounds, wanted.model)
    if wanted.train:
        training(wanted.mails)


if __name__ == "__main__":
    main()
