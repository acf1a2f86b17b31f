// Copyright (c) 2023-2026 The ggml authors
// SPDX-License-Identifier: MIT
