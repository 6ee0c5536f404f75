"""Every error that a client can be told, in its one shape and in the client's language."""

from steepest.protocol.events import Error, ErrorCode
from steepest.server.worker.pool import OutOfMemory, StepTimeout, WorkerLost
from steepest.spec import Invalid, Text
from steepest.spec.text import Language


class Refused(Exception):
    """A command that is right in itself, and cannot be carried out here and now. field: the field to blame, or ""."""

    def __init__(self, code: ErrorCode, text: Text, field: str = "") -> None:
        self.code = code
        self.text = text
        self.field = field
        super().__init__(text.en)


def error_event(
    error: Exception, language: Language, reply_to: int, *, code: ErrorCode | None = None, step: int | None = None
) -> Error:
    """The `error` event for an exception. An exception that is not made for clients is told as `internal`, no more.

    reply_to: id of the command that it answers, 0 for none. code: instead of the exception's own.
    """
    if isinstance(error, Invalid | Refused):
        found = error.code if isinstance(error, Refused) else "invalid"
        column = error.column if isinstance(error, Invalid) else None
        return _event(reply_to, code or found, error.text, language, error.field or None, step, column)
    if isinstance(error, WorkerLost):
        return _event(reply_to, "worker_lost", _WORKER_LOST, language, None, step)
    if isinstance(error, OutOfMemory):
        return _event(reply_to, "limit", _OUT_OF_MEMORY, language, None, step)
    if isinstance(error, StepTimeout):
        return _event(reply_to, "step_timeout", _STEP_TIMEOUT, language, None, step)
    return _event(reply_to, "internal", _INTERNAL, language, None, step)


def expected(error: Exception) -> bool:
    """Whether `error_event` has its own words for it, so that the log needs no traceback."""
    return isinstance(error, Invalid | Refused | WorkerLost | StepTimeout)


def _event(
    reply_to: int,
    code: ErrorCode,
    text: Text,
    language: Language,
    field: str | None,
    step: int | None,
    column: int | None = None,
) -> Error:
    message = text.in_language(language)
    return Error(op="error", id=reply_to, code=code, message=message, field=field, step=step, column=column)


_WORKER_LOST = Text(
    "the process that makes the steps died each time it was tried; play to try again",
    "计算进程每次尝试都意外终止；点播放可再试",
)
_STEP_TIMEOUT = Text("one step takes longer than a step may", "单步计算超时")
_OUT_OF_MEMORY = Text(
    "there was not enough memory for this; take a smaller model or smaller batches, and play to try again",
    "内存不足；请用更小的模型或更小的批量，点播放可再试",
)
_INTERNAL = Text("something went wrong in the server; its log has it", "服务器内部出错，详见其日志")


def binary() -> Invalid:
    """A binary message."""
    return Invalid("", Text("commands are JSON text, not binary", "命令应为 JSON 文本，而非二进制"))


def no_experiment() -> Refused:
    """A command about an experiment, and none is open."""
    return Refused("no_experiment", Text("no experiment is open", "尚未打开实验"))


def busy(most: int) -> Refused:
    """One experiment more than the server takes."""
    return Refused(
        "busy",
        Text(f"this server has {most} experiments open, and takes no more", f"服务器已打开 {most} 个实验，无法再开"),
    )


def too_many_runs(most: int) -> Refused:
    """More runs than the server takes."""
    return Refused("limit", Text(f"this server takes at most {most} runs", f"本服务器最多 {most} 个运行"), "runs")


def too_many_parameters(count: int, most: int) -> Refused:
    """A model of more parameters than the server takes."""
    text = Text(
        f"this model has {count:,} parameters; this server takes at most {most:,}",
        f"该模型有 {count:,} 个参数；本服务器最多 {most:,} 个",
    )
    return Refused("limit", text, "problem.model")


def too_large(most: int, field: str) -> Refused:
    """A change that would make the experiment too large to be sent back. field: what it changes."""
    return Refused(
        "limit",
        Text(
            f"the experiment would be larger than the {most} bytes that one message may have; undo some changes first",
            f"实验将超过单条消息的上限 {most} 字节；请先撤销一些修改",
        ),
        field,
    )


def too_many_steps(most: int, field: str) -> Refused:
    """A step beyond the server's cap. field: the field that names it."""
    return Refused("limit", Text(f"this server makes at most {most} steps", f"本服务器最多计算 {most} 步"), field)


def too_many_points(most: int) -> Refused:
    """A grid larger than the server makes."""
    return Refused("limit", Text(f"a grid has at most {most} points here", f"网格最多 {most} 个点"), "shape")


def superseded() -> Refused:
    """A slow question, given up for a later one, or for another experiment."""
    return Refused("limit", Text("given up for what was asked later", "已放弃：随后又有新的请求"))
