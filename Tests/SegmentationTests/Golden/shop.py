#!/usr/bin/env python3
"""Makes shop.csv, customers of a shop that does not exist, and shop.json, their segments by other means.

Needs numpy, pandas, scikit-learn and statsmodels; run it in this folder. The test compares segmentd's
figures with these: partition and centroids by scikit-learn, quantiles by pandas, the test of two
proportions and Benjamini and Hochberg's adjustment by statsmodels, the map by numpy.
"""
import json

import numpy as np
import pandas as pd
from sklearn.cluster import KMeans
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import proportions_ztest

FEATURES = ["age", "spend", "visits"]
CATEGORIES = ["gender", "channel", "favourite"]


def make():
    random = np.random.default_rng(2026)
    rows = []
    kinds = [  # rows, age, spend, visits, share of women, channels, favourites
        (150, 55, 80, 4, 0.45, [0.6, 0.3, 0.1], [0.5, 0.3, 0.18, 0.02]),
        (120, 28, 240, 12, 0.70, [0.1, 0.3, 0.6], [0.1, 0.6, 0.28, 0.02]),
        (90, 41, 600, 8, 0.50, [0.3, 0.4, 0.3], [0.3, 0.3, 0.38, 0.02]),
    ]
    for count, age, spend, visits, women, channels, favourites in kinds:
        for _ in range(count):
            rows.append({
                "age": int(np.clip(random.normal(age, 4), 18, 90)),
                "spend": round(float(random.normal(spend, 25)), 2),
                "visits": max(0, int(random.normal(visits, 1.2))),
                "gender": "Female" if random.random() < women else "Male",
                "channel": ["shop", "phone", "web"][random.choice(3, p=channels)]
                if random.random() < 0.9 else "",
                "favourite": ["garden", "books", "games", "rare, odd"][random.choice(4, p=favourites)],
                "revenue": round(float(max(0, random.normal(spend * 3, 60))), 1),
                "customers": int(random.integers(1, 4)),
            })
    data = pd.DataFrame(rows).sample(frac=1, random_state=7).reset_index(drop=True)
    data.insert(0, "customer_id", [f"c{index:03}" for index in range(1, len(data) + 1)])
    data.to_csv("shop.csv", index=False)
    return pd.read_csv("shop.csv", keep_default_na=True)


def spread(values):
    quantiles = values.quantile([0.1, 0.25, 0.5, 0.75, 0.9]).tolist()
    return dict(zip(["q10", "q25", "median", "q75", "q90"], quantiles)) | {
        "count": int(values.count()), "mean": values.mean(), "sd": values.std(ddof=0),
        "min": values.min(), "max": values.max()}


def figures(data, weights):
    """The figures when each row counts `weights` times, by writing it down that often."""
    x = data[FEATURES].to_numpy(float)
    every = np.repeat(np.arange(len(data)), weights)
    mean, deviation = x[every].mean(axis=0), x[every].std(axis=0)
    z = (x - mean) / deviation
    model = KMeans(3, n_init=20, random_state=0).fit(z[every])
    order = np.argsort(-np.bincount(model.labels_), kind="stable")
    centroids = model.cluster_centers_[order]
    distances = np.linalg.norm(z[:, None] - centroids[None], axis=2)
    label = distances.argmin(axis=1)
    all_rows = data.iloc[every]
    cluster_of = label[every]
    ordered = np.sort(distances, axis=1)
    margin = 1 - ordered[:, 0] / ordered[:, 1]

    clusters, tests = [], []
    for cluster in range(3):
        own = all_rows[cluster_of == cluster]
        numbers = {}
        for column in FEATURES + ["revenue"]:
            overall = all_rows[column]
            numbers[column] = spread(own[column]) | {
                "overall": spread(overall),
                "z": (own[column].mean() - overall.mean()) / overall.std(ddof=0),
                "lift": own[column].mean() / overall.mean()}
        categories = {}
        for column in CATEGORIES:
            known, own_known = all_rows[column].dropna(), own[column].dropna()
            rest = len(known) - len(own_known)
            entries = {}
            for name in sorted(known.unique()):
                total, count = int((known == name).sum()), int((own_known == name).sum())
                share = total / len(known)
                entry = {
                    "count": count, "share": count / len(own_known), "overall_share": share,
                    "expected": len(own_known) * share, "p": None, "p_adjusted": None,
                    "lift": count / len(own_known) / share}
                if min(len(own_known), rest) * min(share, 1 - share) >= 5:
                    _, entry["p"] = proportions_ztest([count, total - count], [len(own_known), rest])
                    tests.append(entry)
                entries[name] = entry
            categories[column] = entries
        rows = np.flatnonzero(label == cluster)
        clusters.append({
            "size": len(own), "numbers": numbers, "categories": categories,
            "value_share": own["revenue"].sum() / all_rows["revenue"].sum(),
            "typical": data["customer_id"].iloc[
                rows[np.argsort(distances[rows, cluster], kind="stable")][:5]].tolist(),
            "borderline": data["customer_id"].iloc[
                rows[np.argsort(margin[rows], kind="stable")][:5]].tolist()})
    for entry, adjusted in zip(tests, multipletests([t["p"] for t in tests], method="fdr_bh")[1]):
        entry["p_adjusted"] = adjusted

    sizes = np.array([cluster["size"] for cluster in clusters])
    centred = centroids - np.average(centroids, axis=0, weights=sizes)
    values, axes = np.linalg.eigh((centred * sizes[:, None]).T @ centred)
    axes = axes[:, ::-1][:, :2].T
    axes = np.array([axis * np.sign(axis[np.abs(axis).argmax()]) for axis in axes])
    return {
        "clusters": clusters,
        "distances": np.linalg.norm(centroids[:, None] - centroids[None], axis=2).tolist(),
        "places": (centred @ axes.T).tolist(),
        "explained": float(values[::-1][:2].sum() / values.sum())}


data = make()
answer = {"plain": figures(data, np.ones(len(data), int)), "weighted": figures(data, data["customers"])}
with open("shop.json", "w") as file:
    json.dump(answer, file, indent=1, default=float)
    file.write("\n")
