def train(x):
    return x
