#!/bin/bash -e
# Copyright (c) Facebook, Inc. and its affiliates.

echo lint
