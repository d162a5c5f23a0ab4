# The same training in PyTorch on one thread.   python3 pytorch.py MODEL GIVEN.npz
import json
import sys
import time

import numpy as np
import torch
from torch import nn
from torch.nn.functional import cross_entropy

torch.set_num_threads(1)
name, path = sys.argv[1:]
given = np.load(path)


def dense(inputs, outputs):
    return nn.Linear(inputs, outputs)


nets = {
    "mlp": lambda: nn.Sequential(
        nn.Flatten(), dense(784, 512), nn.ReLU(), dense(512, 512), nn.ReLU(), dense(512, 10)
    ),
    "lenet5": lambda: nn.Sequential(
        nn.Conv2d(1, 6, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), dense(400, 120), nn.ReLU(), dense(120, 84), nn.ReLU(), dense(84, 10),
    ),
    "lenet": lambda: nn.Sequential(
        nn.Conv2d(1, 32, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(32, 64, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), dense(3136, 128), nn.ReLU(), dense(128, 10),
    ),
}
model = nets[name]()
channels = None
for i, parameter in enumerate(model.parameters()):
    values = given[f"parameter_{i}"]
    if values.ndim == 4:  # height, width, in, out → out, in, height, width
        channels = values.shape[3]
        values = values.transpose(3, 2, 0, 1)
    elif values.ndim == 2:
        if channels:  # the first dense layer counts its pixels row, column, channel there, and channel first here
            side = round((values.shape[0] / channels) ** 0.5)
            values = values.reshape(side, side, channels, -1).transpose(2, 0, 1, 3).reshape(values.shape)
            channels = None
        values = values.T
    parameter.data = torch.tensor(np.ascontiguousarray(values))
images = torch.tensor(given["images"].transpose(0, 3, 1, 2).copy())
labels = torch.tensor(given["labels"].astype("int64"))
optimizer = torch.optim.Adam(model.parameters(), 1e-3)


def step():
    optimizer.zero_grad()
    loss = cross_entropy(model(images), labels, label_smoothing=0.1)
    loss.backward()
    optimizer.step()
    return loss.item()


for line in sys.stdin:
    what, count = line.split()
    losses, times, cpu_times = [], [], []
    for _ in range(int(count)):
        start, cpu_start = time.perf_counter(), time.process_time()
        losses.append(step())
        times.append((time.perf_counter() - start) * 1e3)
        cpu_times.append((time.process_time() - cpu_start) * 1e3)
    answer = {"losses": losses} if what == "losses" else {"times": times, "cpuTimes": cpu_times}
    print(json.dumps(answer), flush=True)
