"""Set pieces: predict what will happen, run it, read why. Each claim in them is tested against the engine."""

from steepest.gallery import on_data, on_nets, on_surfaces
from steepest.gallery.card import Piece

_ORDER = (
    "four_rates",
    "raw_thermometer",
    "scaled_thermometer",
    "ravine_momentum",
    "hanging_at_a_saddle",
    "local_minima",
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

PIECES: tuple[Piece, ...] = tuple(
    sorted((*on_surfaces.PIECES, *on_data.PIECES, *on_nets.PIECES), key=lambda piece: _ORDER.index(piece.id))
)
