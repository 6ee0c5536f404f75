"""The numbers that the course notes print, digit for digit."""

from typing import Literal

from steepest.gallery.card import Column, Row, Table
from steepest.spec import Text

STEP, EPOCH = Text("step", "步"), Text("epoch", "轮")
LOSS = Column(title=Text("loss", "损失"), reads="loss")


def _column(title: str, reads: Literal["param", "grad"], index: int = 0, after: int = 0) -> Column:
    return Column(title=Text(title, title), reads=reads, index=index, after=after)


def _table(*columns: Column, printed: str, head: Text = STEP, same: bool = True) -> Table:
    """A table of run 0. printed: a line for each row: step, the notes' label, then the numbers."""
    rows = [line.split() for line in printed.strip().splitlines()]
    return Table(
        run=0,
        head=head,
        columns=columns,
        same=same,
        rows=tuple(Row(step=int(step), label=label, printed=tuple(numbers)) for step, label, *numbers in rows),
    )


SQUARE = _table(
    _column("x", "param"),
    LOSS,
    _column("f'(x)", "grad"),
    printed="""
    0 0 5.000 9.000 6.000
    1 1 3.500 2.250 3.000
    2 2 2.750 0.562 1.500
    3 3 2.375 0.141 0.750
    4 4 2.188 0.035 0.375
    5 5 2.094 0.009 0.188
    6 6 2.047 0.002 0.094
    7 7 2.023 0.001 0.047
    8 8 2.012 0.000 0.023
    9 9 2.006 0.000 0.012
    10 10 2.003 0.000 0.006
    11 11 2.001 0.000 0.003
    12 12 2.001 0.000 0.001
    13 13 2.000 0.000 0.001
    14 14 2.000 0.000 0.000
    """,
)

GRADIENT_OF_TWO = _table(
    _column("∂w₀", "grad"),
    _column("∂w₁", "grad", 1),
    printed="""
    0 0 2.0000 5.2832
    """,
)

# Of e = (a + b)(b + 1): node, value forward, gradient backward.
GRAPH: tuple[tuple[str, str, str], ...] = (
    ("a", "2", "2"),
    ("b", "1", "5"),
    ("c", "3", "2"),
    ("d", "2", "3"),
    ("e", "6", "1"),
)

THERMOMETER = _table(
    LOSS,
    _column("w", "param", 0, 1),
    _column("b", "param", 1, 1),
    _column("∂w", "grad"),
    _column("∂b", "grad", 1),
    head=EPOCH,
    printed="""
    0 1 1763.884644 0.5483 -0.0083 4517.2969 82.6000
    1 2 323.090546 0.3623 -0.0118 1859.5493 35.7843
    2 3 78.929634 0.2858 -0.0135 765.4667 16.5122
    9 10 29.105242 0.2324 -0.0166 1.4803 3.0544
    10 11 29.104168 0.2323 -0.0169 0.5781 3.0384
    98 99 29.023582 0.2327 -0.0435 -0.0533 3.0226
    99 100 29.022669 0.2327 -0.0438 -0.0532 3.0226
    """,
)

PLANE = _table(
    LOSS,
    _column("w₀", "param", 0, 1),
    _column("w₁", "param", 1, 1),
    printed="""
    0 0 7.82 0.13149136 0.70046324
    1 1 2.84 -0.11822014 0.9229876
    2 2 1.84 -0.31444427 1.1054724
    3 3 1.19 -0.4684834 1.2552956
    4 4 0.77 -0.58927345 1.3784461
    5 5 0.50 -0.68387645 1.4797904
    6 6 0.33 -0.75787055 1.563287
    7 7 0.22 -0.8156596 1.632159
    8 8 0.15 -0.86071837 1.6890337
    9 9 0.10 -0.89578694 1.736055
    10 10 0.07 -0.9230244 1.7749742
    11 11 0.05 -0.94413096 1.8072236
    12 12 0.03 -0.9604442 1.8339758
    13 13 0.02 -0.9730157 1.8561921
    14 14 0.02 -0.9826713 1.8746614
    15 15 0.01 -0.99005884 1.8900318
    16 16 0.01 -0.99568594 1.9028363
    17 17 0.01 -0.99994993 1.913514
    18 18 0.01 -1.0031612 1.9224268
    19 19 0.01 -1.0055621 1.9298735
    """,
)

# The weights after the first step of PLANE_AGAIN; its start was drawn at random.
AGAIN_START = (-0.5453574, 0.51412684)

PLANE_AGAIN = _table(
    LOSS,
    _column("w₀", "param", 0, 1),
    _column("w₁", "param", 1, 1),
    printed="""
    0 1 2.02 -0.666086 0.75222915
    1 2 1.37 -0.75831056 0.9504565
    2 3 0.94 -0.82842976 1.1156546
    3 4 0.64 -0.8814486 1.2534634
    4 5 0.44 -0.92127615 1.3685349
    5 6 0.31 -0.9509604 1.4647106
    6 7 0.22 -0.9728737 1.5451664
    7 8 0.15 -0.98885876 1.6125307
    8 9 0.11 -1.0003437 1.6689818
    9 10 0.08 -1.0084321 1.7163262
    10 11 0.06 -1.0139749 1.7560644
    11 12 0.04 -1.0176253 1.7894436
    12 13 0.03 -1.0198835 1.8175017
    13 14 0.02 -1.0211303 1.8411033
    14 15 0.02 -1.0216544 1.8609697
    15 16 0.02 -1.0216731 1.8777025
    16 17 0.01 -1.0213491 1.8918046
    17 18 0.01 -1.020803 1.9036964
    18 19 0.01 -1.020123 1.9137299
    """,
)

SINGLE_SAMPLE = _table(
    LOSS,
    _column("w₀", "param", 0, 1),
    _column("w₁", "param", 1, 1),
    same=False,
    printed="""
    0 0 4.46 -0.20530999 0.66900945
    20 20 1.28 -0.3492172 0.8908058
    40 40 0.73 -0.513422 1.1883926
    60 60 0.51 -0.6704745 1.5351907
    80 80 0.16 -0.7813061 1.6464837
    100 100 0.20 -0.8568147 1.7569876
    120 120 0.03 -0.90830195 1.8347709
    140 140 0.00 -0.9449066 1.888105
    160 160 0.00 -0.96574944 1.9163204
    180 180 0.01 -0.98202056 1.9221277
    """,
)

MSE = _table(
    LOSS,
    printed="""
    0 0 0.6667
    """,
)
