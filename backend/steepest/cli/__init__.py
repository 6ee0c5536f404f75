"""The command line. What is slow to import, torch above all, is imported by the command that needs it."""

import logging
import os
import sys
from collections.abc import Sequence

import typer
from typer.exceptions import TyperException

from steepest.cli.errors import Failure

__all__ = ["main"]

WRONG = 2  # exit code of every error
INTERRUPTED = 130  # 128 + SIGINT, as shells have it


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command and returns its exit code. An error is one line on stderr, never a traceback."""
    try:
        _run(sys.argv[1:] if arguments is None else list(arguments))
        sys.stdout.flush()
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:  # the reader (`head`, say) has all it wants
        _forget_output()
    except typer.Exit as end:  # after --help and --version
        return end.exit_code
    except TyperException as error:
        return _refuse(error.format_message().replace("Value error, ", ""))
    except Failure as error:
        return _refuse(str(error))
    except OSError as error:  # a full disk, say: what can go wrong with files that are read is a Failure
        _forget_output()
        return _refuse(f"cannot write: {(error.strerror or str(error)).lower()}")
    except Exception as error:
        logging.getLogger("steepest").debug("failed", exc_info=True)
        return _refuse(f"this is a bug: {type(error).__name__}: {error}; --log-level debug shows where it happened")
    return 0


def _refuse(words: str) -> int:
    sys.stderr.write(f"steepest: error: {' '.join(words.split())}\n")
    return WRONG


def _forget_output() -> None:
    """Python would complain at its end that it cannot flush."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _run(arguments: list[str]) -> None:
    from steepest.cli.commands import app

    # Not app(): it would draw a box around an error, take a broken pipe for a fault, and end the process itself.
    command = typer.main.get_command(app)
    with command.make_context("steepest", arguments) as context:
        command.invoke(context)
