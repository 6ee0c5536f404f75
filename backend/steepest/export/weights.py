"""Weights of a model, written to and read from a safetensors file. Reading never runs code from the file.

Format: https://huggingface.co/docs/safetensors/index#format
"""

import hashlib
from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from safetensors import SafetensorError, deserialize
from safetensors.torch import save
from torch import Tensor

from steepest.engine import Prepared
from steepest.export.recording import Recording
from steepest.problems import Layer, LearningProblem
from steepest.spec import Experiment, Invalid, Text
from steepest.spec.validation_errors import no_such_run

MAX_READ = 2500  # parameters that fit into an experiment, as decimal numbers in one message
_DTYPES: Mapping[str, type[np.floating[Any]]] = {"F32": np.float32, "F64": np.float64}

# The first bytes of files that could run code when opened, or are archives of such files; and what they are.
_REFUSED = (
    (b"PK\x03\x04", "a zip archive, as .pt and .npz files are"),
    (b"PK\x05\x06", "a zip archive"),
    *((bytes([0x80, protocol]), "a pickle") for protocol in (2, 3, 4, 5)),
    (b"\x93NUMPY", "an array of NumPy"),
    (b"\x89HDF", "an HDF5 file"),
    (b"\x1f\x8b", "a gzip file"),
)


def weights(recording: Recording, run: int = 0) -> bytes:
    """All parameters of a run at its last record, in the experiment's dtype, named as in `module.named_parameters()`.

    The file's metadata hold the experiment's hash, the step and the run. Raises `Invalid` for a surface, which has no
    weights, and for a run that does not exist.
    """
    problem = check_weights(recording.prepared, run)
    step = len(recording.runs[run]) - 1
    metadata = {"experiment": experiment_hash(recording.experiment), "run": str(run), "step": str(step)}
    return save(_tensors(problem.layers, torch.tensor(recording.final_params[run])), metadata)


def check_weights(prepared: Prepared, run: int) -> LearningProblem:
    """The problem whose weights are wanted. Raises `Invalid` for a surface, and for a run that does not exist."""
    if not isinstance(prepared.problem, LearningProblem):
        raise Invalid("to", Text("a surface has no weights; only models have", "曲面没有权重，只有模型才有"))
    if not 0 <= run < len(prepared.plans):
        raise Invalid("run", no_such_run(run, len(prepared.plans)))
    return prepared.problem


def experiment_hash(experiment: Experiment) -> str:
    """SHA-256 of the experiment's JSON with all defaults, in hexadecimal."""
    return hashlib.sha256(experiment.model_dump_json().encode()).hexdigest()


def _tensors(layers: tuple[Layer, ...], flat: Tensor) -> dict[str, Tensor]:
    pieces = flat.split([layer.size for layer in layers])
    return {layer.name: piece.reshape(layer.shape).clone() for layer, piece in zip(layers, pieces, strict=True)}


def read_weights(document: bytes, prepared: Prepared) -> list[float]:
    """The parameters in a file, in the order of `module.parameters()`, rounded to the experiment's dtype.

    Raises `Invalid` with field "file" for anything but a valid safetensors file, and where names, shapes or dtypes are
    not the model's or a number is not finite.
    """
    problem = prepared.problem
    if not isinstance(problem, LearningProblem):
        raise _refused("a surface has no weights; only models have", "曲面没有权重，只有模型才有")
    if problem.dim > MAX_READ:
        raise _refused(
            f"this model has {problem.dim} parameters; at most {MAX_READ} can be put into an experiment",
            f"该模型有 {problem.dim} 个参数；实验最多可写入 {MAX_READ} 个",
        )
    for magic, what in _REFUSED:
        if document.startswith(magic):
            raise _refused(
                f"this is {what}, which may hold code to run; weights are read from .safetensors files only",
                "此文件为 pickle、压缩包或其他格式，可能含有可执行代码；权重只从 .safetensors 文件读取",
            )
    try:
        found = dict(deserialize(document))  # type: ignore[no-untyped-call]
    except (SafetensorError, UnicodeDecodeError, ValueError) as error:
        raise _refused(f"not a safetensors file: {error}", "不是有效的 safetensors 文件") from None
    _check_names(set(found), problem.layers)
    pieces = [_numbers(layer, found[layer.name]) for layer in problem.layers]
    flat = torch.from_numpy(np.concatenate(pieces)).to(prepared.dtype)
    if not bool(torch.isfinite(flat).all()):
        raise _refused("a weight is not finite", "有权重不是有限数")
    # A float32 as its shortest decimal, which is half as long as the equal double's.
    return [float(str(value)) for value in flat.numpy()] if prepared.dtype == torch.float32 else flat.tolist()


def _check_names(found: set[str], layers: tuple[Layer, ...]) -> None:
    wanted = {layer.name for layer in layers}
    if found != wanted:
        there, needed = (", ".join(sorted(names))[:200] or "-" for names in (found, wanted))
        raise _refused(
            f"its tensors are {there}; this model's are {needed}", f"文件中的张量为 {there}；该模型的为 {needed}"
        )


def _numbers(layer: Layer, tensor: Mapping[str, Any]) -> "np.ndarray[Any, Any]":
    kind, shape = str(tensor["dtype"]), tuple(tensor["shape"])
    if kind not in _DTYPES:
        raise _refused(
            f"{layer.name} is of dtype {kind[:20]}; must be F32 or F64",
            f"{layer.name} 的类型为 {kind[:20]}，应为 F32 或 F64",
        )
    if shape != layer.shape:
        raise _refused(
            f"{layer.name} has shape {list(shape)}; this model's is {list(layer.shape)}",
            f"{layer.name} 的形状为 {list(shape)}；该模型的为 {list(layer.shape)}",
        )
    return np.frombuffer(bytes(tensor["data"]), _DTYPES[kind]).astype(np.float64)


def _refused(english: str, chinese: str) -> Invalid:
    return Invalid("file", Text(english[:400], chinese[:400]))
