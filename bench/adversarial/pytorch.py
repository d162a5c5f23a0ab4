# The tutorial's training in PyTorch on one thread.   python3 pytorch.py clean|adversarial GIVEN.npz
import json
import sys
import time

import numpy as np
import torch
from torch import nn
from torch.nn.functional import cross_entropy

torch.set_num_threads(1)
training, path = sys.argv[1:]
given = np.load(path)
epsilon, coefficient = 0.3, 0.5


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Conv2d(1, 64, 8, stride=2, padding=3)  # "same" of 28 pixels: 3 on every side
        self.second = nn.Conv2d(64, 128, 6, stride=2)
        self.third = nn.Conv2d(128, 128, 5)
        self.logits = nn.Linear(128, 10)

    def forward(self, x):
        for convolution in [self.first, self.second, self.third]:
            x = torch.relu(convolution(x))
        return self.logits(x.flatten(1))


model = Net()
for i, parameter in enumerate(model.parameters()):
    values = given[f"parameter_{i}"]
    if values.ndim == 4:  # height, width, in, out → out, in, height, width
        values = values.transpose(3, 2, 0, 1)
    elif values.ndim == 2:
        values = values.T
    parameter.data = torch.tensor(np.ascontiguousarray(values))
images = torch.tensor(given["images"].transpose(0, 3, 1, 2).copy())
labels = torch.tensor(given["labels"].astype("int64"))
optimizer = torch.optim.Adam(model.parameters(), 1e-3)


def attacked():
    """The fast gradient sign method on the labels that the model itself predicts."""
    x = images.clone().requires_grad_(True)
    logits = model(x)
    loss = cross_entropy(logits, logits.argmax(1), reduction="sum")
    (gradient,) = torch.autograd.grad(loss, x)
    return (images + epsilon * gradient.sign()).clamp(0, 1)


def smoothed(x):
    return cross_entropy(model(x), labels, label_smoothing=0.1)


def step():
    optimizer.zero_grad()
    if training == "clean":
        loss = smoothed(images)
    else:
        loss = (1 - coefficient) * smoothed(images) + coefficient * smoothed(attacked())
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
