"""The command line. Slow imports, torch above all, happen in the command that needs them."""

import logging
import os
import sys
from collections.abc import Sequence

import typer
from typer.exceptions import TyperException

from steepest.cli.errors import Failure

__all__ = ["main"]

ERROR = 2  # exit code of every error
INTERRUPTED = 130  # 128 + SIGINT, the shells' convention


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command and returns its exit code. An error is one line on stderr, never a traceback."""
    try:
        _run(sys.argv[1:] if arguments is None else list(arguments))
        sys.stdout.flush()
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:  # the reader, such as `head`, needs no more
        _discard_output()
    except typer.Exit as end:  # after --help and --version
        return end.exit_code
    except TyperException as error:
        return _fail(error.format_message().replace("Value error, ", ""))
    except Failure as error:
        return _fail(str(error))
    except OSError as error:  # of writing, such as a full disk: errors of reading are Failures
        _discard_output()
        return _fail(f"cannot write: {(error.strerror or str(error)).lower()}")
    except Exception as error:
        logging.getLogger("steepest").debug("failed", exc_info=True)
        return _fail(f"this is a bug: {type(error).__name__}: {error}; --log-level debug shows where it happened")
    return 0


def _fail(message: str) -> int:
    sys.stderr.write(f"steepest: error: {' '.join(message.split())}\n")
    return ERROR


def _discard_output() -> None:
    """Lets Python flush its output at exit without another error."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _run(arguments: list[str]) -> None:
    from steepest.cli.commands import app

    # Not app(): it draws a box around an error, treats a broken pipe as a fault, and ends the process itself.
    command = typer.main.get_command(app)
    with command.make_context("steepest", arguments) as context:
        command.invoke(context)
