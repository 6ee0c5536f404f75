"""The models in menu order, from fewest parameters to most. A new one is a file here and its name in this list."""

from steepest.problems.learning.model import Model
from steepest.problems.models.convnet import CONVNET
from steepest.problems.models.linear import LINEAR
from steepest.problems.models.logistic import LOGISTIC
from steepest.problems.models.mlp import MLP
from steepest.problems.models.softmax import SOFTMAX

BUILT_IN: tuple[Model, ...] = (LINEAR, LOGISTIC, SOFTMAX, MLP, CONVNET)
