"""Fifty points near a plane through the origin, drawn once and stored as numbers."""

import torch

from steepest.problems.datasets.common import X1_X2, same
from steepest.problems.learning.dataset import Data, Dataset, DataShape, Preset
from steepest.spec import Text

NOISE = 0.1

# x1, x2, y in float32: y = X w + noise, w = (-1, 2), with torch.manual_seed(446) and X = torch.randn(50, 2), after
# 23.5 million other draws from the same generator, which take 0.3 s and 94 MB. A test draws them again and compares.
# fmt: off
ROWS = (
    (-1.3435513, 0.72794396, 2.7591088),
    (-1.7215605, 1.4929489, 4.6898303),
    (0.22135527, 0.7232564, 1.1264926),
    (-0.13489921, 0.69149077, 1.5295182),
    (0.20331644, -0.76858217, -1.737903),
    (0.5832011, -0.20352839, -1.0627477),
    (-0.87118524, 0.026507568, 1.1540993),
    (0.03843016, -0.64236397, -1.3613973),
    (0.6992561, -0.13094856, -0.9163644),
    (0.34081542, -0.99096185, -2.390695),
    (0.61612076, 1.924597, 3.2210417),
    (-1.9328907, 0.34608272, 2.6417136),
    (-0.36835182, -1.670294, -3.010242),
    (-0.3252041, -0.004462193, 0.34196702),
    (1.5535592, -0.41171664, -2.349508),
    (-0.30713788, -1.0164897, -1.7675165),
    (-0.079570964, 1.1246332, 2.2380269),
    (0.67806524, 0.19588463, -0.3192059),
    (-0.4791829, -0.12502228, 0.28897297),
    (0.8209693, -0.8692966, -2.4064224),
    (-1.7832628, -0.12879926, 1.5101377),
    (1.1959864, 0.20743823, -1.0137753),
    (-0.2463443, 1.0818563, 2.347885),
    (-1.9339998, -0.39289927, 1.0877423),
    (1.3267881, 0.10970676, -1.1741749),
    (1.2479647, -0.2971931, -1.8209119),
    (1.3897849, 1.706737, 2.0011485),
    (-0.2575852, -0.18652982, -0.2245801),
    (0.8352685, -0.5307579, -1.9025273),
    (0.6557587, -1.3803326, -3.2028422),
    (-1.5291772, -0.6705246, 0.21912476),
    (0.13366278, -1.06527, -2.2260504),
    (-1.8551949, 0.7063751, 3.378709),
    (0.9696687, -0.7168242, -2.448602),
    (0.52196485, -2.385287, -5.2799854),
    (-1.02573, 1.0508281, 3.128225),
    (0.975705, 0.17130211, -0.6161978),
    (-0.6672598, -0.09267236, 0.5465468),
    (-0.40689847, -0.030241141, 0.23633748),
    (-1.6656996, -0.4714548, 0.68311787),
    (1.1775819, 0.8689692, 0.40824372),
    (-0.9635493, 1.2927016, 3.4707413),
    (1.4114724, 0.02360673, -1.3747022),
    (0.39901057, 0.08572404, -0.22007337),
    (-0.3672964, 1.6424936, 3.5056348),
    (0.3357889, -0.056298606, -0.3770219),
    (0.17719494, 0.061324794, -0.023903893),
    (-0.10622957, -1.371214, -2.5312781),
    (1.3029007, -0.14608215, -1.6020997),
    (0.7128566, 0.5398639, 0.38222182),
)
# fmt: on


def shape() -> DataShape:
    """50 samples, 2 numbers to 1 number."""
    return DataShape(count=len(ROWS), inputs=(2,), input_names=X1_X2, target_names=same("y"))


def make() -> Data:
    """float32, as they were drawn."""
    rows = torch.tensor(ROWS, dtype=torch.float32)
    return Data(rows[:, :2].contiguous(), rows[:, 2:].contiguous())


# X^T X / n is near the identity, so the curvature is near 2 in every direction: any rate below 1 converges.
PLANE = Dataset(
    id="plane",
    title=Text("Plane (50 points)", "平面（50 个点）"),
    about=Text(
        "A round bowl: both weights move straight to (−1, 2), up to the noise.",
        "碗形损失：两个权重直奔 (−1, 2)，误差由噪声决定。",
    ),
    source="lecture notes on PyTorch: linear regression in two dimensions",
    shape=shape,
    make=make,
    known_model=Preset("linear", {"bias": False}),
)
