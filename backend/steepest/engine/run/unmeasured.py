"""Runs whose model is not measured on the way, for comparisons."""

from typing import Any

from typing_extensions import override

from steepest.engine.run.compiled_runner import CompiledRunner
from steepest.engine.run.runner import Runner


class UnmeasuredRunner(Runner):
    """A run whose model is not measured on the way."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self._metrics = None


class UnmeasuredCompiledRunner(UnmeasuredRunner, CompiledRunner):
    """The run that is checked. by_torch: torch made the last update, since it is one without a kernel."""

    by_torch = False

    @override
    def _gradient_before(self) -> None:
        self.by_torch = True
        super()._gradient_before()
