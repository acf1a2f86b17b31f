GPL = {"general purpose lookup": 1}
agpl = GPL


def gpl(x):
    return agpl.get(x)
