"""The catalog's entries for learning problems: data sets, models, losses, and initializations."""

from typing import Literal

from steepest.problems import Dataset
from steepest.problems.learning.dataset import Task
from steepest.problems.learning.loss import Shown
from steepest.problems.learning.model import Gives
from steepest.protocol.entry import DescribedEntry, Entry
from steepest.spec import Invalid, Param, Text, Value, number


class KnownEntry(Entry):
    """An entry that works well, by its id, with the params that differ from its defaults."""

    id: str
    params: dict[str, Value]


class ShapeEntry(Entry):
    """Sizes of a data set with its default params.

    inputs: shape of one sample.
    targets: numbers to predict; 0 for classes.
    classes: their names; empty for regression.
    own_test: samples of the data set's own test set.
    """

    count: int
    inputs: list[int]
    input_names: list[Text]
    targets: int
    target_names: list[Text]
    classes: list[Text]
    own_test: int
    task: Task


class DatasetEntry(DescribedEntry):
    """A data set.

    known_model, known_loss, known_lr: a combination that works, with the rate for plain gradient descent.
    shape: for the default params; null where their files were missing when the server started.
    missing: which files.
    """

    known_model: KnownEntry
    known_loss: KnownEntry
    known_lr: float
    shape: ShapeEntry | None
    missing: Text | None
    stored: bool


class ModelEntry(DescribedEntry):
    """A model. formula: LaTeX. gives: kind of its outputs for the default params."""

    formula: str
    gives: Gives


class LossEntry(DescribedEntry):
    """A loss. formula: LaTeX. tasks: what it is for. takes: required kind of outputs. shown: how fits are plotted."""

    formula: str
    tasks: list[Task]
    takes: Gives
    shown: Shown


class InitEntry(Entry):
    """A distribution of a model's initial parameters. params: fields of the start beside `init`."""

    id: Literal["default", "xavier", "kaiming", "normal", "zeros"]
    title: Text
    about: Text
    params: list[Param]


INITS: tuple[InitEntry, ...] = (
    InitEntry(
        id="default",
        title=Text("PyTorch's default", "PyTorch 默认"),
        about=Text(
            "Uniform within 1/√(inputs) of 0, for weights and biases.",
            "在 0 附近 ±1/√(输入数) 内均匀抽取，权重与偏置相同。",
        ),
        params=[],
    ),
    InitEntry(
        id="xavier",
        title=Text("Xavier (Glorot) uniform", "Xavier（Glorot）均匀"),
        about=Text(
            "Keeps the size of signals through layers of tanh or sigmoid (Glorot & Bengio 2010); biases 0.",
            "宽度使信号经过 tanh 或 sigmoid 各层时大小不变（Glorot 与 Bengio，2010）；偏置为 0。",
        ),
        params=[],
    ),
    InitEntry(
        id="kaiming",
        title=Text("Kaiming (He) uniform", "Kaiming（He）均匀"),
        about=Text(
            "Wider, for ReLU, which passes half of the signal (He et al. 2015); biases 0.",
            "更宽，适合只让一半信号通过的 ReLU（He 等，2015）；偏置为 0。",
        ),
        params=[],
    ),
    InitEntry(
        id="normal",
        title=Text("normal", "正态"),
        about=Text(
            "From a normal distribution around 0 with your own width; too narrow or too wide, and deep nets learn "
            "badly. Biases 0.",
            "取自以 0 为中心、宽度自定的正态分布；太窄或太宽，深层网络都学不好。偏置为 0。",
        ),
        params=[
            number(
                "std",
                Text("deviation", "标准差"),
                Text("The standard deviation of the weights.", "权重的标准差。"),
                default=0.01,
                accepts=(0.0, 100.0),
                above=True,
                slider=(0.001, 10.0),
                symbol=r"\sigma",
                log=True,
            )
        ],
    ),
    InitEntry(
        id="zeros",
        title=Text("all zeros", "全为零"),
        about=Text(
            "Right for a linear model. In a net the units of a layer stay alike, and it learns almost nothing.",
            "适合线性模型。在网络里，同一层的单元永远一样，几乎学不到东西。",
        ),
        params=[],
    ),
)


def dataset_entry(dataset: Dataset) -> DatasetEntry:
    """The catalog entry of a data set, without loading its data."""
    shape: ShapeEntry | None = None
    missing: Text | None = None
    try:
        shape = ShapeEntry.of(dataset.shape(**dataset.complete({})))
    except Invalid as error:
        missing = error.text
    return DatasetEntry.of(dataset, shape=shape, missing=missing)
