"""The user's own table: one column is predicted from the columns of numbers."""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from steepest.problems.learning.dataset import Data, Dataset, DataShape, Task
from steepest.problems.table import MAX_ONE_HOT, Column, Table, load_columns, load_table, tells_rows_apart
from steepest.spec import Boolean, Choice, String, Text, invalid

_UNIT, _RAW = Text(" (standardised)", "（标准化）"), Text("", "")


@dataclass(frozen=True)
class _Roles:
    """target: the column to predict. inputs: the other columns of numbers. classes: of the target, or ().

    one_hot: columns of texts that are inputs, each text 1 where it is the cell's and 0 elsewhere.
    """

    target: Column
    inputs: tuple[Column, ...]
    one_hot: tuple[Column, ...]
    classes: tuple[str, ...]

    @property
    def task(self) -> Task:
        return "classification" if self.classes else "regression"


def _roles(table: Table, target: str, task: str, one_hot: bool) -> _Roles:
    usable = [column for column in table.columns if column.kind != "text"]
    named = [column for column in usable if column.name == target]
    if target and not named:
        there = ", ".join(column.name for column in usable)
        raise invalid("target", f"no such column; known here: {there}", f"没有该列；可用：{there}")
    classes_or_numbers = [column for column in usable if column.kind == "number" or not _is_id(column, table)]
    chosen = named[0] if named else (classes_or_numbers or usable)[-1]
    if chosen.kind == "classes" and _is_id(chosen, table):
        raise invalid(
            "target",
            f"{chosen.name} has {len(chosen.labels)} different texts in {table.rows} rows: "
            "they tell rows apart, and are no classes",
            f"{chosen.name} 在 {table.rows} 行中有 {len(chosen.labels)} 种文本：只用于区分各行，不是类别",
        )
    inputs = tuple(column for column in usable if column.kind == "number" and column is not chosen)
    texts = tuple(
        column
        for column in usable
        if column.kind == "classes" and column is not chosen and len(column.labels) <= MAX_ONE_HOT and one_hot
    )
    if not inputs and not texts:
        raise invalid("target", "leaves no column of numbers as an input", "除此之外没有数值列可作输入")
    classes: tuple[str, ...] = ()
    if chosen.kind == "classes":
        if task == "regression":
            raise invalid("task", f"{chosen.name} has texts, not numbers", f"{chosen.name} 是文本而非数值")
        classes = chosen.labels
    elif task == "classification" or (task == "auto" and chosen.values == (0.0, 1.0)):
        if not chosen.values:
            raise invalid(
                "task",
                f"{chosen.name} has too many different numbers for classes",
                f"{chosen.name} 的不同数值太多，不能作类别",
            )
        if _is_id(chosen, table):
            raise invalid(
                "task",
                f"{chosen.name} has {len(chosen.values)} different numbers in {table.rows} rows: they are no classes",
                f"{chosen.name} 在 {table.rows} 行中有 {len(chosen.values)} 种数值：不是类别",
            )
        classes = tuple(f"{value:.10g}" for value in chosen.values)
    return _Roles(chosen, inputs, texts, classes)


def _is_id(column: Column, table: Table) -> bool:
    return tells_rows_apart(column, table.rows)


def shape(file: str, target: str, task: str, standardize: bool, standardize_target: bool, one_hot: bool) -> DataShape:
    """One input for each column of numbers except the target, then those of texts.

    Raises `Invalid` naming the param.
    """
    table = load_columns(file)
    roles = _roles(table, target, task, one_hot)
    unit = _UNIT if standardize else _RAW
    names = (
        *(_named(column, unit) for column in roles.inputs),
        *(Text(*2 * [f"{column.name} = {label}"]) for column in roles.one_hot for label in column.labels),
    )
    target_unit = _UNIT if standardize_target else _RAW
    return DataShape(
        count=table.rows,
        inputs=(len(names),),
        input_names=names,
        targets=0 if roles.classes else 1,
        target_names=() if roles.classes else (_named(roles.target, target_unit),),
        classes=tuple(Text(name, name) for name in roles.classes),
    )


def _named(column: Column, unit: Text) -> Text:
    return Text(column.name + unit.en, column.name + unit.zh)


