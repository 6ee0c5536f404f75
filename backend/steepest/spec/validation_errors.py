"""Translates pydantic's validation errors: the field's path in the document, and what would be valid, bilingual."""

from collections.abc import Callable, Mapping
from typing import Any

from pydantic import ValidationError

from steepest.spec.errors import Invalid
from steepest.spec.text import Text

Context = Mapping[str, Any]

# By pydantic's type of error; other types keep pydantic's English, with a general Chinese text.
_WORDS: dict[str, Callable[[Context], Text]] = {
    "missing": lambda _: Text("must be given", "必须给出"),
    "int_type": lambda _: Text("must be a whole number", "应为整数"),
    "int_from_float": lambda _: Text("must be a whole number", "应为整数"),
    "float_type": lambda _: Text("must be a number", "应为数"),
    "finite_number": lambda _: Text("must be finite", "应为有限数"),
    "large_integer": lambda _: Text("must be within 64 bits, as a whole number", "整数应在 64 位以内"),
    "string_type": lambda _: Text("must be text", "应为文本"),
    "bool_type": lambda _: Text("must be true or false", "应为 true 或 false"),
    "list_type": lambda _: Text("must be a list", "应为列表"),
    "dict_type": lambda _: Text("must be an object", "应为对象"),
    "model_type": lambda _: Text("must be an object", "应为对象"),
    "model_attributes_type": lambda _: Text("must be an object", "应为对象"),
    "greater_than_equal": lambda ctx: Text(f"must be at least {ctx['ge']}", f"至少为 {ctx['ge']}"),
    "less_than_equal": lambda ctx: Text(f"must be at most {ctx['le']}", f"至多为 {ctx['le']}"),
    "greater_than": lambda ctx: Text(f"must be greater than {ctx['gt']}", f"应大于 {ctx['gt']}"),
    "less_than": lambda ctx: Text(f"must be less than {ctx['lt']}", f"应小于 {ctx['lt']}"),
    "string_too_short": lambda ctx: Text(
        f"needs at least {ctx['min_length']} characters", f"至少 {ctx['min_length']} 个字符"
    ),
    "string_too_long": lambda ctx: Text(
        f"holds at most {ctx['max_length']} characters", f"最多 {ctx['max_length']} 个字符"
    ),
    "literal_error": lambda ctx: Text(f"must be {ctx['expected']}", f"应为 {ctx['expected']}"),
    "too_short": lambda ctx: Text(
        f"needs at least {ctx['min_length']}; there are {ctx['actual_length']}",
        f"至少 {ctx['min_length']} 项，现有 {ctx['actual_length']} 项",
    ),
    "too_long": lambda ctx: Text(
        f"holds at most {ctx['max_length']}; there are more", f"最多 {ctx['max_length']} 项，已超出"
    ),
    "unknown_field": lambda ctx: Text(
        f"unknown field; known here: {ctx['known']}", f"未知字段；此处可用：{ctx['known']}"
    ),
    "one_change": lambda _: Text(
        "needs exactly one of: set, optimizer, params", "须且仅须给出 set、optimizer、params 之一"
    ),
    "id_is_not_set": lambda _: Text(
        "not a hyperparameter; to change the optimizer give `optimizer`", "不是超参数；更换优化器请用 `optimizer`"
    ),
    "no_common_past": lambda ctx: Text(
        f"no branch of run {ctx['run']} at step {ctx['step']}: that must be an earlier run with the same optimizer, "
        "start and edits before that step",
        f"不是运行 {ctx['run']} 在第 {ctx['step']} 步的分支：须为在前的运行，且优化器、起点及该步之前的修改都相同",
    ),
    "newer_version": lambda ctx: Text(
        f"made for a newer Steepest: version {ctx['version']}, and this one reads version {ctx['known']}",
        f"出自更新版本的 Steepest：版本 {ctx['version']}，而此处只能读版本 {ctx['known']}",
    ),
    "union_tag_invalid": lambda ctx: Text(f"must be {ctx['expected_tags']}", f"应为 {ctx['expected_tags']}"),
    "union_tag_not_found": lambda _: Text("must be given", "必须给出"),
    "no_such_run": lambda ctx: no_such_run(ctx["run"], ctx["runs"]),
    "not_a_value": lambda _: Text(
        "must be true, false, a finite number, text, a list of finite numbers, or null",
        "应为 true、false、有限数、文本、有限数的列表或 null",
    ),
}


def no_such_run(run: int, runs: int) -> Text:
    """The error of naming run `run` where there are only `runs` of them."""
    return Text(f"there is no run {run}; the last one is {runs - 1}", f"没有第 {run} 号运行；最后一个是 {runs - 1} 号")


def _document_path(location: tuple[int | str, ...]) -> list[int | str]:
    """The path without the names of union members, which pydantic adds."""
    return [
        part
        for n, part in enumerate(location)
        if part not in ("<init>", "<values>")
        and not (part in ("surface", "learning") and n > 0 and location[n - 1] == "problem")
    ]


def to_invalid(error: ValidationError) -> Invalid:
    """The first error as `Invalid`. The context entry `at` is the rest of the path below the error's location."""
    first = error.errors(include_url=False, include_input=False)[0]
    context: Context = first.get("ctx", {})
    field = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in _document_path(first["loc"]))
    if first["type"].startswith("union_tag"):
        field = f"{field}.{context['discriminator'].strip(chr(39))}"
    if "at" in context:
        field = f"{field}.{context['at']}"
    words = _WORDS.get(first["type"])
    if words is None:
        english = first["msg"][:1].lower() + first["msg"][1:]
        return Invalid(field.removeprefix("."), Text(english, "此处的值不合要求"))
    return Invalid(field.removeprefix("."), words(context))
