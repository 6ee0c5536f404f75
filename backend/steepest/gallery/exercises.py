"""Exercises: predict what will happen, run it, read why. Tests check each claim against the engine."""

from steepest.gallery import data_exercises, map_exercises, net_exercises, surface_exercises
from steepest.gallery.card import Exercise

_ORDER = (
    "four_rates",
    "edge_of_divergence",
    "raw_thermometer",
    "scaled_thermometer",
    "ravine_momentum",
    "what_momentum_buys",
    "hanging_at_a_saddle",
    "local_minima",
    "which_valley",
    "bottomless",
    "adam_against_sgd",
    "newton_rosenbrock",
    "batch_noise",
    "schedule",
    "forgotten_zero_grad",
    "overfitting",
    "vanishing",
    "exclusive_or",
    "spiral",
    "all_zero",
    "edge",
    "pictures_of_weights",
)

_ALL = (
    *surface_exercises.EXERCISES,
    *map_exercises.EXERCISES,
    *data_exercises.EXERCISES,
    *net_exercises.EXERCISES,
)


def _compiled(exercise: Exercise) -> Exercise:
    """Their words depend on no bit, so they are stepped by kernels. The notes are not, for their printed figures."""
    return exercise.model_copy(update={"experiment": exercise.experiment.model_copy(update={"engine": "compiled"})})


EXERCISES: tuple[Exercise, ...] = tuple(
    _compiled(exercise) for exercise in sorted(_ALL, key=lambda exercise: _ORDER.index(exercise.id))
)
