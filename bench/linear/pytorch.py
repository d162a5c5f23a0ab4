# linear and cross_entropy under autograd in PyTorch on one thread.   python3 pytorch.py FOLDER
# Speaks as answer.js does, and takes the same samples as given.js.
import gc
import json
import re
import sys
import time
from pathlib import Path

import numpy as np
import torch
from torch.nn.functional import cross_entropy, linear

torch.set_num_threads(1)
folder = Path(sys.argv[1])
rows, width, classes, smoothing = 512, 256, 32000, 0.1
features = torch.tensor(np.fromfile(folder / "features.f32", "<f4").reshape(rows, width), requires_grad=True)
weight = torch.tensor(np.fromfile(folder / "weight.f32", "<f4").reshape(classes, width), requires_grad=True)
labels = torch.tensor(np.fromfile(folder / "labels.i32", "<i4").astype("int64"))
output_bytes = 4 * (rows * width + classes * width)
last = None


def run():
    global last
    last = None
    loss = cross_entropy(linear(features, weight), labels, label_smoothing=smoothing)
    last = loss.item(), *torch.autograd.grad(loss, (features, weight))


def samples():
    run()
    loss, grad_features, grad_weight = last
    weight_rows = [*range(0, classes, 1000), *labels[:8].tolist()]
    return {
        "loss": loss,
        "gradFeatures": grad_features[::64].tolist(),
        "gradWeight": grad_weight[weight_rows].tolist(),
    }


def timed():
    start = time.perf_counter()
    run()
    return {"time": 1000 * (time.perf_counter() - start)}


def memory():
    gc.collect()
    Path("/proc/self/clear_refs").write_text("5")
    before = resident_bytes("VmRSS")
    run()
    peak = resident_bytes("VmHWM")
    return {"before": before, "peak": peak, "outputBytes": output_bytes, "extra": peak - before - output_bytes}


def resident_bytes(name):
    return 1024 * int(re.search(rf"{name}:\s+(\d+) kB", Path("/proc/self/status").read_text())[1])


for line in sys.stdin:
    try:
        print(json.dumps({"samples": samples, "time": timed, "memory": memory}[line.strip()]()), flush=True)
    except Exception as error:
        print(json.dumps({"error": str(error)}), flush=True)
