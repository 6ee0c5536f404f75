"""The data sets in menu order. A new one is a file here and its name in this list."""

from steepest.problems.datasets.cifar10 import CIFAR10
from steepest.problems.datasets.circle import CIRCLE
from steepest.problems.datasets.digits import DIGITS
from steepest.problems.datasets.exclusive_or import EXCLUSIVE_OR
from steepest.problems.datasets.fruit import FRUIT
from steepest.problems.datasets.gaussian_bumps import GAUSSIAN_BUMPS
from steepest.problems.datasets.gaussian_pair import GAUSSIAN_PAIR
from steepest.problems.datasets.mnist import MNIST
from steepest.problems.datasets.moons import MOONS
from steepest.problems.datasets.noisy_curve import NOISY_CURVE
from steepest.problems.datasets.own_csv import CSV
from steepest.problems.datasets.pass_or_fail import PASS_OR_FAIL
from steepest.problems.datasets.plane import PLANE
from steepest.problems.datasets.points import CURVE_POINTS, POINTS
from steepest.problems.datasets.regression_plane import REGRESSION_PLANE
from steepest.problems.datasets.spiral import SPIRAL
from steepest.problems.datasets.thermometer import THERMOMETER
from steepest.problems.datasets.through_origin import THROUGH_ORIGIN
from steepest.problems.datasets.two_clusters import TWO_CLUSTERS
from steepest.problems.learning.dataset import Dataset

BUILT_IN: tuple[Dataset, ...] = (
    THERMOMETER,
    PLANE,
    FRUIT,
    THROUGH_ORIGIN,
    PASS_OR_FAIL,
    NOISY_CURVE,
    TWO_CLUSTERS,
    CIRCLE,
    EXCLUSIVE_OR,
    GAUSSIAN_PAIR,
    SPIRAL,
    MOONS,
    REGRESSION_PLANE,
    GAUSSIAN_BUMPS,
    DIGITS,
    MNIST,
    CIFAR10,
    POINTS,
    CURVE_POINTS,
    CSV,
)
