// Copyright (c) 2026 Wen Dong
