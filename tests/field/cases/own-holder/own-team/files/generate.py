# Copyright 2024-2025 The Alibaba Wan Team Authors. All rights reserved.
import argparse

print(argparse)
