"""NumPy's, SciPy's and scikit-learn's side: a line of JSON for each word, "metrics" or "temperature"."""

import json
import sys
import time

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax, logsumexp
from sklearn.metrics import accuracy_score, roc_auc_score

folder, rows, classes = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
logits = np.fromfile(f"{folder}/logits.f32", dtype=np.float32).reshape(rows, classes)
labels = np.fromfile(f"{folder}/labels.i32", dtype=np.int32)
every = np.arange(rows)
bins = 15


def gaps(confidence, correct):
    """Sizes of the bins (lo, hi] and their gaps."""
    bin = np.clip(np.ceil(confidence * bins).astype(np.int64) - 1, 0, bins - 1)
    count = np.bincount(bin, minlength=bins)
    sums = np.bincount(bin, weights=confidence - correct, minlength=bins)
    return count, np.abs(sums) / np.maximum(count, 1)


def classwise(p):
    bin = np.clip(np.ceil(p * bins).astype(np.int64) - 1, 0, bins - 1) + bins * np.arange(classes)
    residual = p.astype(np.float64)
    residual[every, labels] -= 1
    sums = np.bincount(bin.ravel(), weights=residual.ravel(), minlength=classes * bins)
    return np.abs(sums).sum() / rows / classes


def metrics():
    log_p = log_softmax(logits, axis=1)
    p = np.exp(log_p)
    predicted = p.argmax(axis=1)
    confidence = p[every, predicted].astype(np.float64)
    correct = predicted == labels
    own = log_p[every, labels]
    onehot_free = (p.astype(np.float64) ** 2).sum(axis=1) - 2 * p[every, labels] + 1
    count, gap = gaps(confidence, correct)
    descending = np.argsort(-confidence, kind="stable")
    errors = np.cumsum(~correct[descending])
    answered = np.arange(1, rows + 1)
    ascending = descending[::-1]
    cumulative = np.cumsum((confidence - correct)[ascending]) / rows
    lean = 1 - 2 * confidence
    z = ((correct - confidence) * lean).sum() / np.sqrt((lean**2 * confidence * (1 - confidence)).sum())
    within = errors <= 0.05 * answered
    return {
        "accuracy": accuracy_score(labels, predicted),
        "top5": float((np.argpartition(-logits, 5, axis=1)[:, :5] == labels[:, None]).any(axis=1).mean()),
        "nll": float(-own.mean(dtype=np.float64)),
        "brier": float(onehot_free.mean()),
        "ece": float((count * gap).sum() / rows),
        "rmsCe": float(np.sqrt((count * gap**2).sum() / rows)),
        "mce": float(gap[count > 0].max()),
        "classwiseEce": float(classwise(p)),
        "overconfidence": float(confidence.mean() - correct.mean()),
        "ks": float(np.abs(cumulative).max()),
        "spiegelhalterZ": float(z),
        "aurc": float((errors / answered).mean()),
        "auroc": float(roc_auc_score(correct, confidence)),
        "coverageAt5Risk": float(answered[within].max() / rows) if within.any() else 0.0,
    }


def temperature():
    own = logits[every, labels].astype(np.float64)
    nll = lambda beta: (logsumexp(beta * logits, axis=1) - beta * own).mean(dtype=np.float64)
    best = minimize_scalar(nll, bounds=(0.01, 10), method="bounded", options={"xatol": 1e-6})
    return {"temperature": float(1 / best.x)}


answers = {"metrics": metrics, "temperature": temperature}
for line in sys.stdin:
    start = time.perf_counter()
    values = answers[line.strip()]()
    print(json.dumps({"time": 1000 * (time.perf_counter() - start), "values": values}), flush=True)
