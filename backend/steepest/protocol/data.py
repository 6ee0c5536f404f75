"""The data of a learning problem as a message."""

import torch

from steepest.problems import LearningProblem
from steepest.problems.learning.splits import split_indices
from steepest.protocol.binary import pack, pack_array


def pack_data(command: int, problem: LearningProblem) -> bytes:
    """A `DataEvent` message. command: id of the command that it answers. Loads or generates the data."""
    domain, shape, data = problem.plot_domain, problem.shape, problem.data
    samples = domain.samples
    inputs = data.inputs[samples].float()
    targets = data.targets[samples]
    sizes = problem.split_sizes
    return pack(
        {
            "op": "data",
            "id": command,
            "kind": domain.kind,
            "shown": problem.loss.shown,
            "outputs": problem.outputs,
            "count": shape.count,
            "sizes": [sizes.train, sizes.dev, sizes.test],
            "input_names": [name.model_dump() for name in shape.input_names],
            "target_names": [name.model_dump() for name in shape.target_names],
            "classes": [name.model_dump() for name in shape.classes],
            "bounds": [list(pair) for pair in domain.bounds],
            "shape": list(domain.shape),
            "samples": pack_array(samples.int().numpy()),
            "inputs": pack_array((inputs[:, :0] if domain.kind == "table" else inputs).numpy()),
            "targets": pack_array((targets.float() if targets.is_floating_point() else targets.int()).numpy()),
            "part": pack_array(_part_of_each(problem)[samples].numpy()),
        }
    )


def _part_of_each(problem: LearningProblem) -> torch.Tensor:
    """(count,) uint8: 0 training, 1 development, 2 test."""
    found = torch.zeros(problem.shape.count, dtype=torch.uint8)
    for number, part in enumerate(split_indices(problem.shape, problem.document.split, problem.seed)):
        found[part] = number
    return found
