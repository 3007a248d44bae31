"""What a warm process loads before kernels and workers are forked from it."""
