"""Analyses of a problem at one point: loss plane and grid, backpropagation, gradient check, sharpness."""
