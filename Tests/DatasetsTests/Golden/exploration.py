#!/usr/bin/env python3
"""Writes exploration.json: what pandas, scipy and numpy say about Config/sample-customers.csv.

  python3 exploration.py > exploration.json        (needs numpy, pandas, scipy)
"""
import json
from pathlib import Path

import numpy as np
import pandas as pd

data = pd.read_csv(Path(__file__).parents[3] / "Config" / "sample-customers.csv")
# Some gaps, ties and a long tail, so that nothing is tested on round numbers alone.
data["spent"] = np.round(np.exp(data["Spending Score (1-100)"] / 17.0) * data["Age"] / 7.0, 2)
data.loc[data["CustomerID"] % 17 == 0, "spent"] = np.nan
numeric = ["Age", "Annual Income (k$)", "Spending Score (1-100)", "spent"]


def column(x):
    x = x.dropna()
    q1, q3 = x.quantile(0.25), x.quantile(0.75)
    reach = 1.5 * (q3 - q1)
    counts, edges = np.histogram(x, bins=10)
    return {
        "count": int(x.count()), "distinct": int(x.nunique()), "mean": x.mean(), "sd": x.std(),
        "min": float(x.min()), "q1": q1, "median": x.median(), "q3": q3, "max": float(x.max()),
        "skewness": x.skew(), "kurtosis": x.kurt(),
        "counts": counts.tolist(), "edges": edges.tolist(),
        "outliers": int(((x < q1 - reach) | (x > q3 + reach)).sum()),
    }


print(json.dumps({
    "columns": {name: column(data[name]) for name in numeric},
    "pearson": data[numeric].corr("pearson").values.tolist(),
    "spearman": data[numeric].corr("spearman").values.tolist(),
    "spearman_complete": data[numeric[:3]].corr("spearman").values.tolist(),
    "gender": data["Gender"].value_counts().to_dict(),
    "means": data.groupby("Gender")[numeric].mean().to_dict("index"),
    "csv": data.to_csv(index=False),
}, indent=1))
