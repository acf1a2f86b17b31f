# LawKiste Open
# Copyright (c) 2022-present LawKiste Co. Ltd.
# CC BY-NC 4.0

X = 1
