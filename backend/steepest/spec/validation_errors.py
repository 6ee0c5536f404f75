"""Translates pydantic's validation errors: the field's path in the document, and what would be valid, bilingual."""

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from steepest.spec.errors import Invalid
from steepest.spec.text import Text

# By pydantic's type of error, with the error's context put in; other types keep pydantic's English.
_WORDS: dict[str, tuple[str, str]] = {
    "missing": ("must be given", "必须给出"),
    "int_type": ("must be a whole number", "应为整数"),
    "int_from_float": ("must be a whole number", "应为整数"),
    "float_type": ("must be a number", "应为数"),
    "finite_number": ("must be finite", "应为有限数"),
    "large_integer": ("must be within 64 bits, as a whole number", "整数应在 64 位以内"),
    "string_type": ("must be text", "应为文本"),
    "bool_type": ("must be true or false", "应为 true 或 false"),
    "list_type": ("must be a list", "应为列表"),
    "dict_type": ("must be an object", "应为对象"),
    "model_type": ("must be an object", "应为对象"),
    "model_attributes_type": ("must be an object", "应为对象"),
    "greater_than_equal": ("must be at least {ge}", "至少为 {ge}"),
    "less_than_equal": ("must be at most {le}", "至多为 {le}"),
    "greater_than": ("must be greater than {gt}", "应大于 {gt}"),
    "less_than": ("must be less than {lt}", "应小于 {lt}"),
    "string_too_short": ("needs at least {min_length} characters", "至少 {min_length} 个字符"),
    "string_too_long": ("holds at most {max_length} characters", "最多 {max_length} 个字符"),
    "literal_error": ("must be {expected}", "应为 {expected}"),
    "too_short": (
        "needs at least {min_length}; there are {actual_length}",
        "至少 {min_length} 项，现有 {actual_length} 项",
    ),
    "too_long": ("holds at most {max_length}; there are more", "最多 {max_length} 项，已超出"),
    "unknown_field": ("unknown field; known here: {known}", "未知字段；此处可用：{known}"),
    "one_change": ("needs exactly one of: set, optimizer, params", "须且仅须给出 set、optimizer、params 之一"),
    "id_is_not_set": (
        "not a hyperparameter; to change the optimizer give `optimizer`",
        "不是超参数；更换优化器请用 `optimizer`",
    ),
    "no_common_past": (
        "no branch of run {run} at step {step}: that must be an earlier run with the same optimizer, start and edits "
        "before that step",
        "不是运行 {run} 在第 {step} 步的分支：须为在前的运行，且优化器、起点及该步之前的修改都相同",
    ),
    "newer_version": (
        "made for a newer Steepest: version {version}, and this one reads version {known}",
        "出自更新版本的 Steepest：版本 {version}，而此处只能读版本 {known}",
    ),
    "union_tag_invalid": ("must be {expected_tags}", "应为 {expected_tags}"),
    "union_tag_not_found": ("must be given", "必须给出"),
    "no_such_run": ("there is no run {run}; the last one is {last}", "没有第 {run} 号运行；最后一个是 {last} 号"),
    "no_words": ("needs words in English or Chinese", "需要英文或中文的文字"),
    "low_above_high": ("must be below high", "应小于 high"),
    "log_not_positive": ("must be above 0 on a log scale", "对数刻度上应大于 0"),
    "not_a_path": (
        "must name a number of the experiment, such as runs[0].optimizer.lr or runs[0].start[0]",
        "应指明实验中的一个数，如 runs[0].optimizer.lr 或 runs[0].start[0]",
    ),
    "same_axis": ("{path} has an axis already", "{path} 已有一条轴"),
    "sweep_of_one_run": (
        "a sweep is over an experiment of one run; there are {runs}",
        "扫描只针对一个运行；现有 {runs} 个",
    ),
    "loss_missing": ("must be given: the loss that steps_to_loss counts to", "必须给出：steps_to_loss 所要达到的损失"),
    "loss_unused": ("only steps_to_loss has a loss", "只有 steps_to_loss 需要 loss"),
    "outcome_repeated": (
        "an outcome has no median; with a repeat, choose another measure",
        "结局没有中位数；有 repeat 时请换一种度量",
    ),
    "too_many_runs": ("{runs} runs in all; at most {most}", "共 {runs} 个运行；至多 {most} 个"),
    "too_many_updates": (
        "{runs} runs of {steps} steps are {updates} updates; at most {most}",
        "{runs} 个运行各 {steps} 步，共 {updates} 次更新；至多 {most} 次",
    ),
    "one_run": ("an order needs at least two runs", "排序至少需要两个运行"),
    "two_without_conditions": (
        "only one option may be without conditions: it is right where no other is",
        "只有一个选项可以没有条件：其他选项都不成立时它才正确",
    ),
    "not_a_value": (
        "must be true, false, a finite number, text, a list of finite numbers, or null",
        "应为 true、false、有限数、文本、有限数的列表或 null",
    ),
}


def no_such_run(run: int, runs: int) -> Text:
    """The error of naming run `run` where there are only `runs` of them."""
    return _message("no_such_run", {"run": run, "last": runs - 1})


def _message(kind: str, context: Mapping[str, Any]) -> Text:
    english, chinese = _WORDS[kind]
    return Text(english.format(**context), chinese.format(**context))


# Fields whose value is a member of a union, and the names of the members; those of a list come after its number.
_UNIONS = {
    "problem": {"surface", "learning"},
    "activity": {"watch", "predict", "explore"},
    "question": {"choose", "number", "place", "order"},
    "answer": {"choose", "number", "place", "order"},
    "when": {
        *("arrives", "none_arrives", "diverges", "stays", "lowest", "loss", "parameter", "verdict"),
    },
}


def _document_path(location: tuple[int | str, ...]) -> list[int | str]:
    """The path without the names of union members, which pydantic adds."""
    return [
        part
        for n, part in enumerate(location)
        if part not in ("<init>", "<values>") and part not in _UNIONS.get(_field_before(location[:n]), ())
    ]


def _field_before(location: tuple[int | str, ...]) -> str:
    """The last name of a path, whose value or whose element comes next."""
    if location and isinstance(location[-1], int):
        location = location[:-1]
    return str(location[-1]) if location else ""


def to_invalid(error: ValidationError) -> Invalid:
    """The first error as `Invalid`. The context entry `at` is the rest of the path below the error's location."""
    first = error.errors(include_url=False, include_input=False)[0]
    context: Mapping[str, Any] = first.get("ctx", {})
    field = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in _document_path(first["loc"]))
    if first["type"].startswith("union_tag"):
        field = f"{field}.{context['discriminator'].strip(chr(39))}"
    if "at" in context:
        field = f"{field}.{context['at']}"
    if first["type"] in _WORDS:
        text = _message(first["type"], context)
    else:
        text = Text(first["msg"][:1].lower() + first["msg"][1:], "此处的值不合要求")
    return Invalid(field.removeprefix("."), text)
