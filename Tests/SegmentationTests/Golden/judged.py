#!/usr/bin/env python3
"""Makes judged.json: how sure the segments of shop.csv are, by other means than segmentd's.

Needs numpy, pandas, scikit-learn and scipy; run it in this folder. The partition is scikit-learn's.
Importance is eta squared, from scipy's one-way analysis of variance; borderline customers are those
whose distance to the nearest centroid is over nine tenths of that to the second; the Hopkins
statistic is the mean over many strewings, its neighbours found by scipy's k-d tree.
"""
import json

import numpy as np
import pandas as pd
from scipy.spatial import cKDTree
from scipy.stats import f_oneway, skew
from sklearn.cluster import KMeans

FEATURES = ["age", "spend", "visits"]


def figures(data, weights, k):
    x = data[FEATURES].to_numpy(float)
    every = np.repeat(np.arange(len(data)), weights)
    mean, deviation = x[every].mean(axis=0), x[every].std(axis=0)
    z = (x - mean) / deviation
    model = KMeans(k, n_init=200, random_state=0).fit(z[every])
    order = np.argsort(-np.bincount(model.labels_), kind="stable")
    distances = np.linalg.norm(z[:, None] - model.cluster_centers_[order][None], axis=2)
    label = distances.argmin(axis=1)[every]
    ordered = np.sort(distances, axis=1)[every]
    margin = 1 - ordered[:, 0] / ordered[:, 1]
    importance = []
    for feature in range(len(FEATURES)):
        values = x[every, feature]
        ratio = f_oneway(*[values[label == cluster] for cluster in range(k)]).statistic
        importance.append(ratio * (k - 1) / (ratio * (k - 1) + len(values) - k))
    return {"size": np.bincount(label).tolist(), "importance": importance,
            "borderline": [int((margin[label == cluster] < 0.1).sum()) for cluster in range(k)]}


def hopkins(data):
    x = data[FEATURES].to_numpy(float)
    x = (x - x.min(axis=0)) / (x.max(axis=0) - x.min(axis=0))
    tree = cKDTree(x)
    random = np.random.default_rng(1954)
    strewn = (tree.query(random.random((400_000, 3)))[0] ** 3).mean()
    found = (tree.query(x, k=2)[0][:, 1] ** 3).mean()
    return strewn / (strewn + found)


data = pd.read_csv("shop.csv")
answer = {
    "plain": figures(data, np.ones(len(data), int), 3),
    "weighted": figures(data, data["customers"], 3),
    # One heap is cut in two here, so that there are borders to stand on.
    "cut": figures(data, data["customers"], 5),
    "hopkins": hopkins(data),
    "skewness": [skew(data[feature], bias=False) for feature in FEATURES]}
with open("judged.json", "w") as file:
    json.dump(answer, file, indent=1, default=float)
    file.write("\n")
