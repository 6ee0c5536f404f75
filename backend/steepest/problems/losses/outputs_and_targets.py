"""What losses share: their reduction, and the outputs and targets they need."""

from torch import Tensor, get_default_dtype

from steepest.problems.learning.dataset import DataShape
from steepest.spec import Choice, Invalid, Text, invalid

REDUCTION = Choice(
    id="reduction",
    title=Text("reduction", "归约"),
    help=Text(
        "mean: the average over the samples and their numbers; sum: the sum, so that gradients grow with the batch and "
        "the rate has to be smaller.",
        "mean：对样本（及每个样本的各数）取平均；sum：取总和，梯度随批量增大，学习率要相应减小。",
    ),
    default="mean",
    options=("mean", "sum"),
)


def outputs_for_numbers(shape: DataShape) -> int:
    """Outputs for regression: one for each number to predict. Raises `Invalid` for classes."""
    if shape.task != "regression":
        raise invalid(
            "id",
            "this loss compares numbers, and the data has classes: use bce, bce_logits or cross_entropy",
            "该损失比较数值，而数据是类别：请用 bce、bce_logits 或 cross_entropy",
        )
    return shape.targets


def output_for_two_classes(shape: DataShape) -> int:
    """One output for two classes. Raises `Invalid` for anything else."""
    if len(shape.classes) != 2:
        raise Invalid("id", _classes_needed("exactly 2 classes", "恰好 2 类", shape))
    return 1


def outputs_for_classes(shape: DataShape) -> int:
    """One output for each class, at least two. Raises `Invalid` for numbers."""
    if len(shape.classes) < 2:
        raise Invalid("id", _classes_needed("at least 2 classes", "至少 2 类", shape))
    return len(shape.classes)


def unchanged(targets: Tensor, shape: DataShape) -> Tensor:
    """Numbers (count, k), or classes (count,)."""
    return targets


def as_probabilities(targets: Tensor, shape: DataShape) -> Tensor:
    """Classes 0 and 1, (count,), as probabilities, (count, 1)."""
    return targets.reshape(-1, 1).to(get_default_dtype())


def _classes_needed(english: str, chinese: str, shape: DataShape) -> Text:
    if shape.task == "regression":
        return Text(
            f"this loss is for {english}, and the data has numbers to predict: use mse, l1 or huber",
            f"该损失要求{chinese}，而数据要预测的是数值：请用 mse、l1 或 huber",
        )
    there = len(shape.classes)
    return Text(
        f"this loss is for {english}, and the data has {there}: use cross_entropy",
        f"该损失要求{chinese}，而数据有 {there} 类：请用 cross_entropy",
    )
