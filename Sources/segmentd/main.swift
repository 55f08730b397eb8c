print("segmentd")
