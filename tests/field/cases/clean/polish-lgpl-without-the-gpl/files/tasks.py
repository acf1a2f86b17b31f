def task(x):
    return x
