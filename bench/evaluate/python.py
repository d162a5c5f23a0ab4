"""NumPy's, SciPy's and scikit-learn's side: a line of JSON for each word, the name of a part, "metrics" or "temperature".

Written to be quick: one exponential of the logits, in place and in float32 as they came; one sort of the confidences;
ranks by comparison in place of a partition; the smooth error by cosine transforms.
"""

import json
import sys
import time

import numpy as np
from scipy.fft import dct
from scipy.optimize import brentq, minimize_scalar
from scipy.special import logsumexp
from scipy.stats import rankdata
from sklearn.isotonic import isotonic_regression

folder, rows, classes = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
logits = np.fromfile(f"{folder}/logits.f32", dtype=np.float32).reshape(rows, classes)
labels = np.fromfile(f"{folder}/labels.i32", dtype=np.int32)
every = np.arange(rows)
answered = np.arange(1, rows + 1)
bins = 15


def scores():
    """Probabilities, and of each row confidence, rightness, loss, squared error and the rank of the label."""
    predicted = logits.argmax(axis=1)
    largest = logits[every, predicted]
    margin = logits[every, labels] - largest
    ahead = (logits > logits[every, labels][:, None]).sum(axis=1)
    p = logits - largest[:, None]
    np.exp(p, out=p)
    total = p.sum(axis=1)
    p /= total[:, None]
    return {
        "p": p,
        "predicted": predicted,
        "confidence": p[every, predicted].astype(np.float64),
        "correct": predicted == labels,
        "log_loss": (np.log(total) - margin).astype(np.float64),
        "squared_error": np.einsum("ij,ij->i", p, p) - 2 * p[every, labels] + 1.0,
        "ahead": ahead,
    }


def mean_scores(s):
    return {
        "accuracy": s["correct"].mean(),
        "top5": (s["ahead"] < 5).mean(),
        "nll": s["log_loss"].mean(),
        "brier": s["squared_error"].mean(dtype=np.float64),
        "overconfidence": s["confidence"].mean() - s["correct"].mean(),
    }


def bin_of(c):
    """Of bins (lo, hi]."""
    return np.clip(np.ceil(c * bins).astype(np.int64) - 1, 0, bins - 1)


def binned(s):
    c, y = s["confidence"], s["correct"]
    bin = bin_of(c)
    count = np.bincount(bin, minlength=bins)
    full = count > 0
    n = count[full]
    hits = np.bincount(bin, weights=y, minlength=bins)[full]
    gap = np.abs(np.bincount(bin, weights=c, minlength=bins)[full] - hits) / n
    rate = hits / n
    chance = np.where(n > 1, rate * (1 - rate) / np.maximum(n - 1, 1), gap**2)
    order = np.argsort(c)
    adaptive = sum(abs((c[part] - y[part]).sum()) for part in np.array_split(order, bins)) / rows
    return {
        "ece": (n * gap).sum() / rows,
        "rmsCe": np.sqrt((n * gap**2).sum() / rows),
        "debiasedCe": np.sqrt(max(0, (n * (gap**2 - chance)).sum() / rows)),
        "mce": gap.max(),
        "adaptiveEce": adaptive,
    }


def classwise(s):
    p = s["p"]
    bin = np.ceil(p * np.float32(bins)).astype(np.int32)
    np.maximum(bin, 1, out=bin)
    bin += (bins * np.arange(classes) - 1).astype(np.int32)
    sums = np.bincount(bin.ravel(), weights=p.ravel(), minlength=classes * bins)
    sums -= np.bincount(bin[every, labels], minlength=classes * bins)
    return {"classwiseEce": np.abs(sums).sum() / rows / classes}


def by_class(s):
    support = np.bincount(labels, minlength=classes)
    predicted = np.bincount(s["predicted"], minlength=classes)
    right = np.bincount(labels[s["correct"]], minlength=classes)
    of_label = lambda weights: np.bincount(labels, weights=weights, minlength=classes) / np.maximum(support, 1)
    confidence = np.bincount(s["predicted"], weights=s["confidence"], minlength=classes) / np.maximum(predicted, 1)
    table = {
        "recall": right / np.maximum(support, 1),
        "precision": right / np.maximum(predicted, 1),
        "confidence": confidence,
        "brier": of_label(s["squared_error"]),
        "nll": of_label(s["log_loss"]),
    }
    return {f"mean {name} by class": column.mean() for name, column in table.items()}


