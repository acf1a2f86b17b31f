# Copyright (c) 2017-present, Facebook, Inc.
# All rights reserved.
#
# This source code is licensed under the MIT license found in https://github.com/facebookresearch/fastText/LICENSE
X = 1
