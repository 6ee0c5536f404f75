"""The commands and their options, as `--help` shows them."""

import sys
from pathlib import Path
from typing import Annotated, Any, Literal

import typer
from pydantic import ValidationError

from steepest import __version__
from steepest.cli.errors import Failure
from steepest.server.settings import Settings
from steepest.spec.limits import MAX_STEP
from steepest.spec.text import Language
from steepest.spec.validation_errors import to_invalid

Dtype = Literal["float32", "float64"]
Device = Literal["cpu", "cuda", "mps", "auto"]
Format = Literal["python", "notebook", "csv", "html", "weights"]
Level = Literal["debug", "info", "warning", "error"]

app = typer.Typer(
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="A live gradient-descent playground. Every step is a real PyTorch step.",
    epilog="Begin with: steepest serve --open",
    invoke_without_command=True,
)


@app.callback()
def _steepest(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Show the version and exit.")] = False,
) -> None:
    if version:
        typer.echo(f"steepest {__version__}")
        raise typer.Exit
    if context.invoked_subcommand is None:
        show_help(context)


def show_help(context: typer.Context) -> None:
    """As `--help` does; a help that typer draws with rich is on the screen already, and the text left is empty."""
    words = context.get_help()
    if words.strip():
        typer.echo(words)


def _setting(name: str, *, metavar: str | None = None) -> Any:
    """An option of `serve`, worded by the setting itself."""
    field = Settings.model_fields[name]
    default = field.default if field.default_factory is None else None
    return typer.Option(
        envvar=f"STEEPEST_{name.upper()}",
        metavar=metavar,
        help=field.description,
        show_default=default not in (None, "") and str(default),
    )


@app.command()
def serve(
    host: Annotated[str | None, _setting("host")] = None,
    port: Annotated[int | None, _setting("port")] = None,
    device: Annotated[Device | None, _setting("device")] = None,
    workers: Annotated[int | None, _setting("workers")] = None,
    data: Annotated[str | None, _setting("data", metavar="FOLDER")] = None,
    log_level: Annotated[Level | None, _setting("log_level")] = None,
    open_page: Annotated[bool, typer.Option("--open/--no-open", help="Open the page in a browser.")] = False,
) -> None:
    """Start the server, which serves the page too, and print its address.

    Every other setting has an environment variable too; docs/server.md lists them.
    """
    options = {
        "host": host,
        "port": port,
        "device": device,
        "workers": workers,
        "data": data,
        "log_level": log_level,
    }
    try:
        settings = Settings(**{name: value for name, value in options.items() if value is not None})  # type: ignore[arg-type]
    except ValidationError as error:
        raise Failure(str(to_invalid(error))) from None

    from steepest.server.serve import CannotServe
    from steepest.server.serve import serve as start

    try:
        start(settings, open_browser=open_page)
    except CannotServe as error:
        raise Failure(str(error)) from None


@app.command()
def run(
    file: Annotated[
        str, typer.Argument(metavar="FILE", help="The experiment, a JSON document; - reads standard input.")
    ],
    steps: Annotated[int, typer.Option(min=0, max=MAX_STEP, help="Number of the last record; the first is 0.")] = 100,
    every: Annotated[
        int, typer.Option(min=1, help="Print only steps that this number divides, and the end of a run that diverges.")
    ] = 1,
    dtype: Annotated[Dtype | None, typer.Option(help="Number format, instead of the experiment's own.")] = None,
    device: Annotated[Device | None, typer.Option(help="Where the steps run.", show_default="cpu")] = None,
    server: Annotated[
        str | None, typer.Option(metavar="URL", help="Let a running server do it; the lines are the same.")
    ] = None,
    token: Annotated[
        str, typer.Option(envvar="STEEPEST_TOKEN", help="The server's, where URL is not the link that holds it.")
    ] = "",
    sign: Annotated[
        bool, typer.Option("--hash", help="At the end, write the fingerprint of all records to stderr.")
    ] = False,
    log_level: Annotated[
        Level, typer.Option(envvar="STEEPEST_LOG_LEVEL", help="Least serious log line that is written to stderr.")
    ] = "warning",
) -> None:
    """Run an experiment and print its records, one JSON object a line.

    A line holds step, run, loss, params, grad, grad_norm and status, taken AT the parameters after that many updates.
    Numbers that are not finite are the strings "NaN", "Infinity" and "-Infinity". A run that diverges ends there.
    """
    if server is not None and device is not None:
        raise typer.BadParameter("belongs to the server; start that with --device", param_hint="'--device'")

    from steepest.cli.run_command import print_records, read_experiment
    from steepest.server.logs import configure

    configure(log_level)
    name = "standard input" if file == "-" else file
    experiment = read_experiment(sys.stdin.buffer if file == "-" else Path(file), name)
    if dtype is not None:
        experiment = experiment.model_copy(update={"dtype": dtype})
    print_records(
        experiment, name, steps=steps, every=every, device=device or "cpu", server=server, token=token, sign=sign
    )


@app.command("export")
def export_file(
    file: Annotated[
        str, typer.Argument(metavar="FILE", help="The experiment, a JSON document; - reads standard input.")
    ],
    to: Annotated[Format, typer.Option(help="A script that repeats it, a notebook, a table, a report or weights.")],
    steps: Annotated[int, typer.Option(min=0, max=MAX_STEP, help="Number of the last record; the first is 0.")] = 100,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="OUT", help="File to write, instead of standard output.")
    ] = None,
    run: Annotated[int, typer.Option(min=0, help="Whose weights, by number.")] = 0,
    language: Annotated[Language, typer.Option(help="Of the report, and of names in the table.")] = "en",
    device: Annotated[Device | None, typer.Option(help="Where the steps run.", show_default="cpu")] = None,
    log_level: Annotated[
        Level, typer.Option(envvar="STEEPEST_LOG_LEVEL", help="Least serious log line that is written to stderr.")
    ] = "warning",
) -> None:
    """Run an experiment and write it down: a Python script, a notebook, CSV, an HTML report or a model's weights.

    The script needs torch alone and fails unless every run ends at the same parameters, bit for bit; the notebook is
    the same in cells. The report is one file that needs nothing else. Weights are a safetensors file, of one run.
    """
    from steepest.cli.export_command import write_export
    from steepest.cli.run_command import read_experiment
    from steepest.server.logs import configure

    configure(log_level)
    name = "standard input" if file == "-" else file
    experiment = read_experiment(sys.stdin.buffer if file == "-" else Path(file), name)
    write_export(
        experiment, name, to=to, steps=steps, output=output, language=language, device=device or "cpu", run=run
    )


@app.command()
def catalog() -> None:
    """Print every surface and optimizer with all parameters, as GET /api/catalog gives them."""
    from steepest.protocol.catalog import catalog as whole

    typer.echo(whole().model_dump_json())
