"""Readings of a thermometer in an unknown unit and of one in degrees Celsius, for regression."""

import torch

from steepest.problems.learning.dataset import Data, Dataset, DataShape
from steepest.spec import Text, number

# Eleven readings: Stevens, Antiga, Viehmann 2020, Deep Learning with PyTorch, section 5.2.
T_C = (0.5, 14.0, 15.0, 28.0, 11.0, 8.0, 3.0, -4.0, 6.0, 13.0, 21.0)
T_U = (35.7, 55.9, 58.2, 81.9, 56.3, 48.9, 33.9, 21.8, 48.4, 60.4, 68.4)


def shape(scale: float) -> DataShape:
    """11 samples, 1 number to 1 number."""
    factor = "" if scale == 1 else f"{scale:g} "
    return DataShape(
        count=len(T_C),
        inputs=(1,),
        input_names=(Text(f"{factor}t_u (unknown unit)", f"{factor}t_u（未知单位）"),),
        target_names=(Text("t_c (°C)", "t_c（°C）"),),
    )


def make(scale: float) -> Data:
    """float64, so that both dtypes get the number nearest to the reading."""
    unknown = torch.tensor(T_U, dtype=torch.float64) * scale
    return Data(unknown[:, None], torch.tensor(T_C, dtype=torch.float64)[:, None])


# Curvature of the mean squared error along w is 2 mean(t_u^2), about 5800 on the raw readings: steps are stable below
# 3.4e-4. On readings times 0.1 it is a hundredth of that, and 1e-2 is well below 2 / 60.
THERMOMETER = Dataset(
    id="thermometer",
    title=Text("Thermometer", "温度计"),
    about=Text(
        "The raw readings are large, which makes the valley of the loss long and narrow: only a tiny rate is stable, "
        "so the bias is slow. A scale of 0.1 solves it.",
        "原始读数很大，损失的山谷因此又长又窄：只有极小的学习率才稳定，偏置几乎不动。缩放取 0.1 即可解决。",
    ),
    source="Stevens, Antiga, Viehmann 2020, Deep Learning with PyTorch, ch. 5",
    shape=shape,
    make=make,
    params=(
        number(
            "scale",
            Text("scale of the inputs", "输入的缩放"),
            Text("The factor of t_u; 1 is the raw data.", "t_u 乘以该数；1 表示原始数据。"),
            default=1.0,
            accepts=(0.0, 1000.0),
            above=True,
            slider=(0.01, 1.0),
            log=True,
        ),
    ),
    known_lr=1e-4,
)
