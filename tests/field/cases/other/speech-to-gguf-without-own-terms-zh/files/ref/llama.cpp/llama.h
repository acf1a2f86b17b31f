// Copyright (c) 2023-2024 The ggml authors