def make(file: str, target: str, task: str, standardize: bool, standardize_target: bool, one_hot: bool) -> Data:
    """The rows in the file's order. What is standardised has mean 0 and standard deviation 1 over all rows.

    One-hot inputs are 0 or 1, and stay so.
    """
    table = load_table(file)
    roles = _roles(table, target, task, one_hot)
    numeric = [column for column in table.columns if column.kind == "number"]
    inputs = table.numbers[:, [numeric.index(column) for column in roles.inputs]]
    targets = _targets(table, roles, numeric)
    if standardize_target and not roles.classes:
        targets = torch.from_numpy(_standardised(targets.numpy()))
    inputs = _standardised(inputs) if standardize else inputs
    coded = [column for column in table.columns if column.kind == "classes"]
    for column in roles.one_hot:
        codes = table.codes[:, coded.index(column), None]
        inputs = np.concatenate([inputs, codes == np.arange(len(column.labels))], axis=1)
    return Data(torch.from_numpy(np.ascontiguousarray(inputs)), targets)


def _standardised(columns: NDArray[np.float64]) -> NDArray[np.float64]:
    """(rows, k) to mean 0 and standard deviation 1; a constant column to 0."""
    spread = columns.std(axis=0)
    spread = np.where(spread > 0, spread, 1.0)  # 0 where squares underflow
    scaled: NDArray[np.float64] = (columns - columns.mean(axis=0)) / spread
    return scaled


def _targets(table: Table, roles: _Roles, numeric: list[Column]) -> torch.Tensor:
    if roles.target.kind == "classes":
        coded = [column for column in table.columns if column.kind == "classes"]
        return torch.from_numpy(table.codes[:, coded.index(roles.target)].astype(np.int64))
    cells = table.numbers[:, numeric.index(roles.target)]
    if roles.classes:
        return torch.from_numpy(np.searchsorted(roles.target.values, cells).astype(np.int64))
    return torch.from_numpy(cells[:, None].copy())


CSV = Dataset(
    id="csv",
    title=Text("Your own table (CSV)", "自己的表格（CSV）"),
    about=Text(
        "Any table with columns of numbers: choose what to predict; all other columns of numbers are inputs.",
        "任何含数值列的表格：选定要预测的列，其余数值列都是输入。",
    ),
    source="your own",
    shape=shape,
    make=make,
    params=(
        String(
            id="file",
            title=Text("file", "文件"),
            help=Text("The name that the server gave the uploaded file.", "上传时服务器给文件起的名字。"),
            default="",
            max_length=64,
        ),
        String(
            id="target",
            title=Text("target", "目标列"),
            help=Text("The name of the column to predict; empty for the last one.", "要预测的列名；留空为最后一列。"),
            default="",
            max_length=100,
        ),
        Choice(
            id="task",
            title=Text("task", "任务"),
            help=Text(
                "auto: texts, and numbers that are all 0 or 1, are classes; other numbers are predicted as numbers.",
                "auto：文本以及只有 0 和 1 的数值列作为类别；其他数值直接预测。",
            ),
            default="auto",
            options=("auto", "regression", "classification"),
        ),
        Boolean(
            id="standardize",
            title=Text("standardise", "标准化"),
            help=Text(
                "Each input minus its mean, divided by its standard deviation, so that one rate suits all inputs.",
                "每个输入减去均值再除以标准差，使同一个学习率适合所有输入。",
            ),
            default=True,
        ),
        Boolean(
            id="standardize_target",
            title=Text("standardise the target", "标准化目标"),
            help=Text(
                "Numbers to predict minus their mean, divided by their standard deviation: large ones, such as prices, "
                "need long steps or weights that no start is near.",
                "要预测的数减去均值再除以标准差：像房价那样大的数，需要很长的步子，或离任何起点都很远的权重。",
            ),
            default=False,
        ),
        Boolean(
            id="one_hot",
            title=Text("one-hot", "独热编码"),
            help=Text(
                f"Columns of up to {MAX_ONE_HOT} different texts are inputs too: one for each text, 1 or 0.",
                f"至多 {MAX_ONE_HOT} 种文本的列也作输入：每种文本一个输入，取 1 或 0。",
            ),
            default=False,
        ),
    ),
    known_lr=0.05,
    stored=True,
)
