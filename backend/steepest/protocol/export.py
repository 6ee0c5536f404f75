"""Requests of `POST /api/export`, which answers with the file itself, and of `POST /api/weights`."""

import base64
import binascii
from functools import cached_property
from typing import Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from steepest.spec import Experiment, Invalid, Text
from steepest.spec.limits import MAX_RUNS
from steepest.spec.strict import Strict
from steepest.spec.strict_json import strict_json
from steepest.spec.text import Language
from steepest.spec.validation_errors import to_invalid

Request = TypeVar("Request", "ExportRequest", "WeightsRequest")


class ExportRequest(Strict):
    """An experiment with records 0..steps as a file; fewer where every run diverges before.

    run: number of the run whose weights are exported.
    """

    experiment: Experiment
    to: Literal["python", "notebook", "csv", "html", "weights"]
    steps: int = Field(default=100, ge=0)
    run: int = Field(default=0, ge=0, lt=MAX_RUNS)
    language: Language = "en"


class WeightsRequest(Strict):
    """A safetensors file for the model of an experiment. file: its bytes in base64."""

    experiment: Experiment
    file: str
    language: Language = "en"

    @cached_property
    def content(self) -> bytes:
        """The decoded file. Raises `Invalid` where it is not base64."""
        try:
            return base64.b64decode(self.file, validate=True)
        except (binascii.Error, ValueError):
            raise Invalid("file", Text("must be base64", "应为 base64")) from None


class Weights(BaseModel):
    """The parameters in the file, in the order of `module.parameters()`, as an edit's `params` holds them."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    params: list[float]


def parse_export(document: bytes) -> ExportRequest:
    """The request in a body. Raises `Invalid` with the path of the first wrong field."""
    return _parse(ExportRequest, document)


def parse_weights(document: bytes) -> WeightsRequest:
    """The request in a body. Raises `Invalid` with the path of the first wrong field."""
    return _parse(WeightsRequest, document)


def _parse(kind: type[Request], document: bytes) -> Request:
    try:
        return kind.model_validate(strict_json(document))
    except ValidationError as error:
        raise to_invalid(error) from None
