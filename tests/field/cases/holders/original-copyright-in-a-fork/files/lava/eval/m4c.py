# Copyright (c) Facebook, Inc. and its affiliates.


class Evaluator:
    pass
