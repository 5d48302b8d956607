"""The command line. A command is imported when it is called, so that ``mailtriage --help`` stays quick."""

from __future__ import annotations

import difflib
import sys
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

import click

from mailtriage import __version__
from mailtriage.errors import ExitStatus, MailtriageError, ProblemsError

_COMMANDS = {
    "check": ("mailtriage.cli.check:check", "Check the configuration and every account."),
    "corrections": ("mailtriage.cli.corrections:corrections", "Look at what teachers corrected."),
    "demo": ("mailtriage.cli.demo:demo", "Show the whole job on an embedded server."),
    "dry-run": ("mailtriage.cli.dryrun:dry_run", "Judge exported mail and show what would be done."),
    "evaluate": ("mailtriage.cli.evaluate:evaluate", "Measure how well mail is judged."),
    "explain": ("mailtriage.cli.explain:explain", "Why one message got its category and flags."),
    "forget": ("mailtriage.cli.forget:forget", "Remove what is stored about somebody's mail."),
    "hours": ("mailtriage.cli.hours:hours", "Show when each person works and is told of mail."),
    "models": ("mailtriage.cli.models:models", "List the models, take one into use, or go back."),
    "release": ("mailtriage.cli.release:release", "Bring held mail back into the inbox."),
    "report": ("mailtriage.cli.report:report", "Show the school's figures: how much mail, of what kind, and when."),
    "run": ("mailtriage.cli.run:run", "Run the service, or make one pass."),
    "sieve": ("mailtriage.cli.sieve:sieve", "Have the server itself keep mail out of the inbox, out of hours."),
    "status": ("mailtriage.cli.status:status", "Show what the service is doing."),
    "train": ("mailtriage.cli.train:train", "Train a model, and compare it with the one in use."),
    "undo": ("mailtriage.cli.undo:undo", "Take back what was done in the mailboxes."),
}


@dataclass
class Common:
    """What every command is told: the configuration file that was named, and whether to show tracebacks."""

    config: Path | None = None
    debug: bool = False


def _told(ctx: click.Context, param: click.Parameter, value: Path | bool | None) -> None:
    """Keep what an option says, whether it stands before the command or behind it, where it wins."""
    common = ctx.ensure_object(Common)
    if value and param.name:
        setattr(common, param.name, value)


_CONFIG = click.Option(
    ["--config"],
    type=click.Path(path_type=Path, dir_okay=False),
    expose_value=False,
    callback=_told,
    help="The configuration file. Default: $MAILTRIAGE_CONFIG, ./config.toml, then the user's and the system's folder.",
)
_DEBUG = click.Option(["--debug"], is_flag=True, expose_value=False, callback=_told, help="Show tracebacks.")


def _with_common(command: click.Command) -> click.Command:
    """Let a command, and those below it, take the common options."""
    if _CONFIG not in command.params:
        command.params += [_CONFIG, _DEBUG]
    for below in command.commands.values() if isinstance(command, click.Group) else ():
        _with_common(below)
    return command


class _LazyGroup(click.Group):
    """A group that imports a command when it is called, and turns errors into advice and an exit status."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        del ctx
        return sorted(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        del ctx
        if cmd_name not in _COMMANDS:
            return None
        module, _, name = _COMMANDS[cmd_name][0].partition(":")
        command: click.Command = getattr(import_module(module), name)
        return _with_common(command)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        near = difflib.get_close_matches(args[0], _COMMANDS, n=1)
        if near and args[0] not in _COMMANDS:
            ctx.fail(f"No such command {args[0]!r}. Did you mean {near[0]}?")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, _COMMANDS[name][1]) for name in self.list_commands(ctx)])

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except MailtriageError as error:
            if ctx.ensure_object(Common).debug:
                raise
            click.echo(advice(error), err=True)
            ctx.exit(int(error.exit_status))
        except (KeyboardInterrupt, click.exceptions.Exit, click.ClickException, click.Abort):
            raise
        except BrokenPipeError:
            # The reader of a pipe has seen enough; Python would complain once more when it closes the stream.
            sys.stdout = None  # nothing is written after this
            ctx.exit(int(ExitStatus.DONE))
        except Exception as error:
            if ctx.ensure_object(Common).debug:
                raise
            click.echo(
                f"Error: something unexpected happened ({type(error).__name__}: {error}).\n"
                "  What to do: run the command again with --debug, and report what it prints.",
                err=True,
            )
            ctx.exit(int(ExitStatus.FAILED))


def advice(error: MailtriageError) -> str:
    """An error as a person reads it: what is wrong, where, and what to do next."""
    if isinstance(error, ProblemsError) and error.problems:
        lines = [f"Error: {error.where or error.what}"]
        for problem in error.problems:
            lines.append(f"  {problem.where}: {problem.what}" if problem.where else f"  {problem.what}")
            if problem.advice:
                lines.append(f"      {problem.advice}")
        if error.advice and error.advice not in {problem.advice for problem in error.problems}:
            lines.append(f"  What to do: {error.advice}.")
        return "\n".join(lines)
    place = f"{error.where}: " if error.where else ""
    # What a server said may end with a full stop of its own.
    return f"Error: {place}{error.what.removesuffix('.')}." + (
        f"\n  What to do: {error.advice}." if error.advice else ""
    )


@click.group(cls=_LazyGroup, params=[_CONFIG, _DEBUG], context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="mailtriage")
def main() -> None:
    """Keep a school's rule for mail: small questions by mail, substantive matters in a conversation."""
