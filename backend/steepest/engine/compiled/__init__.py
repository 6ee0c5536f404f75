"""PyTorch's own program of a training step as machine code: traced once, lowered to LLVM, run for many steps a call."""
