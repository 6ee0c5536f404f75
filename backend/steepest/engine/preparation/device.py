"""The device on which steps are computed: chosen by a setting, never guessed."""

import torch

from steepest.spec import Invalid, Text

DEVICES = ("cpu", "cuda", "mps", "auto")


def find_device(name: str) -> str:
    """The torch device for a setting: `cpu`, `cuda`, `mps`, or the best available one for `auto`.

    Raises `Invalid` for an unknown name and for a device that this machine does not have.
    """
    present = {"cpu": True, "cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    if name == "auto":
        return next(device for device in ("cuda", "mps", "cpu") if present[device])
    if name not in present:
        names = ", ".join(DEVICES)
        raise Invalid("device", Text(f"must be one of: {names}", f"应为以下之一：{names}"))
    if not present[name]:
        raise Invalid(
            "device", Text(f"this machine has no {name}; try cpu or auto", f"本机没有 {name}；可用 cpu 或 auto")
        )
    return name


def check_dtype(device: str, dtype: str) -> None:
    """Raises `Invalid` (field: dtype) for a dtype that the device does not support."""
    if device == "mps" and dtype == "float64":
        raise Invalid(
            "dtype",
            Text("mps has no float64; use float32, or the device cpu", "mps 不支持 float64；请用 float32 或 cpu 设备"),
        )
