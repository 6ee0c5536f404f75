"""The commands and their options, as `--help` shows them."""

import sys
from pathlib import Path
from typing import Annotated, Any, Literal

import typer
from pydantic import ValidationError

from steepest import __version__
from steepest.cli.errors import Failure
from steepest.server.settings import Settings
from steepest.spec import Experiment
from steepest.spec.limits import MAX_STEP, MAX_SWEEP_STEPS
from steepest.spec.text import Language
from steepest.spec.validation_errors import to_invalid

Dtype = Literal["float32", "float64"]
Device = Literal["cpu", "cuda", "mps", "auto"]
Format = Literal["python", "notebook", "csv", "html", "weights"]
Level = Literal["debug", "info", "warning", "error"]

# Options of several commands.
FileArgument = Annotated[
    str, typer.Argument(metavar="FILE", help="The experiment, a JSON document; - reads standard input.")
]
StepsOption = Annotated[int, typer.Option(min=0, max=MAX_STEP, help="Number of the last record; the first is 0.")]
DtypeOption = Annotated[Dtype | None, typer.Option(help="Number format, instead of the experiment's own.")]
DeviceOption = Annotated[Device | None, typer.Option(help="Where the steps run.", show_default="cpu")]
LogLevelOption = Annotated[
    Level, typer.Option(envvar="STEEPEST_LOG_LEVEL", help="Least serious log line that is written to stderr.")
]

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
    """As `--help` does. Where typer has drawn the help with rich already, the returned text is empty."""
    text = context.get_help()
    if text.strip():
        typer.echo(text)


def _setting(name: str, *, metavar: str | None = None) -> Any:
    """An option of `serve` with the setting's own description."""
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
    for_class: Annotated[
        bool, typer.Option("--class", help="Let a class in: listen on the network, and show how to join.")
    ] = False,
) -> None:
    """Start the server with the page, and print its address.

    Every other setting has an environment variable; docs/server.md lists them.
    """
    options = {
        "host": host,
        "port": port,
        "device": device,
        "workers": workers,
        "data": data,
        "log_level": log_level,
        **({"classroom": True, "host": host or "0.0.0.0"} if for_class else {}),
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
    file: FileArgument,
    steps: StepsOption = 100,
    every: Annotated[
        int, typer.Option(min=1, help="Print only steps divisible by this number, and the end of a run that diverges.")
    ] = 1,
    dtype: DtypeOption = None,
    device: DeviceOption = None,
    server: Annotated[
        str | None, typer.Option(metavar="URL", help="Let a running server compute it; the lines are the same.")
    ] = None,
    token: Annotated[
        str, typer.Option(envvar="STEEPEST_TOKEN", help="The server's token, where URL does not contain it.")
    ] = "",
    fingerprint: Annotated[
        bool, typer.Option("--hash", help="At the end, write the fingerprint of all records to stderr.")
    ] = False,
    log_level: LogLevelOption = "warning",
) -> None:
    """Run an experiment and print its records, one JSON object per line.

    A line holds step, run, loss, params, grad, grad_norm, status and engine, AT the parameters after that many updates.
    Numbers that are not finite are the strings "NaN", "Infinity" and "-Infinity". A run that diverges ends there.
    """
    if server is not None and device is not None:
        raise typer.BadParameter("belongs to the server; start that with --device", param_hint="'--device'")

    from steepest.cli.run_command import print_records

    experiment, name = _read(file, log_level)
    if dtype is not None:
        experiment = experiment.model_copy(update={"dtype": dtype})
    print_records(
        *(experiment, name),
        steps=steps,
        every=every,
        device=device or "cpu",
        server=server,
        token=token,
        fingerprint=fingerprint,
    )


