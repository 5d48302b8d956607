"""``mailtriage demo``."""

from __future__ import annotations

import click


@click.command()
@click.option("--log", is_flag=True, help="Show the service's log as well.")
def demo(log: bool) -> None:
    """Run the whole main job on an embedded IMAP server with sample mail: no account, no configuration."""
    from rich.console import Console  # noqa: PLC0415 - keeps --help quick

    from mailtriage.cli.logs import configure  # noqa: PLC0415 - as above
    from mailtriage.demo.show import show  # noqa: PLC0415 - as above
    from mailtriage.demo.stage import staged  # noqa: PLC0415 - as above
    from mailtriage.settings import Logging  # noqa: PLC0415 - as above

    configure(Logging(level="info" if log else "error"))
    with staged() as stage:
        show(stage, Console(highlight=False))
