"""Errors that a client receives: every exception becomes one `error` event, on the socket and over HTTP alike."""

import logging
import traceback

from steepest.protocol.commands import BadMessage
from steepest.protocol.events import Error, ErrorCode
from steepest.server.logs import log_event
from steepest.server.metrics import ERRORS
from steepest.server.worker.pool import OutOfMemory, StepTimeout, WorkerLost, WorkFailed
from steepest.spec import Invalid, Text, counted
from steepest.spec.text import Language

_HTTP_STATUS: dict[ErrorCode, int] = {
    "busy": 503,
    "worker_lost": 503,
    "step_timeout": 503,
    "internal": 500,
    "forbidden": 403,
    "no_room": 404,
    "conflict": 409,
}


class Refused(Exception):
    """A valid request that this server cannot carry out now. field: path of the field at fault, or ""."""

    def __init__(self, code: ErrorCode, text: Text, field: str = "") -> None:
        self.code = code
        self.text = text
        self.field = field
        super().__init__(text.en)


class ClientLimit(Refused):
    """One client already has as much as one may: status 429 instead of the one of its code."""


class BodyTooLarge(Refused):
    """The body of an HTTP request is too large: status 413 instead of the one of its code."""

    def __init__(self, text: Text, field: str = "") -> None:
        super().__init__("limit", text, field)


def error_event(
    error: Exception,
    language: Language,
    reply_to: int = 0,
    *,
    step: int | None = None,
    log_as: str = "",
    **log_fields: object,
) -> Error:
    """The `error` event for an exception. An exception not meant for clients becomes `internal` and is logged.

    A step that took too long is logged as well, because it cost a worker.

    reply_to: id of the command that failed, 0 for none. step: where the run failed.
    log_as: name of the log line of an unexpected exception. log_fields: fields of either line.
    """
    if isinstance(error, StepTimeout):
        log_event("step_timeout", logging.WARNING, trace="", seconds=error.seconds, **log_fields)
    if not isinstance(error, BadMessage | Invalid | Refused | WorkerLost | StepTimeout):
        trace = str(error) if isinstance(error, WorkFailed) else "".join(traceback.format_exception(error))
        log_event(log_as, logging.ERROR, trace=trace, **log_fields)
    if isinstance(error, BadMessage):
        reply_to = error.id
    code, text, field, column = _described(error)
    ERRORS.labels(code).inc()
    message = text.in_language(language)
    return Error(op="error", id=reply_to, code=code, message=message, field=field or None, step=step, column=column)


def http_status(error: Exception, event: Error) -> int:
    """The status of the HTTP response that contains an exception's event."""
    match error:
        case BodyTooLarge():
            return 413
        case ClientLimit():
            return 429
        case _:
            return _HTTP_STATUS.get(event.code, 400)


def _described(error: Exception) -> tuple[ErrorCode, Text, str, int | None]:
    """Code, text, field and column."""
    match error:
        case BadMessage(error=invalid):
            return "bad_message", invalid.text, invalid.field, invalid.column
        case Invalid():
            return "invalid", error.text, error.field, error.column
        case Refused():
            return error.code, error.text, error.field, None
        case WorkerLost():
            return "worker_lost", _WORKER_LOST, "", None
        case OutOfMemory():
            return "limit", _OUT_OF_MEMORY, "", None
        case StepTimeout():
            return "step_timeout", _STEP_TIMEOUT, "", None
        case _:
            return "internal", _INTERNAL, "", None


_WORKER_LOST = Text(
    "the process that computes the steps died at every attempt; press play to try again",
    "计算进程每次尝试都意外终止；点播放可再试",
)
_STEP_TIMEOUT = Text("one step takes longer than the time limit", "单步计算超时")
_OUT_OF_MEMORY = Text(
    "there was not enough memory for this; take a smaller model or smaller batches, and press play to try again",
    "内存不足；请用更小的模型或更小的批量，再点播放重试",
)
_INTERNAL = Text("the server failed; its log has the details", "服务器内部出错，详见其日志")


def binary_message() -> BadMessage:
    """A binary message arrived where a JSON command is expected."""
    return BadMessage(Invalid("", Text("commands are JSON text, not binary", "命令应为 JSON 文本，而非二进制")))


