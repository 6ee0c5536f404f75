"""Answers to queries about a model as messages: planes, graphs, neurons and gradient checks."""

import numpy as np

from steepest.engine.model_analysis.gradient_check import GradientCheck
from steepest.engine.model_analysis.loss_plane import Float, Plane, arrange_losses
from steepest.engine.model_analysis.neurons import Neurons
from steepest.problems.computation_graph import Graph
from steepest.protocol.binary import pack, pack_array
from steepest.protocol.commands import CheckCommand, GraphCommand, NeuronsCommand
from steepest.protocol.events import Checked, CheckedParameter, GraphEdge, GraphEvent, GraphNode


def pack_plane(command: int, step: int, centre: int, train: int, plane: Plane, values: Float) -> bytes:
    """A `PlaneEvent` message. values: losses at all of the plane's points. train: samples of the training part."""
    found = arrange_losses(plane, values)
    paths = [
        {
            "run": path.run,
            "steps": pack_array(path.steps),
            "at": pack_array(at),
            "loss": pack_array(loss),
            "on_plane": pack_array(on_plane),
        }
        for path, at, loss, on_plane in zip(plane.paths, plane.coordinates, found.loss, found.on_plane, strict=True)
    ]
    with np.errstate(over="ignore"):
        z = found.z.astype(np.float32)
    return pack(
        {
            "op": "plane",
            "id": command,
            "kind": plane.kind,
            "step": step,
            "centre": centre,
            "shares": plane.shares.tolist(),
            "bounds": [list(pair) for pair in plane.bounds],
            "z": pack_array(z),
            "samples": plane.samples,
            "train": train,
            "paths": paths,
        }
    )


def graph_event(command: GraphCommand, graph: Graph, samples: int) -> GraphEvent:
    """The answer to a graph command. samples: of the training part; 0 for an expression."""
    return GraphEvent(
        op="graph",
        id=command.id,
        run=command.run,
        step=command.step,
        sample=command.sample,
        samples=samples,
        nodes=[GraphNode.model_validate(node) for node in graph.nodes],
        edges=[GraphEdge.model_validate(edge) for edge in graph.edges],
    )


def pack_neurons(command: NeuronsCommand, found: Neurons) -> bytes:
    """A `NeuronsEvent` message."""
    return pack(
        {
            "op": "neurons",
            "id": command.id,
            "step": command.step,
            "run": command.run,
            "columns": [{"size": column.size, "functions": list(column.functions)} for column in found.columns],
            "shape": list(found.shape),
            "maps": pack_array(found.maps),
            "means": pack_array(found.means),
            "samples": found.samples,
            "params": pack_array(found.params),
        }
    )


def checked_event(command: CheckCommand, check: GradientCheck, dim: int) -> Checked:
    """The answer to a check command. dim: number of all parameters."""
    columns = [column.tolist() for column in (check.value, check.autograd, check.exact, check.central)]
    analytic = [None] * len(check.names) if check.analytic is None else check.analytic.tolist()
    parameters = [
        CheckedParameter(name=name, value=value, autograd=autograd, exact=exact, central=central, analytic=known)
        for name, value, autograd, exact, central, known in zip(check.names, *columns, analytic, strict=True)
    ]
    return Checked(
        op="checked",
        id=command.id,
        run=command.run,
        step=command.step,
        delta=command.delta,
        dim=dim,
        parameters=parameters,
        deltas=check.deltas.tolist(),
        errors32=check.errors[0].tolist(),
        errors64=check.errors[1].tolist(),
    )