@app.command()
def check(
    file: FileArgument,
    steps: Annotated[int, typer.Option(min=0, max=200, help="Number of steps to compare.")] = 100,
    first: Annotated[int, typer.Option("--from", min=0, max=MAX_STEP, help="Step to begin at.")] = 0,
    dtype: DtypeOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object per run instead of a table.")] = False,
    log_level: LogLevelOption = "warning",
) -> None:
    """Compare an experiment's compiled runs with PyTorch, step by step.

    Each step is made again by PyTorch from the compiled run's own numbers. The largest difference of a run is printed,
    relative and in units in the last place, with its tolerance. Exit code 1 where one is beyond.
    """
    from steepest.cli.check_command import print_checks

    experiment, name = _read(file, log_level)
    if dtype is not None:
        experiment = experiment.model_copy(update={"dtype": dtype})
    if not print_checks(experiment, name, first=first, steps=steps, as_json=as_json):
        raise typer.Exit(1)


@app.command("export")
def export_file(
    file: FileArgument,
    to: Annotated[Format, typer.Option(help="A script that repeats it, a notebook, a table, a report or weights.")],
    steps: StepsOption = 100,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="OUT", help="File to write, instead of standard output.")
    ] = None,
    run: Annotated[int, typer.Option(min=0, help="Number of the run whose weights are exported.")] = 0,
    language: Annotated[Language, typer.Option(help="Language of the report, and of names in the table.")] = "en",
    device: DeviceOption = None,
    log_level: LogLevelOption = "warning",
) -> None:
    """Run an experiment and write it as a Python script, a notebook, CSV, an HTML report or a model's weights.

    The script needs only torch, and fails unless every run ends at the same parameters, bit for bit. The notebook is
    the same in cells. The report is one file that needs nothing else. Weights are a safetensors file of one run.
    """
    from steepest.cli.export_command import write_export

    experiment, name = _read(file, log_level)
    write_export(
        experiment, name, to=to, steps=steps, output=output, language=language, device=device or "cpu", run=run
    )


@app.command("sweep")
def sweep_file(
    file: Annotated[str, typer.Argument(metavar="FILE", help="The sweep, a JSON document; - reads standard input.")],
    out: Annotated[
        Path | None,
        typer.Option(metavar="OUT", help="File to write, .csv, .npz or .png; without it, CSV on standard output."),
    ] = None,
    steps: Annotated[
        int | None, typer.Option(min=1, max=MAX_SWEEP_STEPS, help="Steps of each run, instead of the sweep's own.")
    ] = None,
    log_level: LogLevelOption = "warning",
) -> None:
    """Run an experiment over ranges of one or two of its numbers, and write what came of each run.

    The file is a table, arrays for NumPy, or a picture with a legend. Each pixel is a run that can be opened.
    """
    from steepest.cli.sweep_command import write_sweep
    from steepest.server.logs import configure

    configure(log_level)
    write_sweep(file, out=out, steps=steps)


def _read(file: str, log_level: Level) -> tuple[Experiment, str]:
    """Starts the log, and reads the experiment. Returns it with the file's name for errors."""
    from steepest.cli.run_command import read_experiment
    from steepest.server.logs import configure

    configure(log_level)
    name = "standard input" if file == "-" else file
    return read_experiment(sys.stdin.buffer if file == "-" else Path(file), name), name


lesson_app = typer.Typer(help="Lessons for a class.", no_args_is_help=True)
app.add_typer(lesson_app, name="lesson")


@lesson_app.callback()
def _lesson() -> None:
    """Lessons for a class."""


@lesson_app.command("check")
def check_lesson(
    file: Annotated[str, typer.Argument(metavar="FILE", help="The lesson, a JSON document; - reads standard input.")],
) -> None:
    """Run every experiment of a lesson that a question asks about, and print the answers.

    Exit code 2, and one line on stderr, where a step cannot be given: the field, and what would be right.
    """
    from steepest.cli.lesson_command import print_check

    print_check(file)


@app.command()
def catalog() -> None:
    """Print every surface and optimizer with all parameters, like GET /api/catalog."""
    from steepest.protocol.catalog import catalog as whole

    typer.echo(whole().model_dump_json())
