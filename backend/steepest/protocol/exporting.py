"""What `POST /api/export` takes; its answer is the file itself, or an `error` event as JSON."""

from typing import Literal

from pydantic import Field, ValidationError

from steepest.spec import Experiment
from steepest.spec.document import strict_json
from steepest.spec.limits import MAX_RUNS
from steepest.spec.refusal import invalid
from steepest.spec.strict import Strict
from steepest.spec.text import Language


class ExportRequest(Strict):
    """An experiment with records 0..steps as a file; fewer where every run diverges before. run: whose weights."""

    experiment: Experiment
    to: Literal["python", "notebook", "csv", "html", "weights"]
    steps: int = Field(default=100, ge=0)
    run: int = Field(default=0, ge=0, lt=MAX_RUNS)
    language: Language = "en"


def parse_export(document: bytes) -> ExportRequest:
    """The request in a body. Raises `Invalid` with the path of the first wrong field."""
    try:
        return ExportRequest.model_validate(strict_json(document))
    except ValidationError as error:
        raise invalid(error) from None
