"""Three students, the hours they studied, and who passed."""

import torch

from steepest.problems.learning.dataset import Data, Dataset, DataShape, Preset
from steepest.spec import Text

HOURS = (1.0, 2.0, 3.0)
PASSED = (0, 0, 1)


def shape() -> DataShape:
    """3 samples, 1 number to 2 classes."""
    return DataShape(
        count=len(HOURS),
        inputs=(1,),
        input_names=(Text("hours", "小时"),),
        targets=0,
        classes=(Text("fail", "不及格"), Text("pass", "及格")),
    )


def make() -> Data:
    """Hours and classes."""
    return Data(torch.tensor(HOURS)[:, None], torch.tensor(PASSED))


# The classes are separable, so the loss has no minimum: it keeps falling while w grows, and the 0.5 line stays between
# 2 and 3 hours.
PASS_OR_FAIL = Dataset(
    id="pass_or_fail",
    title=Text("Pass or fail", "及格与否"),
    about=Text(
        "Logistic regression: hours of study to the probability of a pass. Where does its curve cross 0.5?",
        "逻辑回归：由学习小时数得到及格的概率。曲线在哪里穿过 0.5？",
    ),
    source="lecture notes on PyTorch: logistic regression",
    shape=shape,
    make=make,
    known_model=Preset("logistic", {"output": "probability"}),
    known_loss=Preset("bce"),
    known_lr=0.5,
    view=((0.0, 10.0),),
)
