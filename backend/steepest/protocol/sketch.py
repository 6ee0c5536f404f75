"""A small picture of an experiment, as numbers that the page draws in its own colours."""

from pydantic import BaseModel, ConfigDict


class SketchPoint(BaseModel):
    """A sample. x, y: 0..1, from the lower left corner. kind: its class; 0 where there are none."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    x: float
    y: float
    kind: int


class Sketch(BaseModel):
    """What the stage shows of an experiment, some steps after its start.

    classes: of the samples. shape: columns and rows of `pixels`.
    pixels: base64 of one byte a pixel, the lowest row first: heights of the loss (0 low), or ink of sample images;
        empty where there are none.
    curve: heights 0..1 at evenly spaced x, of a loss of one parameter.
    paths: of each run, (x, y) in 0..1; a run leaves the picture where it ends early.
    points: samples. losses: of each run over the steps, 0..1, on one logarithmic scale.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", json_schema_serialization_defaults_required=True)

    classes: int = 0
    shape: tuple[int, int] = (0, 0)
    pixels: str = ""
    curve: tuple[float, ...] = ()
    paths: tuple[tuple[tuple[float, float], ...], ...] = ()
    points: tuple[SketchPoint, ...] = ()
    losses: tuple[tuple[float, ...], ...] = ()