def smooth(s):
    """The reflected Gaussian is diagonal in cosines; mass goes to the two nearest of 2,049 points."""
    cells = 2048
    at = s["confidence"] * cells
    below = np.minimum(at.astype(np.int64), cells - 1)
    upper = at - below
    residual = (s["confidence"] - s["correct"]) / rows
    grid = np.bincount(below, weights=residual * (1 - upper), minlength=cells + 1)
    grid += np.bincount(below + 1, weights=residual * upper, minlength=cells + 1)
    grid[[0, -1]] *= 2
    modes = dct(grid, type=1) / 2
    squares = (np.pi * np.arange(cells + 1)) ** 2 / 2

    def excess(width):
        values = np.abs(dct(modes * np.exp(-squares * width**2), type=1))
        return (values.sum() - (values[0] + values[-1]) / 2) / cells - width

    return {"smoothEce": brentq(excess, 2**-10, 1, xtol=1e-8) if excess(2**-10) > 0 else excess(2**-10) + 2**-10}


def ordered(s):
    c, y = s["confidence"], s["correct"]
    order = np.argsort(c, kind="stable")
    c, y = c[order], y[order]
    gap = np.cumsum(c - y) / rows
    low, high = min(gap.min(), 0), max(gap.max(), 0)
    lean = 1 - 2 * c
    z = ((y - c) * lean).sum() / np.sqrt((lean**2 * c * (1 - c)).sum())
    errors = np.cumsum(~y[::-1])
    risk = errors / answered
    within = np.flatnonzero(risk <= 0.05)
    right, wrong = c[y], c[~y]
    pairs = rankdata(c)[y].sum() - len(right) * (len(right) + 1) / 2
    threshold = right[len(right) - int(np.ceil(0.95 * len(right)))]
    return {
        "ks": max(-low, high),
        "kuiper": high - low,
        "spiegelhalterZ": z,
        "aurc": risk.mean(),
        "augrc": (errors.sum() - errors[-1] / 2) / rows**2,
        "auroc": pairs / (len(right) * len(wrong)),
        "fpr95": (wrong >= threshold).mean(),
        "riskAt80Coverage": risk[int(np.ceil(0.8 * rows)) - 1],
        "coverageAt5Risk": (within[-1] + 1) / rows if len(within) else 0.0,
    }


def decompositions(s):
    c, y = s["confidence"], s["correct"].astype(np.float64)
    order = np.argsort(c)
    fitted = isotonic_regression(y[order])
    score, best = ((c - y) ** 2).mean(), ((fitted - y[order]) ** 2).mean()
    base = y.mean()
    uncertainty = base * (1 - base)
    bin = bin_of(c)
    n = np.maximum(np.bincount(bin, minlength=bins), 1)
    mean_c, mean_y = (np.bincount(bin, weights=x, minlength=bins) / n for x in (c, y))
    within_c, within_y = c - mean_c[bin], y - mean_y[bin]
    share = np.bincount(bin, minlength=bins) / rows
    return {
        "corp miscalibration": score - best,
        "corp discrimination": uncertainty - best,
        "corp uncertainty": uncertainty,
        "murphy reliability": (share * (mean_c - mean_y) ** 2).sum(),
        "murphy resolution": (share * (mean_y - base) ** 2).sum(),
        "murphy variance": (within_c**2).mean(),
        "murphy covariance": 2 * (within_c * within_y).mean(),
    }


def metrics():
    s = scores()
    parts = (mean_scores, binned, classwise, by_class, smooth, ordered, decompositions)
    return {name: value for part in parts for name, value in part(s).items()}


def temperature():
    own = logits[every, labels].astype(np.float64)
    nll = lambda beta: (logsumexp(beta * logits, axis=1) - beta * own).mean(dtype=np.float64)
    best = minimize_scalar(nll, bounds=(0.01, 10), method="bounded", options={"xatol": 1e-6})
    return {"temperature": 1 / best.x}


kept = scores()
answers = {
    "metrics": metrics,
    "scores": lambda: mean_scores(scores()),
    # With the pass over the logits, as softlabel's function has it.
    "classwise": lambda: classwise(scores()),
    "binned": lambda: binned(kept),
    "smooth": lambda: smooth(kept),
    "ordered": lambda: ordered(kept),
    "decompositions": lambda: decompositions(kept),
    "temperature": temperature,
}
for line in sys.stdin:
    start = time.perf_counter()
    values = answers[line.strip()]()
    elapsed = 1000 * (time.perf_counter() - start)
    print(json.dumps({"time": elapsed, "values": {name: float(value) for name, value in values.items()}}), flush=True)
