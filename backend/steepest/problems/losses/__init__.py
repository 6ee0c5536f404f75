"""The losses in menu order: for numbers, then for classes. A new one is a file here and its name in this list."""

from steepest.problems.learning.loss import Loss
from steepest.problems.losses.bce import BCE
from steepest.problems.losses.bce_logits import BCE_LOGITS
from steepest.problems.losses.cross_entropy import CROSS_ENTROPY
from steepest.problems.losses.huber import HUBER
from steepest.problems.losses.l1 import L1
from steepest.problems.losses.mse import MSE

BUILT_IN: tuple[Loss, ...] = (MSE, L1, HUBER, BCE, BCE_LOGITS, CROSS_ENTROPY)
