# Copyright 2023 CellMap Intelligence Technology Limited

X = 1