def no_experiment() -> Refused:
    """The command needs an open experiment."""
    return Refused("no_experiment", Text("no experiment is open", "尚未打开实验"))


def queue_full(limit: int, waiting: int) -> Refused:
    """All places for experiments are in use, and those in the queue for them too."""
    text = Text(
        f"this server has {limit} experiments open, which is its limit, and {waiting} more wait for a place",
        f"服务器已打开 {limit} 个实验，已达上限，另有 {waiting} 个正在排队",
    )
    return Refused("busy", text)


def too_many_runs(limit: int) -> Refused:
    """The experiment has more runs than the server allows."""
    return Refused(
        "limit", Text(f"this server takes at most {counted(limit, 'run')}", f"本服务器最多 {limit} 个运行"), "runs"
    )


def too_many_parameters(count: int, limit: int) -> Refused:
    """The model has more parameters than the server allows."""
    text = Text(
        f"this model has {count:,} parameters; this server takes at most {limit:,}",
        f"该模型有 {count:,} 个参数；本服务器最多 {limit:,} 个",
    )
    return Refused("limit", text, "problem.model")


def too_large(limit: int, field: str) -> Refused:
    """The changed experiment would not fit in one message. field: what the command changes."""
    return Refused(
        "limit",
        Text(
            f"the experiment would exceed the {limit} bytes of one message; undo some changes first",
            f"实验将超过单条消息的上限 {limit} 字节；请先撤销一些修改",
        ),
        field,
    )


def too_much_memory(needed: int, limit: int, field: str) -> Refused:
    """The state of the experiment's runs after a step is too large. field: of what makes it so."""
    large, most = f"{needed / 1e6:,.0f} MB", f"{limit / 1e6:,.0f} MB"
    text = Text(
        f"parameters and optimizer state of these runs take up to {large}, and this server keeps at most {most} for "
        "an experiment; take a smaller model, fewer runs, or a shorter history of L-BFGS",
        f"这些运行的参数与优化器状态最多占 {large}，而本服务器为每个实验最多保留 {most}；"
        "请用更小的模型、更少的运行，或缩短 L-BFGS 的历史",
    )
    return Refused("limit", text, field)


def address_uses_memory() -> Refused:
    """One address uses as much of the memory for checkpoints as it may."""
    text = Text(
        "the experiments open at your address use all the memory that one address may have; close one of them, or take "
        "a smaller model",
        "您的地址上打开的实验已用满单个地址可用的内存；请关闭其中一个，或改用更小的模型",
    )
    return ClientLimit("busy", text)


def memory_in_use() -> Refused:
    """Other experiments use the memory for checkpoints."""
    text = Text(
        "the server's memory is in use by other experiments; try again soon, or with a smaller model",
        "服务器内存正被其他实验占用；请稍后再试，或改用更小的模型",
    )
    return Refused("busy", text)


def too_many_steps(limit: int, field: str) -> Refused:
    """The step is beyond the server's limit. field: the field that names it."""
    return Refused("limit", Text(f"this server makes at most {limit} steps", f"本服务器最多计算 {limit} 步"), field)


def too_many_points(limit: int) -> Refused:
    """The grid has more points than the server computes."""
    return Refused("limit", Text(f"a grid has at most {limit} points here", f"网格最多 {limit} 个点"), "shape")


def sweep_too_large(limit: int) -> Refused:
    """The sweep has more runs than the server makes."""
    return Refused("limit", Text(f"a map has at most {limit} runs here", f"图谱最多 {limit} 个运行"), "sweep.axes")


def sweep_too_long(seconds: float, limit: float) -> Refused:
    """The sweep, or one of its runs, takes longer than it may. Both in seconds."""
    en = f"this would take about {seconds:.2g} s of computing; at most {limit:g} s are made here: take fewer steps"
    return Refused("limit", Text(en, f"约需计算 {seconds:.2g} 秒，此处至多 {limit:g} 秒：请减少步数"), "sweep.steps")


def superseded() -> Refused:
    """A background query is cancelled by a later query or by another experiment."""
    return Refused("limit", Text("cancelled by a later request", "已取消：随后又有新的请求"))
