"""optim-race: race gradient-descent optimizers on loss landscapes."""

import os

# Two BLAS threads make the small problems of a race far slower than one; must precede NumPy's import.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

__version__ = "0.1.0"
