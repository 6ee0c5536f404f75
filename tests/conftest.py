"""For all tests."""

import torch

# As in a worker: what is compared with a server's records must be summed in the same order, and more threads would only
# get in each other's way.
torch.set_num_threads(1)
