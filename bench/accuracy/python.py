# PyTorch's cross_entropy, or the one-hot form in NumPy.   python3 python.py torch|numpy LABEL_SMOOTHING FOLDER…
import json
import sys
from pathlib import Path

import numpy as np

library, smoothing = sys.argv[1], float(sys.argv[2])


def torch_losses(z, y):
    import torch

    logits = torch.tensor(z, requires_grad=True)
    losses = torch.nn.functional.cross_entropy(
        logits, torch.tensor(y.astype("int64")), label_smoothing=smoothing, reduction="none"
    )
    (gradient,) = torch.autograd.grad(losses.sum(), logits)
    return losses.detach().numpy(), gradient.numpy()


def numpy_losses(z, y):
    rows, classes = z.shape
    shifted = z - z.max(axis=1, keepdims=True)
    p = np.exp(shifted)
    total = p.sum(axis=1, keepdims=True)
    q = np.full(z.shape, smoothing / classes, "float32")
    q[np.arange(rows), y] += np.float32(1 - smoothing)
    return -(q * (shifted - np.log(total))).sum(axis=1), p / total - q


losses_of = torch_losses if library == "torch" else numpy_losses
name = "pytorch" if library == "torch" else "numpy"
for folder in map(Path, sys.argv[3:]):
    given = json.loads((folder / "case.json").read_text())
    z = np.fromfile(folder / "logits.f32", "float32").reshape(given["rows"], given["classes"])
    losses, gradient = losses_of(z, np.fromfile(folder / "labels.i32", "int32"))
    losses.astype("float64").tofile(folder / f"{name}.losses.f64")
    gradient.tofile(folder / f"{name}.gradient.f32")
