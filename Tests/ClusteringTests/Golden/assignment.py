"""Makes assignment.txt: cost matrices and the least total cost as scipy finds it.

Run with numpy and scipy: python3 assignment.py > assignment.txt
One case a line: rows, columns, the costs row by row, the least total.
"""

import numpy
from scipy.optimize import linear_sum_assignment

random = numpy.random.default_rng(20261121)
print("# scipy.optimize.linear_sum_assignment; made by assignment.py")
for rows, columns in [(1, 1), (1, 7), (6, 6), (10, 4), (4, 10), (20, 20), (30, 17), (24, 24)]:
    for kind in range(3):
        if kind == 0:
            costs = random.integers(-20, 20, size=(rows, columns)).astype(float)
        elif kind == 1:
            costs = numpy.round(1 - random.random((rows, columns)) ** 3, 6)
        else:
            # Many ties, as when hardly any customers are shared.
            costs = random.integers(0, 3, size=(rows, columns)).astype(float)
        row, column = linear_sum_assignment(costs)
        total = float(costs[row, column].sum())
        print(rows, columns, *(repr(float(c)) for c in costs.ravel()), repr(total))
