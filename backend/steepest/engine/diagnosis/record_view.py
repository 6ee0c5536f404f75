"""A record as one who tells of it sees it."""

from dataclasses import dataclass

import numpy as np

from steepest.engine.diagnosis.dynamics import ConfigSpan
from steepest.engine.diagnosis.geometry.curvature import Float
from steepest.engine.diagnosis.record_arrays import RecordArrays
from steepest.engine.preparation.view_scale import ViewScale


@dataclass(slots=True)
class RecordView:
    """A record, and the law of the step that led to it (at record 0: of the first step)."""

    picture: ViewScale
    run: int
    dtype: np.dtype
    rows: RecordArrays
    row: int
    reign: ConfigSpan
    place: int

    @property
    def step(self) -> int:
        """Of the record."""
        return self.rows.step + self.row

    @property
    def at(self) -> Float:
        """The parameters, (n,)."""
        here: Float = self.rows.params[self.row]
        return here

    @property
    def edited(self) -> bool:
        """An edit acted on the step that led here."""
        return self.reign.begins and self.place == 0

    @property
    def moved(self) -> bool:
        """It put the parameters elsewhere."""
        return self.edited and self.reign.moved

    @property
    def rests(self) -> bool:
        """The last update was nothing at all, though the rate was not 0."""
        still = self.row > 0 and bool(self.rows.lengths[self.row] == 0)
        return still and bool(self.reign.rates[self.place] != 0)
