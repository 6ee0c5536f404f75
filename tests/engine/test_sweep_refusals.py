"""What a sweep is refused for, before any step is made; the error names the field."""

from typing import Any

import pytest
from tests.spec.sweeps import LR, MOMENTUM, NET, SURFACE, axis, changed, sweep_of

from steepest.engine import prepare_sweep
from steepest.spec import Invalid, parse_sweep

EAGER = changed(SURFACE, engine="eager")
LBFGS = changed(SURFACE, runs__0__optimizer={"id": "lbfgs"})
SCHEDULED = changed(SURFACE, runs__0__schedule={"id": "exponential"})
NESTEROV = changed(SURFACE, runs__0__optimizer={"id": "sgd", "momentum": 0.9, "nesterov": True})
FITTED = changed(
    NET,
    problem={
        "kind": "learning",
        "dataset": {"id": "noisy_curve"},
        "model": {"id": "linear"},
        "loss": {"id": "mse"},
        "split": {"dev": 0.3},
    },
)


def wide(given: dict[str, Any], count: int) -> dict[str, Any]:
    return {**given, "count": count}


@pytest.mark.parametrize(
    ("document", "field", "english", "chinese"),
    [
        (
            sweep_of(changed(SURFACE, problem__id="hill"), LR),
            "experiment.problem.id",
            "no surface 'hill'",
            "没有该函数",
        ),
        (sweep_of(SURFACE, axis("runs[0].optimizer.nesterov", 0, 1)), "axes[0].set", "is no number", "不是"),
        (sweep_of(SURFACE, axis("runs[0].optimizer.id", 0, 1)), "axes[0].set", "is no number", "不是"),
        (sweep_of(SURFACE, axis("runs[0].start", 0, 1)), "axes[0].set", "is no number", "不是"),
        (sweep_of(SURFACE, axis("runs[1].optimizer.lr", 0, 1)), "axes[0].set", "is no number", "不是"),
        (sweep_of(SURFACE, LR, axis("runs[0].start[2]", 0, 1)), "axes[1].set", "is no number", "不是"),
        (sweep_of(SURFACE, axis("runs[0].optimizer.speed", 0, 1)), "axes[0].set", "unknown", "未知"),
        (sweep_of(SURFACE, axis("colour", 0, 1)), "axes[0].set", "unknown field", "未知字段"),
        (sweep_of(SURFACE, LR, axis("runs[0].optimizer.momentum", -1, 0.5)), "axes[1].low", "-1.0 is outside", "超出"),
        (sweep_of(SURFACE, axis("runs[0].optimizer.dampening", 0, 2)), "axes[0].high", "2.0 is outside", "超出"),
        (sweep_of(SURFACE, axis("runs[0].start[0]", 0, 1e39)), "axes[0].high", "too large for this dtype", "超出"),
        (sweep_of(SURFACE, axis("seed", -1, 3)), "axes[0].low", "at least 0", "至少为 0"),
        (sweep_of(NET, LR, repeat=axis("seed", -1, 3), measure="final_loss"), "repeat.low", "at least 0", "至少为 0"),
        (sweep_of(NESTEROV, MOMENTUM), "experiment.runs[0].optimizer.nesterov", "momentum above 0", "动量大于 0"),
        (sweep_of(NET, LR, measure="distance"), "measure", "no minimum", "极小值"),
        (sweep_of(SURFACE, LR, measure="dev_loss"), "measure", "needs a development part", "开发集"),
        (sweep_of(changed(NET, problem__split={}), LR, measure="dev_loss"), "measure", "needs a development", "开发集"),
        (sweep_of(FITTED, LR, measure="dev_accuracy"), "measure", "a regression has no accuracy", "没有准确率"),
        (sweep_of(NET, LR, measure="dev_loss", steps=15), "steps", "a multiple of 10", "10 的倍数"),
        (
            sweep_of(EAGER, wide(LR, 200), wide(MOMENTUM, 200)),
            "experiment.engine",
            "torch would make 2400000 updates one by one; at most 2000000 are made: write compiled here",
            "此处请写 compiled",
        ),
        (
            sweep_of(
                changed(SURFACE, runs__0__optimizer={"id": "lbfgs"}), wide(LR, 200), axis("runs[0].start[0]", 0, 1, 200)
            ),
            "experiment.engine",
            "has no kernel",
            "没有内核",
        ),
        (
            sweep_of(SCHEDULED, wide(LR, 400), wide(MOMENTUM, 400)),
            "axes",
            "160000 runs, each by itself",
            "逐一计算",
        ),
        (
            sweep_of(NET, axis("problem.penalty.l1", 0, 1, 40), axis("problem.penalty.l2", 0, 1, 40)),
            "axes",
            "1600 different problems",
            "1600 个不同的问题",
        ),
        (
            sweep_of(NET, wide(LR, 1000), wide(axis("runs[0].start.draw", 0, 999), 1000), steps=5000),
            "steps",
            "products of a weight and an input",
            "权重与输入的乘积",
        ),
    ],
)
def test_refusals_name_the_field(document: dict[str, Any], field: str, english: str, chinese: str) -> None:
    with pytest.raises(Invalid) as refused:
        prepare_sweep(parse_sweep(document))
    assert refused.value.field == field
    assert english in refused.value.text.en
    assert chinese in refused.value.text.zh


def test_a_whole_number_takes_whole_numbers() -> None:
    draws = axis("runs[0].start.draw", 0, 4)
    document = sweep_of(NET, axis("seed", 0.2, 3.9), LR, repeat=draws, measure="final_loss")
    prepared = prepare_sweep(parse_sweep(document))
    assert prepared.integers == (True, False, True)
    assert [prepared.value(0, place) for place in range(5)] == [0, 1, 2, 3, 4]
    assert [type(prepared.value(n, 1)) for n in range(3)] == [int, float, int]
