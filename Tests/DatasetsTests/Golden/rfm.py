"""Makes rfm.csv: recency, frequency and monetary value of each customer of a sales file, by pandas.

Run with pandas: python3 rfm.py kr_sales.csv > rfm.csv
"""

import sys

import pandas

sales = pandas.read_csv(sys.argv[1], parse_dates=["OrderDate"])
as_of = sales.OrderDate.max() + pandas.Timedelta(days=1)
customers = sales.groupby("CustomerID").agg(
    recency=("OrderDate", lambda dates: (as_of - dates.max()).days),
    frequency=("OrderDate", "nunique"),
    monetary=("Amt", "sum"),
)
print(f"# pandas {pandas.__version__}, as of {as_of.date()}; made by rfm.py")
customers.to_csv(sys.stdout, lineterminator="\n")
