# PyTorch's cross_entropy under autograd, or the same in NumPy by hand.   python3 python.py torch|numpy THREADS NAME
# Speaks as answer.js does.
import json
import sys
import time
from pathlib import Path

import numpy as np

library, threads, name = sys.argv[1], int(sys.argv[2]), sys.argv[3]


def torch_side(z, y, smoothing):
    import torch
    from torch.nn.functional import cross_entropy

    torch.set_num_threads(threads)
    logits, labels = torch.tensor(z, requires_grad=True), torch.tensor(y.astype("int64"))

    def run():
        loss = cross_entropy(logits, labels, label_smoothing=smoothing)
        return loss, torch.autograd.grad(loss, logits)[0]

    return run, lambda loss, gradient: (loss.item(), gradient.numpy())


def numpy_side(z, y, smoothing):
    rows, classes = z.shape
    each = np.arange(rows)

    def run():
        shifted = z - z.max(axis=1, keepdims=True)
        p = np.exp(shifted)
        total = p.sum(axis=1, keepdims=True)
        loss = (np.log(total[:, 0]) - (1 - smoothing) * shifted[each, y] - smoothing * shifted.mean(axis=1)).mean()
        p *= 1 / (rows * total)
        p -= np.float32(smoothing / (classes * rows))
        p[each, y] -= (1 - smoothing) / rows
        return loss, p

    return run, lambda loss, gradient: (float(loss), gradient)


def errors(loss, gradient, given, expected):
    of_loss = abs(loss - given["loss"]) / max(1, abs(given["loss"]))
    of_gradient = (np.abs(gradient - expected).max(axis=1) / given["sizes"]).max()
    finite = [sys.float_info.max if np.isnan(e) else min(float(e), sys.float_info.max) for e in (of_loss, of_gradient)]
    return dict(zip(("lossError", "gradientError"), finite))


def microseconds(run):
    start = time.perf_counter()
    run()
    return (time.perf_counter() - start) * 1e6


run = None
for line in sys.stdin:
    question = json.loads(line)
    if "open" in question:
        folder = Path(question["open"])
        given = json.loads((folder / "problem.json").read_text())
        shape = given["rows"], given["classes"]
        z = np.fromfile(folder / "logits.f32", "float32").reshape(shape)
        y = np.fromfile(folder / "labels.i32", "int32")
        expected = np.fromfile(folder / "gradient.f64", "float64").reshape(shape)
        make = torch_side if library == "torch" else numpy_side
        run, result = make(z, y, given["labelSmoothing"])
        answer = {"sides": {name: errors(*result(*run()), given, expected)}}
        stop = time.perf_counter() + 0.15
        while time.perf_counter() < stop:
            run()
    else:
        run()
        times, stop = [], time.perf_counter() + question["milliseconds"] / 1e3
        while not times or time.perf_counter() < stop:
            times.append(microseconds(run))
        answer = {"times": times}
    print(json.dumps(answer), flush=True)
