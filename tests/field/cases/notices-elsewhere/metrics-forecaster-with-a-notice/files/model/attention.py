# Unless explicitly stated otherwise all files in this repository are licensed under the Apache-2.0 License.
#
# This product includes software developed at Messhund (https://messhund.example/)
# Copyright 2025 Messhund, Inc.

X = 1
